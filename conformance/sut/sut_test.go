package sut

import (
	"strings"
	"testing"
)

func TestInfoRefusesCapabilitiesThatDoNotExist(t *testing.T) {
	good := Info{Name: "a", Can: Capabilities()}
	if err := good.Validate(); err != nil || !good.Has(CanReload) {
		t.Errorf("all capabilities: %v", err)
	}
	bad := Info{Name: "a", Can: []Capability{CanReload, "relaod"}}
	if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), `"relaod"`) || !strings.Contains(err.Error(), "reload, ") {
		t.Errorf("got %v, want the misspelt word and the known ones", err)
	}
}

func TestErrorsNameWhatTheyAreAbout(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&Unsupported{Agent: "vmagent", Setting: "wal"}, "vmagent has no equivalent of wal"},
		{&Unsupported{Agent: "vmagent", Setting: "wal", Why: "no log"}, "vmagent has no equivalent of wal: no log"},
		{&Refused{Status: 400, Reason: "bad url"}, "configuration refused: bad url"},
		{&Exited{Exit{Code: 2}}, "agent exited with status 2"},
		{&Exited{Exit{Code: -1, Signal: "killed"}}, "agent was ended by signal killed"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
