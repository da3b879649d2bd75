package query_test

import (
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

// checkSent compares what was sent, as Prometheus' own messages read it, with what Prometheus' own client reads back, and returns what
// was sent. End markers are not read back.
func checkSent(t *testing.T, m *mimir.Server, tenant string) table {
	t.Helper()
	want := sent(t, m)
	got := readBack(t, m, tenant)
	for name, list := range want {
		if !slices.Equal(list, got[name]) {
			t.Errorf("%s was sent\n     %v\ngot  %v", name, list, got[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s was never sent", name)
		}
	}
	return want
}

// sent reads all accepted bodies, with the messages that Prometheus has for them.
func sent(t *testing.T, m *mimir.Server) table {
	t.Helper()
	all := table{}
	for _, e := range m.Exchanges() {
		if e.Method != http.MethodPost || e.Kind != mimir.KindSamples && e.Kind != mimir.KindMetadata || e.Status/100 != 2 {
			continue
		}
		var err error
		if strings.Contains(e.Header.Get("Content-Type"), "write.v2") {
			err = all.versionTwo(inflate(t, e))
		} else {
			err = all.versionOne(inflate(t, e))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.tidy()
}

func (all table) versionOne(message []byte) error {
	var request prompb.WriteRequest
	if err := request.Unmarshal(message); err != nil {
		return err
	}
	b := labels.NewScratchBuilder(10)
	for _, s := range request.Timeseries {
		name := s.ToLabels(&b, nil).String()
		for _, one := range s.Samples {
			if !value.IsStaleNaN(one.Value) {
				all.sample(name, one.Timestamp, one.Value)
			}
		}
		for _, h := range s.Histograms {
			all.sentHistogram(name, h.Timestamp, h)
		}
		for _, e := range s.Exemplars {
			all.exemplar(name, e.Timestamp, e.Value, e.ToExemplar(&b, nil).Labels.String())
		}
	}
	for _, m := range request.Metadata {
		all.metadata(m.MetricFamilyName, strings.ToLower(m.Type.String()), m.Help, m.Unit)
	}
	return nil
}

func (all table) versionTwo(message []byte) error {
	var request writev2.Request
	if err := request.Unmarshal(message); err != nil {
		return err
	}
	b := labels.NewScratchBuilder(10)
	for _, s := range request.Timeseries {
		set, err := s.ToLabels(&b, request.Symbols)
		if err != nil {
			return err
		}
		for _, one := range s.Samples {
			if !value.IsStaleNaN(one.Value) {
				all.sample(set.String(), one.Timestamp, one.Value)
			}
		}
		for _, h := range s.Histograms {
			all.sentHistogram(set.String(), h.Timestamp, h)
		}
		for _, one := range s.Exemplars {
			e, err := one.ToExemplar(&b, request.Symbols)
			if err != nil {
				return err
			}
			all.exemplar(set.String(), e.Ts, e.Value, e.Labels.String())
		}
		said, err := s.ToMetadata(request.Symbols)
		if err != nil {
			return err
		}
		if said.Help != "" || said.Unit != "" || s.Metadata.Type != writev2.Metadata_METRIC_TYPE_UNSPECIFIED {
			all.metadata(set.Get("__name__"), string(said.Type), said.Help, said.Unit)
		}
	}
	return nil
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
	asked, all, now := apiv1.NewAPI(client), table{}, time.Now()
	found, _, _, err := asked.Query(t.Context(), `{__name__=~".+"}[100y]`, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	all.matrix(found.(model.Matrix))
	exemplars, err := asked.QueryExemplars(t.Context(), `{__name__=~".+"}`, now.Add(-24*time.Hour), now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range exemplars {
		for _, e := range of.Exemplars {
			all.exemplar(nameOf(of.SeriesLabels), int64(e.Timestamp), float64(e.Value), nameOf(e.Labels))
		}
	}
	metadata, err := asked.Metadata(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for metric, list := range metadata {
		for _, one := range list {
			all.metadata(metric, string(one.Type), one.Help, one.Unit)
		}
	}
	return all.tidy()
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
