package sabotage

import (
	"reflect"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

func TestStateEdits(t *testing.T) {
	honest := observe.Component{ID: "a.b", Health: "healthy", Arguments: "{}", Exports: []string{"receiver"}, Debug: "{}"}
	for act, change := range map[string]func(*observe.Component){
		"says-unhealthy": func(c *observe.Component) { c.Health = "unhealthy" },
		"invents-debug":  func(c *observe.Component) { c.Debug = `{"invented": true}` },
		"hides-exports":  func(c *observe.Component) { c.Exports = nil },
	} {
		a, want, list := parse(t, act), honest, []observe.Component{honest}
		change(&want)
		if got := a.Components(list); !reflect.DeepEqual(got[0], want) || a.Touched() != 1 || !reflect.DeepEqual(list[0], honest) {
			t.Errorf("%s: got %+v, touched %d, before %+v", act, got, a.Touched(), list)
		}
	}
	if a := parse(t, "says-healthy"); a.Components([]observe.Component{honest})[0].Health != "healthy" || a.Touched() != 0 {
		t.Errorf("says-healthy: touched %d", a.Touched())
	}
}

func TestShownSecretsAreThoseOfTheConfiguration(t *testing.T) {
	a := parse(t, "shows-secrets")
	if a.Components([]observe.Component{{}}); a.Touched() != 0 {
		t.Errorf("touched %d before a configuration was there", a.Touched())
	}
	a.Config("c", []byte(`password = "hunter2"`))
	if got := a.Components([]observe.Component{{Arguments: "{}"}})[0].Arguments; !strings.Contains(got, "hunter2") || a.Touched() != 1 {
		t.Errorf("got %q, touched %d", got, a.Touched())
	}
}
