package sabotage

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

// everything has one series with an exemplar and a native histogram, and metadata.
func everything() *prompb.WriteRequest {
	w := write()
	w.Timeseries = w.Timeseries[:1]
	w.Timeseries[0].Exemplars = []prompb.Exemplar{{Value: 0.5, Timestamp: 1}}
	w.Timeseries[0].Histograms = []prompb.Histogram{{Count: &prompb.Histogram_CountInt{CountInt: 6}, Sum: 1}}
	w.Metadata = describing().Metadata
	return w
}

func everything2() *writev2.Request {
	return &writev2.Request{Symbols: []string{"", "__name__", "one"}, Timeseries: []writev2.TimeSeries{{
		LabelsRefs: []uint32{1, 2},
		Samples:    []writev2.Sample{{Value: 1, Timestamp: 5000}},
		Exemplars:  []writev2.Exemplar{{Value: 0.5, Timestamp: 1}},
		Histograms: []writev2.Histogram{{Count: &writev2.Histogram_CountInt{CountInt: 6}, Sum: 1}},
		Metadata:   writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER},
	}}}
}

func TestItemEdits(t *testing.T) {
	type items struct {
		value, exemplar float64
		histogram       uint64
		described       prompb.MetricMetadata_MetricType
	}
	const gauge = prompb.MetricMetadata_GAUGE
	for _, c := range []struct {
		act  string
		want items
	}{
		{"drops-exemplars", items{1, -1, 6, gauge}},
		{"changes-exemplars", items{1, 1.5, 6, gauge}},
		{"drops-histograms", items{1, 0.5, 0, gauge}},
		{"changes-histograms", items{1, 0.5, 7, gauge}},
		{"changes-metadata", items{1, 0.5, 6, gauge + 1}},
		{"changes-values", items{2, 0.5, 6, gauge}},
	} {
		var one prompb.WriteRequest
		if err := one.Unmarshal(edited(t, c.act, everything(), "application/x-protobuf")); err != nil {
			t.Fatal(c.act, err)
		}
		s := one.Timeseries[0]
		got := items{s.Samples[0].Value, -1, 0, one.Metadata[0].Type}
		if len(s.Exemplars) > 0 {
			got.exemplar = s.Exemplars[0].Value
		}
		if len(s.Histograms) > 0 {
			got.histogram = s.Histograms[0].GetCountInt()
		}
		if got != c.want {
			t.Errorf("%s in 1.0: got %+v, want %+v", c.act, got, c.want)
		}
	}
}

func TestItemEditsOfTheSecondVersion(t *testing.T) {
	second := "application/x-protobuf;proto=io.prometheus.write.v2.Request"
	for act, holds := range map[string]func(s writev2.TimeSeries) bool{
		"drops-exemplars":    func(s writev2.TimeSeries) bool { return len(s.Exemplars) == 0 && len(s.Histograms) == 1 },
		"changes-exemplars":  func(s writev2.TimeSeries) bool { return s.Exemplars[0].Value == 1.5 },
		"drops-histograms":   func(s writev2.TimeSeries) bool { return len(s.Histograms) == 0 && len(s.Exemplars) == 1 },
		"changes-histograms": func(s writev2.TimeSeries) bool { return s.Histograms[0].GetCountInt() == 7 },
		"changes-metadata":   func(s writev2.TimeSeries) bool { return s.Metadata.Type == writev2.Metadata_METRIC_TYPE_GAUGE },
		"drops-metadata":     func(s writev2.TimeSeries) bool { return s.Metadata.Type == 0 && len(s.Samples) == 1 },
		"changes-values":     func(s writev2.TimeSeries) bool { return s.Samples[0].Value == 2 },
		"drops-label:job":    func(s writev2.TimeSeries) bool { return len(s.LabelsRefs) == 2 },
	} {
		var two writev2.Request
		if err := two.Unmarshal(edited(t, act, everything2(), second)); err != nil || len(two.Timeseries) != 1 {
			t.Fatalf("%s: %v, %d series", act, err, len(two.Timeseries))
		}
		if !holds(two.Timeseries[0]) {
			t.Errorf("%s in 2.0: got %+v", act, two.Timeseries[0])
		}
	}
}

// edited is the message that arrives when this one is sent under a sabotage.
func edited(t *testing.T, act string, request interface{ Marshal() ([]byte, error) }, contentType string) []byte {
	t.Helper()
	msg, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/push", strings.NewReader(string(s2.EncodeSnappy(nil, msg))))
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", contentType)
	var out []byte
	parse(t, act).Push(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if out, err = s2.Decode(nil, body); err != nil {
			t.Errorf("%s: %v", act, err)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	return out
}
