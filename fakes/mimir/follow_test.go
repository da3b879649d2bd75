package mimir_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestFollow: who follows gets each accepted request once, and learns which are gone.
func TestFollow(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Options: server.Options{Journal: journal.Limits{MaxEntries: 2}}})
	if m.OldestAccepted() != 1 || m.Strict() {
		t.Errorf("at first the oldest is %d, strict is %t", m.OldestAccepted(), m.Strict())
	}
	seen, last := "", 0
	follow := func() {
		for _, a := range m.AcceptedSince(last) {
			a.Series(func(s mimir.Series) { seen += s.Tenant + s.Labels.String() + " " })
			for _, one := range a.Metadata() {
				seen += "about " + one.Metric + " "
			}
			last = a.Seq
		}
	}
	for _, name := range []string{"a", "b", "c"} {
		request := &prompb.WriteRequest{
			Timeseries: []prompb.TimeSeries{series(1000, 1, name)},
			Metadata:   []prompb.MetricMetadata{{MetricFamilyName: name, Type: prompb.MetricMetadata_GAUGE}},
		}
		post(t, m.PushURL(), snappy.Encode(nil, marshal(t, request)))
		if name == "a" {
			follow()
		}
	}
	follow()
	follow()
	if want := "a about a b about b c about c "; seen != want || last != 3 || m.OldestAccepted() != 2 {
		t.Errorf("followed %q up to %d, want %q; the oldest is %d", seen, last, want, m.OldestAccepted())
	}
	m.Forget()
	if m.OldestAccepted() != 4 || len(m.AcceptedSince(0)) != 0 {
		t.Errorf("after Forget the oldest is %d", m.OldestAccepted())
	}
}

// TestMounted: what a handler answers is no write, whatever its body is, and explains no wait in vain.
func TestMounted(t *testing.T) {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.Handle("/query", "query", http.NotFoundHandler())
	post(t, m.URL()+"/query", []byte("query=up"))
	if r := m.Requests(); len(r) != 1 || r[0].Kind != "query" || r[0].DecodeError != "" || m.Counts().Requests != 0 {
		t.Errorf("recorded %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.WaitFor(ctx, mimir.Samples("up", 1)); err == nil || strings.Contains(err.Error(), "/query") {
		t.Errorf("the error is %v", err)
	}
}
