package query_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/client_golang/exp/api/remote"
	config "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	prometheus "github.com/prometheus/prometheus/storage/remote"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// written is what a library tells of a write that the fake confirmed.
type written struct{ samples, exemplars int }

// TestLibraries pushes with the remote write libraries that others have written, in both versions, and reads back what they sent.
func TestLibraries(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(*testing.T, *mimir.Server) (written, error)
		want  written // of version 2.0
	}{
		{"prometheus 1.0", func(t *testing.T, m *mimir.Server) (written, error) {
			return store(t, m, remote.WriteV1MessageType, versionOne())
		}, written{}},
		{"prometheus 2.0", func(t *testing.T, m *mimir.Server) (written, error) {
			return store(t, m, remote.WriteV2MessageType, versionTwo())
		}, written{3, 1}},
		{"client_golang 1.0", func(t *testing.T, m *mimir.Server) (written, error) {
			return call(t, m, remote.WriteV1MessageType, versionOne())
		}, written{}},
		{"client_golang 2.0", func(t *testing.T, m *mimir.Server) (written, error) {
			return call(t, m, remote.WriteV2MessageType, versionTwo())
		}, written{3, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := metrics.StartT(t)
			got, err := test.write(t, m)
			if err != nil {
				t.Fatal(err)
			}
			if test.want.samples > 0 && got != test.want {
				t.Errorf("the library was told %+v, want %+v", got, test.want)
			}
			if n := checkSent(t, m, "").samples(); n != 3 {
				t.Errorf("%d samples were sent, want 3", n)
			}
			if got := metrics.Value(t, m, `requests_total{code="200"}`); got != 42 {
				t.Errorf("read back %v, want 42", got)
			}
		})
	}
}

// message is what a write has inside.
type message interface{ Marshal() ([]byte, error) }

// store pushes with the client of Prometheus' own queue.
func store(t *testing.T, m *mimir.Server, version remote.WriteMessageType, of message) (written, error) {
	to, err := url.Parse(m.PushURL())
	if err != nil {
		return written{}, err
	}
	client, err := prometheus.NewWriteClient("test", &prometheus.ClientConfig{
		URL: &config.URL{URL: to}, Timeout: model.Duration(10 * time.Second), WriteProtoMsg: version,
	})
	if err != nil {
		return written{}, err
	}
	raw, err := of.Marshal()
	if err != nil {
		return written{}, err
	}
	stats, err := client.Store(t.Context(), snappy.Encode(nil, raw), 0)
	return written{stats.Samples, stats.Exemplars}, err
}

// call pushes with the client that client_golang has for others.
func call(t *testing.T, m *mimir.Server, version remote.WriteMessageType, of message) (written, error) {
	client, err := remote.NewAPI(m.URL(), remote.WithAPIPath(mimir.PushPath))
	if err != nil {
		return written{}, err
	}
	stats, err := client.Write(t.Context(), version, of)
	return written{stats.Samples, stats.Exemplars}, err
}

func versionOne() message {
	now := time.Now().UnixMilli()
	return &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "__name__", Value: "requests_total"}, {Name: "code", Value: "200"}},
			Samples:   []prompb.Sample{{Timestamp: now - 1000, Value: 41}, {Timestamp: now, Value: 42}},
			Exemplars: []prompb.Exemplar{{Labels: []prompb.Label{{Name: "trace_id", Value: "x"}}, Value: 1, Timestamp: now}}},
		{Labels: []prompb.Label{{Name: "__name__", Value: "temperature"}, {Name: "room", Value: "näher \"am\" See"}},
			Samples: []prompb.Sample{{Timestamp: now, Value: -1e-7}}},
	}}
}

func versionTwo() message {
	now := time.Now().UnixMilli()
	symbols := writev2.NewSymbolTable()
	set := func(pairs ...string) []uint32 { return symbols.SymbolizeLabels(labels.FromStrings(pairs...), nil) }
	request := &writev2.Request{Timeseries: []writev2.TimeSeries{
		{LabelsRefs: set("__name__", "requests_total", "code", "200"),
			Samples:   []writev2.Sample{{Timestamp: now - 1000, Value: 41}, {Timestamp: now, Value: 42}},
			Exemplars: []writev2.Exemplar{{LabelsRefs: set("trace_id", "x"), Value: 1, Timestamp: now}}},
		{LabelsRefs: set("__name__", "temperature", "room", "näher \"am\" See"),
			Samples: []writev2.Sample{{Timestamp: now, Value: -1e-7}}},
	}}
	request.Symbols = symbols.Symbols()
	return request
}
