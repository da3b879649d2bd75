package report

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestDetail(t *testing.T) {
	up := labels.Labels{{Name: "__name__", Value: "up"}}
	header := http.Header{"X-B": {"2", "3"}, "X-A": {"1"}}
	for _, c := range []struct {
		r    observe.Request
		want string
	}{
		{observe.Request{}, ""},
		{observe.Request{Exchange: journal.Exchange{Header: header}}, "X-A: 1\nX-B: 2, 3"},
		{observe.Request{Exchange: journal.Exchange{Header: header}, Series: []observe.Series{{
			Labels: up, Samples: []observe.Sample{{T: 61_002, V: 1}}, Exemplars: []observe.Exemplar{{Labels: up, Sample: observe.Sample{V: 2}}},
			Histograms: []observe.Histogram{{Count: 3, Sum: 4}},
		}}}, "X-A: 1\nX-B: 2, 3\n\nup = 1 at 00:01:01.002\nup exemplar up = 2 at 00:00:00.000\nup histogram of 3 observations, sum 4, at 00:00:00.000"},
		{observe.Request{Metadata: []observe.Metadata{{Metric: "m", Type: "gauge", Help: "a\nb"}}}, `m is of type gauge, help "a\nb"`},
		{observe.Request{Profiles: []observe.Profile{{Labels: up, Raw: []byte("xyz")}}}, "up profile of 3 bytes"},
		{observe.Request{Served: []byte("a 1\n")}, "a 1"},
		{observe.Request{Served: []byte("\x1f\x8b\x08")}, ""},
		{observe.Request{Served: []byte("a \xff\xfe\xfd\xfc b")}, ""},
		{observe.Request{Served: []byte("caf\xc3")}, "caf\xc3"},
	} {
		if got := detail(&c.r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDetailIsCut(t *testing.T) {
	var r observe.Request
	for i := range mostLines + 3 {
		r.Metadata = append(r.Metadata, observe.Metadata{Metric: fmt.Sprint("m", i)})
	}
	r.Served = []byte(strings.Repeat("x", mostServed+1))
	got := detail(&r)
	if !strings.Contains(got, "and 3 more\n") || strings.Count(got, "x") != mostServed {
		t.Errorf("got %s", got)
	}
}
