package sabotage

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"
	"google.golang.org/protobuf/proto"
)

// write is a remote write request with two series.
func write() *prompb.WriteRequest {
	return &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "__name__", Value: "one"}, {Name: "job", Value: "a"}}, Samples: []prompb.Sample{{Value: 1, Timestamp: 5000}}},
		{Labels: []prompb.Label{{Name: "__name__", Value: "two"}, {Name: "job", Value: "a"}}, Samples: []prompb.Sample{{Value: 2, Timestamp: 5000}}},
	}}
}

func push(t *testing.T, act *Act, request *prompb.WriteRequest) (*http.Request, []byte) {
	t.Helper()
	msg, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/push", strings.NewReader(string(s2.EncodeSnappy(nil, msg))))
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", "application/x-protobuf")
	return arrival(t, act, r)
}

// arrival is the request as the fake gets it; nil when it never does.
func arrival(t *testing.T, act *Act, r *http.Request) (*http.Request, []byte) {
	t.Helper()
	var got *http.Request
	var body []byte
	act.Push(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})).ServeHTTP(httptest.NewRecorder(), r)
	return got, body
}

func TestWriteRequestEdits(t *testing.T) {
	for _, c := range []struct{ act, want string }{
		{"drops-label:job", "one{} 1@5000, two{} 2@5000"},
		{"drops-label:nothing", "one{job=a} 1@5000, two{job=a} 2@5000"},
		{"sets-label:zone=z", "one{job=a zone=z} 1@5000, two{job=a zone=z} 2@5000"},
		{"sets-label:job=b", "one{job=b} 1@5000, two{job=b} 2@5000"},
		{"loses-series", "two{job=a} 2@5000"},
		{"doubles-series", "one{job=a} 1@5000, one{job=a} 1@5000, two{job=a} 2@5000"},
		{"changes-values", "one{job=a} 2@5000, two{job=a} 3@5000"},
		{"changes-times", "one{job=a} 1@4000, two{job=a} 2@4000"},
	} {
		r, body := push(t, parse(t, c.act), write())
		msg, err := s2.Decode(nil, body)
		if err != nil {
			t.Fatalf("%s: %v", c.act, err)
		}
		var got prompb.WriteRequest
		if err := got.Unmarshal(msg); err != nil {
			t.Fatalf("%s: %v", c.act, err)
		}
		if text := describe(&got); text != c.want {
			t.Errorf("%s: got %s, want %s", c.act, text, c.want)
		}
		if r.ContentLength != int64(len(body)) {
			t.Errorf("%s: content length %d, body %d", c.act, r.ContentLength, len(body))
		}
	}
}

// describe words the series of a request in one line.
func describe(w *prompb.WriteRequest) string {
	var all []string
	for _, s := range w.Timeseries {
		var name string
		var labels, samples []string
		for _, l := range s.Labels {
			if l.Name == "__name__" {
				name = l.Value
			} else {
				labels = append(labels, l.Name+"="+l.Value)
			}
		}
		for _, p := range s.Samples {
			samples = append(samples, fmt.Sprintf("%g@%d", p.Value, p.Timestamp))
		}
		all = append(all, name+"{"+strings.Join(labels, " ")+"} "+strings.Join(samples, " "))
	}
	return strings.Join(all, ", ")
}

func TestUnsortedLabels(t *testing.T) {
	_, body := push(t, parse(t, "unsorted-labels"), write())
	msg, _ := s2.Decode(nil, body)
	var got prompb.WriteRequest
	if err := got.Unmarshal(msg); err != nil || got.Timeseries[0].Labels[0].Name != "job" {
		t.Errorf("got %v, %v", got.Timeseries, err)
	}
}

func TestChangedRepeatsMeanTheSame(t *testing.T) {
	act := parse(t, "changes-repeats")
	var bodies [][]byte
	handler := act.Push(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, body)
	}))
	msg, err := write().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(s2.EncodeSnappy(nil, msg))))
		r.Header.Set("Content-Encoding", "snappy")
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	var first, second prompb.WriteRequest
	for i, into := range []*prompb.WriteRequest{&first, &second} {
		plain, err := s2.Decode(nil, bodies[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := into.Unmarshal(plain); err != nil {
			t.Fatal(err)
		}
	}
	if string(bodies[0]) == string(bodies[1]) || describe(&first) != describe(&second) || act.Touched() != 1 {
		t.Errorf("got %s and %s, touched %d", describe(&first), describe(&second), act.Touched())
	}
}

func TestWholeBodies(t *testing.T) {
	r, body := push(t, parse(t, "sends-plain"), write())
	var got prompb.WriteRequest
	if err := got.Unmarshal(body); err != nil || r.Header.Get("Content-Encoding") != "" {
		t.Errorf("sends-plain: %v, encoding %q", err, r.Header.Get("Content-Encoding"))
	}
	if _, body = push(t, parse(t, "garbles-body"), write()); len(body) == 0 {
		t.Error("garbles-body: nothing arrived")
	} else if _, err := s2.Decode(nil, body); err == nil {
		t.Error("garbles-body: the body still decodes")
	}
	about := &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{{MetricFamilyName: "up"}}}
	if r, _ := push(t, parse(t, "drops-metadata"), about); r != nil {
		t.Error("drops-metadata: metadata arrived")
	}
	if r, _ := push(t, parse(t, "drops-metadata"), write()); r == nil {
		t.Error("drops-metadata: samples did not arrive")
	}
}

func TestProfileEdits(t *testing.T) {
	request := &pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{{
		Labels:  []*typesv1.LabelPair{{Name: "__name__", Value: "cpu"}, {Name: "job", Value: "a"}},
		Samples: []*pushv1.RawSample{{RawProfile: []byte("profile"), ID: "x"}},
	}}}
	msg, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	for act, ok := range map[string]func(*pushv1.RawProfileSeries) bool{
		"drops-label:job":  func(s *pushv1.RawProfileSeries) bool { return len(s.Labels) == 1 && s.Samples[0].ID == "x" },
		"sets-label:job=b": func(s *pushv1.RawProfileSeries) bool { return s.Labels[1].Value == "b" },
		"changes-values":   func(s *pushv1.RawProfileSeries) bool { return string(s.Samples[0].RawProfile) == "progile" },
		"changes-times":    func(s *pushv1.RawProfileSeries) bool { return string(s.Samples[0].RawProfile) == "profile" },
	} {
		r := httptest.NewRequest(http.MethodPost, "/push.v1.PusherService/Push", strings.NewReader(string(msg)))
		r.Header.Set("Content-Type", "application/proto")
		_, body := arrival(t, parse(t, act), r)
		var got pushv1.PushRequest
		if err := proto.Unmarshal(body, &got); err != nil || !ok(got.Series[0]) {
			t.Errorf("%s: got %v, %v", act, &got, err)
		}
	}
}

func TestEmptyProfileIsOne(t *testing.T) {
	p, err := profile.ParseUncompressed(emptyProfile())
	if err != nil || len(p.SampleType) != 1 || p.SampleType[0].Unit != "count" {
		t.Errorf("got %v, %v", p, err)
	}
}
