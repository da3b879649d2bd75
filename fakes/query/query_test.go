package query_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/google/pprof/profile"
	prometheus "github.com/prometheus/client_golang/api"
	apiv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/query"
)

// TestLinked asks a process of fakes at its control port, with Prometheus' own client for PromQL.
func TestLinked(t *testing.T) {
	server, err := control.New(control.Options{Fakes: []api.Spec{{Kind: api.Mimir}, {Kind: api.Pyroscope}}, Query: query.Linked()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	port := httptest.NewServer(server.Handler())
	defer port.Close()
	c, err := client.Dial(t.Context(), port.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("mimir", func(t *testing.T) { askMimir(t, c) })
	t.Run("pyroscope", func(t *testing.T) { askPyroscope(t, c) })
}

func find(t *testing.T, c *client.Client, name string) *client.Fake {
	t.Helper()
	f, err := c.Fake(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func askMimir(t *testing.T, c *client.Client) {
	f := find(t, c, "mimir")
	for _, tenant := range []string{"a", "b"} {
		pushUp(t, f.Endpoint(), tenant, time.UnixMilli(1_700_000_000_000))
	}
	asked, err := prometheus.NewClient(prometheus.Config{Address: f.PrometheusURL()})
	if err != nil {
		t.Fatal(err)
	}
	value, _, _, err := apiv1.NewAPI(asked).Query(t.Context(), `sum by (__tenant_id__) (up)`, time.UnixMilli(1_700_000_001_000))
	if err != nil {
		t.Fatal(err)
	}
	if found, ok := value.(model.Vector); !ok || len(found) != 2 || found[0].Metric["__tenant_id__"] != "a" || found[1].Value != 1 {
		t.Errorf("found %v", value)
	}
	if held, err := f.Held(t.Context()); err != nil || held.From != 1_700_000_000_000 || held.Until != held.From {
		t.Errorf("held is %+v, %v", held, err)
	}
	if requests, err := f.Requests(t.Context(), api.Filter{Kind: "query"}); err != nil || len(requests) != 0 {
		t.Errorf("the journal has %d questions, %v", len(requests), err)
	}
}

// pushUp writes one sample.
func pushUp(t *testing.T, url, tenant string, at time.Time) {
	t.Helper()
	message, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels: []prompb.Label{{Name: "__name__", Value: "up"}}, Samples: []prompb.Sample{{Value: 1, Timestamp: at.UnixMilli()}},
	}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(snappy.Encode(nil, message)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/x-protobuf"}, "Content-Encoding": {"snappy"}, "X-Scope-Orgid": {tenant}}
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.Body.Close() != nil || response.StatusCode != 200 {
		t.Fatalf("push: %v, %v", response, err)
	}
}

// askPyroscope pushes two profiles of different times, and merges both, and one.
func askPyroscope(t *testing.T, c *client.Client) {
	f := find(t, c, "pyroscope")
	for _, from := range []string{"1700000000", "1700000100"} {
		response, err := http.Post(f.URL()+"/ingest?name=shop{zone=moon}&format=folded&from="+from+"&until=1700000200", "", strings.NewReader("main;work 3\n"))
		if err != nil || response.Body.Close() != nil || response.StatusCode != 200 {
			t.Fatal(response, err)
		}
	}
	held, err := f.Held(t.Context())
	if err != nil || len(held.Profiles) != 1 || held.Profiles[0].Profiles != 2 || held.Profiles[0].Labels.Get("zone") != "moon" ||
		held.Profiles[0].Labels.Has("__profile_type__") || held.From != 1_700_000_000_000 || held.Until != 1_700_000_100_000 {
		t.Fatalf("held is %+v, %v", held, err)
	}
	for until, want := range map[time.Time]int64{{}: 6, time.Unix(1_700_000_050, 0): 3} {
		data, err := f.MergedProfile(t.Context(), `{zone="moon"}`, held.Profiles[0].Type, time.Time{}, until)
		if err != nil {
			t.Fatal(err)
		}
		merged, err := profile.Parse(bytes.NewReader(data))
		if err != nil || len(merged.Sample) != 1 || merged.Sample[0].Value[0] != want {
			t.Errorf("until %v: merged is %v, %v; want %d", until, merged, err, want)
		}
	}
}
