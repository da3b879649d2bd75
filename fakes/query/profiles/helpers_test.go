package profiles_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/pprof/profile"
	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1/pushv1connect"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// calls are stacks, from the outermost function to the innermost, with their counts.
type calls map[string][]int64

// cpu makes a profile of CPU time taken at this second. Stacks are written as "main;work".
func cpu(t testing.TB, second int64, of calls) []byte {
	t.Helper()
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"},
		TimeNanos:  second * int64(time.Second),
		Period:     10_000_000,
	}
	functions := map[string]*profile.Location{}
	for stack, values := range of {
		s := &profile.Sample{Value: values, Label: map[string][]string{"worker": {stack}}}
		for _, name := range bytes.Split([]byte(stack), []byte(";")) {
			location, ok := functions[string(name)]
			if !ok {
				f := &profile.Function{ID: uint64(len(functions) + 1), Name: string(name)}
				location = &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f, Line: 1}}}
				p.Function, p.Location = append(p.Function, f), append(p.Location, location)
				functions[string(name)] = location
			}
			s.Location = append([]*profile.Location{location}, s.Location...)
		}
		p.Sample = append(p.Sample, s)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// push sends profiles of one service.
func push(t testing.TB, p *pyroscope.Server, tenant, service string, raw ...[]byte) {
	t.Helper()
	series := &pushv1.RawProfileSeries{Labels: []*typesv1.LabelPair{
		{Name: "__name__", Value: "process_cpu"}, {Name: "service_name", Value: service}, {Name: "zone", Value: "of " + service},
	}}
	for _, one := range raw {
		series.Samples = append(series.Samples, &pushv1.RawSample{RawProfile: one})
	}
	request := connect.NewRequest(&pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{series}})
	request.Header().Set("X-Scope-OrgID", tenant)
	if _, err := pushv1connect.NewPusherServiceClient(http.DefaultClient, p.URL()).Push(t.Context(), request); err != nil {
		t.Fatal(err)
	}
}

func querier(p *pyroscope.Server, options ...connect.ClientOption) querierv1connect.QuerierServiceClient {
	return querierv1connect.NewQuerierServiceClient(http.DefaultClient, p.URL(), options...)
}

const (
	cpuTime = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
	counted = "process_cpu:samples:count:cpu:nanoseconds"
)
