package pyroscope_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestFollow: who follows gets each accepted request once, unparsed, and learns which are gone.
func TestFollow(t *testing.T) {
	p := pyroscope.StartT(t, pyroscope.Options{Options: server.Options{Journal: journal.Limits{MaxEntries: 2}}})
	if p.OldestAccepted() != 1 || p.Strict() {
		t.Errorf("at first the oldest is %d, strict is %t", p.OldestAccepted(), p.Strict())
	}
	seen, last := "", 0
	for _, name := range []string{"a", "b", "c"} {
		post(t, p.URL()+"/ingest?name="+name+".cpu", []byte("main 1\n"))
		for _, a := range p.AcceptedSince(last) {
			one := a.Profiles[0]
			if one.Parsed != nil || p.Parse(one).Parsed == nil || a.Arrived.IsZero() {
				t.Errorf("got %+v", a)
			}
			seen += one.Labels.Get("service_name")
			last = a.Seq
		}
	}
	if seen != "abc" || last != 3 || p.OldestAccepted() != 2 {
		t.Errorf("followed %q up to %d; the oldest is %d", seen, last, p.OldestAccepted())
	}
}

// TestMounted: what a handler answers is no push, whatever its body is, and explains no wait in vain.
func TestMounted(t *testing.T) {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Handle("/query", "query", http.NotFoundHandler())
	post(t, p.URL()+"/query", []byte("{}"), "Content-Type", "application/json")
	if all := p.Pushes(); len(all) != 1 || all[0].Kind != "query" || all[0].DecodeError != "" {
		t.Errorf("recorded %+v", all)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.WaitFor(ctx, pyroscope.Profiles("{}", 1)); err == nil || strings.Contains(err.Error(), "/query") {
		t.Errorf("the error is %v", err)
	}
}
