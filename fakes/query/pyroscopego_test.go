package query_test

import (
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/pprof/profile"
	pyroscopego "github.com/grafana/pyroscope-go"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
)

// TestPyroscopeGo has Grafana's client profile this process and push, and reads back exactly what it sent: each sample type as its own
// profile type, with the same stacks and values.
func TestPyroscopeGo(t *testing.T) {
	runtime.SetMutexProfileFraction(1)
	defer runtime.SetMutexProfileFraction(0)
	p := profiles.StartT(t)
	profiler, err := pyroscopego.Start(pyroscopego.Config{
		ApplicationName: "shop", ServerAddress: p.URL(), TenantID: "one", UploadRate: time.Hour, Tags: map[string]string{"region": "north"},
		ProfileTypes: []pyroscopego.ProfileType{pyroscopego.ProfileCPU, pyroscopego.ProfileInuseSpace, pyroscopego.ProfileAllocObjects, pyroscopego.ProfileGoroutines},
	})
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 100*time.Millisecond; { // something to find
		_ = strings.Repeat("x", 1000)
	}
	profiler.Flush(true)
	if err := profiler.Stop(); err != nil {
		t.Fatal(err)
	}
	want := stacksSent(t, p)
	if want["goroutine:goroutine:count:goroutine:count"] == nil && want["goroutine:goroutines:count:goroutine:count"] == nil || len(want) < 5 {
		t.Errorf("the client sent only %v", slices.Sorted(maps.Keys(want)))
	}
	if got := profiles.Types(p); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("there are %v, sent were %v", got, slices.Sorted(maps.Keys(want)))
	}
	for id, sent := range want {
		if got := stacksRead(t, p, id); !maps.Equal(got, sent) {
			t.Errorf("%s was sent\n     %v\nread %v", id, sent, got)
		}
	}
}

// counts are values by stack.
type counts map[string]int64

// add counts the samples of one type of a profile. A stack is written down with its lines.
func (c counts) add(p *profile.Profile, index int) {
	for _, s := range p.Sample {
		if s.Value[index] == 0 {
			continue
		}
		var b strings.Builder
		for _, l := range s.Location {
			for _, line := range l.Line {
				fmt.Fprintf(&b, "%s:%d;", line.Function.Name, line.Line)
			}
		}
		c[b.String()] += s.Value[index]
	}
}

// stacksSent reads the forms that the client posted, with nothing of the fake but the name it gave the series.
func stacksSent(t *testing.T, p *pyroscope.Server) map[string]counts {
	t.Helper()
	all := map[string]counts{}
	for _, push := range p.Pushes() {
		if push.Kind != pyroscope.KindProfile || !push.Accepted() {
			continue
		}
		for _, one := range push.Profiles {
			parsed, err := profile.ParseData(one.Raw)
			if err != nil {
				t.Fatal(err)
			}
			for i, kind := range parsed.SampleType {
				id := strings.Join([]string{one.Labels.Get("__name__"), kind.Type, kind.Unit, parsed.PeriodType.Type, parsed.PeriodType.Unit}, ":")
				if all[id] == nil {
					all[id] = counts{}
				}
				all[id].add(parsed, i)
			}
		}
	}
	return all
}

// stacksRead asks for a merged profile as Grafana does.
func stacksRead(t *testing.T, p *pyroscope.Server, id string) counts {
	t.Helper()
	request := connect.NewRequest(&querierv1.SelectMergeStacktracesRequest{
		ProfileTypeID: id, LabelSelector: `{service_name="shop", region="north"}`,
		Start: time.Now().Add(-time.Hour).UnixMilli(), End: time.Now().Add(time.Hour).UnixMilli(),
		Format: querierv1.ProfileFormat_PROFILE_FORMAT_PPROF,
	})
	request.Header().Set("X-Scope-OrgID", "one")
	answer, err := querierv1connect.NewQuerierServiceClient(http.DefaultClient, p.URL()).SelectMergeStacktraces(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := answer.Msg.Pprof.Profile.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := profile.ParseUncompressed(raw)
	if err != nil {
		t.Fatal(err)
	}
	all := counts{}
	all.add(parsed, 0)
	return all
}
