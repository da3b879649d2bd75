package query_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/api"
	apiv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// table is samples by series, as text: "up{job=\"a\"}" has "1000=4 1015=4".
type table map[string][]string

// checkSent compares what was sent, as Prometheus' own messages read it, with what Prometheus' own client reads back, and returns how
// many samples that was. End markers are not read back.
func checkSent(t *testing.T, m *mimir.Server, tenant string) int {
	t.Helper()
	want := sent(t, m)
	got := readBack(t, m, tenant)
	samples := 0
	for name, list := range want {
		samples += len(list)
		if !slices.Equal(list, got[name]) {
			t.Errorf("%s was sent\n     %v\ngot  %v", name, list, got[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s was never sent", name)
		}
	}
	return samples
}

// sent reads all accepted bodies.
func sent(t *testing.T, m *mimir.Server) table {
	t.Helper()
	all := table{}
	for _, e := range m.Exchanges() {
		if e.Method != http.MethodPost || e.Kind != mimir.KindSamples || e.Status/100 != 2 {
			continue
		}
		for _, s := range decode(t, e) {
			for _, one := range s.Samples {
				if !value.IsStaleNaN(one.Value) {
					all.add(s.Labels, one.Timestamp, one.Value)
				}
			}
		}
	}
	for _, list := range all {
		slices.Sort(list)
	}
	return all
}

func (all table) add(pairs []prompb.Label, at int64, v float64) {
	b := labels.NewScratchBuilder(len(pairs))
	for _, l := range pairs {
		b.Add(l.Name, l.Value)
	}
	b.Sort()
	name := b.Labels().String()
	all[name] = append(all[name], point(at, v))
}

func point(at int64, v float64) string {
	if math.IsNaN(v) { // JSON does not tell one from another
		v = math.NaN()
	}
	return fmt.Sprintf("%d=%x", at, math.Float64bits(v))
}

// decode reads a body of either version with the messages that Prometheus has for it.
func decode(t *testing.T, e journal.Exchange) []prompb.TimeSeries {
	t.Helper()
	message := inflate(t, e)
	if !strings.Contains(e.Header.Get("Content-Type"), "write.v2") {
		var request prompb.WriteRequest
		if err := request.Unmarshal(message); err != nil {
			t.Fatal(err)
		}
		return request.Timeseries
	}
	var request writev2.Request
	if err := request.Unmarshal(message); err != nil {
		t.Fatal(err)
	}
	var all []prompb.TimeSeries
	for _, s := range request.Timeseries {
		var one prompb.TimeSeries
		for i := 0; i+1 < len(s.LabelsRefs); i += 2 {
			one.Labels = append(one.Labels, prompb.Label{Name: request.Symbols[s.LabelsRefs[i]], Value: request.Symbols[s.LabelsRefs[i+1]]})
		}
		for _, p := range s.Samples {
			one.Samples = append(one.Samples, prompb.Sample{Timestamp: p.Timestamp, Value: p.Value})
		}
		all = append(all, one)
	}
	return all
}

func inflate(t *testing.T, e journal.Exchange) []byte {
	t.Helper()
	var message []byte
	var err error
	if e.Header.Get("Content-Encoding") == "zstd" {
		decoder, made := zstd.NewReader(nil)
		if made != nil {
			t.Fatal(made)
		}
		defer decoder.Close()
		message, err = decoder.DecodeAll(e.Body, nil)
	} else {
		message, err = snappy.Decode(nil, e.Body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// readBack asks for everything there is with the client of client_golang.
func readBack(t *testing.T, m *mimir.Server, tenant string) table {
	t.Helper()
	client, err := api.NewClient(api.Config{Address: m.URL() + "/prometheus", RoundTripper: withTenant(tenant)})
	if err != nil {
		t.Fatal(err)
	}
	found, _, _, err := apiv1.NewAPI(client).Query(t.Context(), `{__name__=~".+"}[100y]`, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	matrix, ok := found.(model.Matrix)
	if !ok {
		t.Fatalf("read back a %T", found)
	}
	all := table{}
	for _, s := range matrix {
		var pairs []prompb.Label
		for name, v := range s.Metric {
			pairs = append(pairs, prompb.Label{Name: string(name), Value: string(v)})
		}
		for _, p := range s.Values {
			all.add(pairs, int64(p.Timestamp), float64(p.Value))
		}
	}
	for _, list := range all {
		slices.Sort(list)
	}
	return all
}

// withTenant is a transport that says for whom it asks.
type withTenant string

func (tenant withTenant) RoundTrip(r *http.Request) (*http.Response, error) {
	if tenant != "" {
		r = r.Clone(r.Context())
		r.Header.Set("X-Scope-OrgID", string(tenant))
	}
	return http.DefaultTransport.RoundTrip(r)
}
