package mimir_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

const (
	typeV1 = "application/x-protobuf"
	typeV2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
)

// post sends a body as it is and returns the answer with its text.
func post(t *testing.T, url string, body []byte, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

func marshal(t *testing.T, message interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	data, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// series makes one with a sample, from name, name, value, name, value ...
func series(timestamp int64, value float64, name string, pairs ...string) prompb.TimeSeries {
	ts := prompb.TimeSeries{
		Labels:  []prompb.Label{{Name: "__name__", Value: name}},
		Samples: []prompb.Sample{{Timestamp: timestamp, Value: value}},
	}
	for i := 0; i < len(pairs); i += 2 {
		ts.Labels = append(ts.Labels, prompb.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return ts
}

func push(t *testing.T, m *mimir.Server, all ...prompb.TimeSeries) (*http.Response, string) {
	t.Helper()
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: all}))
	return post(t, m.PushURL(), body, "Content-Type", typeV1, "Content-Encoding", "snappy", "X-Scope-OrgID", "one")
}

func TestEncodings(t *testing.T) {
	m := mimir.StartT(t)
	message := marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(1000, 1.5, "up", "job", "a")}})
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(message)
	_ = z.Close()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		encoding string
		body     []byte
	}{
		{"snappy", snappy.Encode(nil, message)},
		{"zstd", encoder.EncodeAll(message, nil)},
		{"gzip", zipped.Bytes()},
	} {
		response, text := post(t, m.URL()+"/any/path", test.body, "Content-Type", typeV1, "Content-Encoding", test.encoding)
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: answered %d: %s", test.encoding, response.StatusCode, text)
		}
		r := m.Requests()[i]
		if len(r.Series) != 1 || r.Series[0].Labels.String() != `up{job="a"}` || r.Series[0].Samples[0] != (mimir.Sample{Timestamp: 1000, Value: 1.5}) {
			t.Errorf("%s: got %+v (%s)", test.encoding, r.Series, r.DecodeError)
		}
	}
}

func TestWhatItDoesNotTakeIsRecorded(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{MaxDecoded: 1000})
	tests := []struct {
		name, contentType, encoding string
		body                        []byte
		status                      int
		text                        string
	}{
		{"content type", "text/plain", "snappy", nil, 415, `content type "text/plain" is not supported`},
		{"protocol", typeV1 + ";proto=io.prometheus.write.v3.Request", "snappy", nil, 415, "is not supported"},
		{"encoding", typeV1, "br", nil, 415, `content encoding "br" is not supported`},
		{"not snappy", typeV1, "snappy", []byte("garbage"), 400, "inflate snappy block: "},
		{"snappy lies", typeV1, "snappy", []byte{0xe8, 0x07}, 400, "2 bytes cannot hold the 1000 that it announces"},
		{"too large", typeV1, "snappy", snappy.Encode(nil, make([]byte, 1001)), 413, "message size of 1001 bytes is larger than the allowed limit of 1000 bytes"},
		{"not protobuf", typeV1, "snappy", snappy.Encode(nil, []byte{0x0a, 9}), 400, "the message is cut off"},
		{"bad series", typeV1, "snappy", snappy.Encode(nil, []byte{0x0a, 2, 0x0a, 5}), 400, "series 1: the message is cut off"},
		{"bad label", typeV1, "snappy", snappy.Encode(nil, []byte{0x0a, 4, 0x0a, 2, 0x0a, 5}), 400, "series 1: label 1: the message is cut off"},
		{"many in little", typeV1, "snappy", snappy.Encode(nil, bytes.Repeat([]byte{0x0a, 2, 0x22, 0}, 200)), 413, "larger than the allowed limit"},
		{"no such symbol", typeV2, "snappy", snappy.Encode(nil, []byte{0x22, 0, 0x2a, 4, 0x0a, 2, 0, 7}), 400, "series 1: reference 7 is beyond the 1 symbols"},
	}
	for i, test := range tests {
		response, text := post(t, m.PushURL(), test.body, "Content-Type", test.contentType, "Content-Encoding", test.encoding)
		if response.StatusCode != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: answered %d: %s; want %d: %s", test.name, response.StatusCode, text, test.status, test.text)
		}
		r := m.Requests()[i]
		if !bytes.Equal(r.Body, test.body) || r.DecodeError == "" || r.Accepted() {
			t.Errorf("%s: recorded %d bytes, decode error %q, accepted %v", test.name, len(r.Body), r.DecodeError, r.Accepted())
		}
	}
	if n := m.Accepted().Requests(); n != 0 {
		t.Errorf("%d requests were accepted", n)
	}
}

func TestWrittenCounts(t *testing.T) {
	m := mimir.StartT(t)
	symbols := writev2.NewSymbolTable()
	var all []writev2.TimeSeries
	for i := range 3 {
		all = append(all, writev2.TimeSeries{
			LabelsRefs: []uint32{symbols.Symbolize("__name__"), symbols.Symbolize("up"), symbols.Symbolize("i"), symbols.Symbolize(fmt.Sprint(i))},
			Samples:    []writev2.Sample{{Timestamp: 1000, Value: float64(i), StartTimestamp: 7}},
			Exemplars:  []writev2.Exemplar{{LabelsRefs: []uint32{symbols.Symbolize("trace_id"), symbols.Symbolize("x")}, Value: 2, Timestamp: 3}},
			Metadata:   writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_GAUGE, HelpRef: symbols.Symbolize("It is up."), UnitRef: symbols.Symbolize("bool")},
		})
	}
	body := snappy.Encode(nil, marshal(t, &writev2.Request{Symbols: symbols.Symbols(), Timeseries: all}))
	response, _ := post(t, m.PushURL(), body, "Content-Type", typeV2, "Content-Encoding", "snappy")
	for name, want := range map[string]string{"Samples": "3", "Exemplars": "3", "Histograms": "0"} {
		if got := response.Header.Get("X-Prometheus-Remote-Write-" + name + "-Written"); got != want {
			t.Errorf("%s written is %q, want %q", name, got, want)
		}
	}
	found, err := m.Accepted().Series(`up{i="2"}`)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	one := found[0]
	if one.Samples[0] != (mimir.Sample{Timestamp: 1000, Value: 2, Start: 7}) {
		t.Errorf("sample is %+v", one.Samples[0])
	}
	if one.Metadata == nil || *one.Metadata != (mimir.Metadata{Metric: "up", Type: "gauge", Help: "It is up.", Unit: "bool"}) {
		t.Errorf("metadata is %+v", one.Metadata)
	}
	if e := one.Exemplars[0]; e.Labels.String() != `{trace_id="x"}` || e.Value != 2 || e.Timestamp != 3 {
		t.Errorf("exemplar is %+v", e)
	}
	m.WaitFor(t.Context(), mimir.MetadataOf("up"))
	m.WaitFor(t.Context(), mimir.Exemplars("up", 3))
}

func TestOnlyWhatWasAnswered2xxCounts(t *testing.T) {
	m := mimir.StartT(t)
	m.Replies().ThenStatus(503, 204).Then(reply.Status(200).Body("truncated").TruncateAfter(2))
	for i, want := range []int{503, 204, 200} {
		body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(int64(i), 1, "up")}}))
		request, _ := http.NewRequest(http.MethodPost, m.PushURL(), bytes.NewReader(body))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body) // the last one ends too early
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("request %d was answered %d, want %d", i, response.StatusCode, want)
		}
	}
	m.WaitFor(t.Context(), mimir.Requests(1))
	samples, err := m.Accepted().Samples("up")
	if err != nil || len(samples) != 1 || samples[0].Timestamp != 1 {
		t.Errorf("accepted %v, %v; want the sample at 1 only", samples, err)
	}
	if n := m.Counts(); n.Requests != 1 || n.Samples != 1 {
		t.Errorf("counts are %+v", n)
	}
}

func TestKindsAndMetadata(t *testing.T) {
	m := mimir.StartT(t)
	m.Replies().ThenStatus(503)
	about := prompb.MetricMetadata{Type: prompb.MetricMetadata_COUNTER, MetricFamilyName: "x_total", Help: "X.", Unit: "things"}
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{about}}))
	if response, _ := post(t, m.PushURL(), body, "Content-Type", typeV1); response.StatusCode != 200 {
		t.Errorf("metadata was answered %d: a script without selector is for samples", response.StatusCode)
	}
	if response, _ := push(t, m, series(1, 1, "up")); response.StatusCode != 503 {
		t.Errorf("samples were answered %d", response.StatusCode)
	}
	response, err := http.Get(m.URL() + "/ready")
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("ready: %v, %v", response, err)
	}
	response.Body.Close()
	if response, err = http.Get(m.PushURL()); err != nil || response.StatusCode != 405 || response.Header.Get("Allow") != "POST" {
		t.Fatalf("GET: %v, %v", response, err)
	}
	response.Body.Close()
	var kinds []string
	for _, r := range m.Requests() {
		kinds = append(kinds, r.Kind)
	}
	if got, want := fmt.Sprint(kinds), "[metadata samples other other]"; got != want {
		t.Errorf("kinds are %s, want %s", got, want)
	}
	want := mimir.Metadata{Metric: "x_total", Type: "counter", Help: "X.", Unit: "things"}
	if got := m.Accepted().Metadata(); len(got) != 1 || got[0] != want {
		t.Errorf("metadata is %+v, want %+v", got, want)
	}
}

func TestSeriesAreMergedPerTenant(t *testing.T) {
	m := mimir.StartT(t)
	push(t, m, series(1, 1, "up", "job", "a"), series(1, 5, "up", "job", "b"))
	swapped := series(2, 2, "up", "job", "a")
	swapped.Labels[0], swapped.Labels[1] = swapped.Labels[1], swapped.Labels[0]
	push(t, m, swapped)
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(3, 3, "up", "job", "a")}}))
	post(t, m.PushURL(), body, "X-Scope-OrgID", "two")

	found, err := m.Accepted().Series(`up{job="a"}`)
	if err != nil || len(found) != 2 {
		t.Fatalf("found %+v, %v", found, err)
	}
	if found[0].Tenant != "one" || len(found[0].Samples) != 2 || found[1].Tenant != "two" || len(found[1].Samples) != 1 {
		t.Errorf("found %+v", found)
	}
	if samples, _ := m.Accepted().Samples(`up{__tenant_id__="two"}`); len(samples) != 1 || samples[0].Value != 3 {
		t.Errorf("tenant two has %v", samples)
	}
	m.WaitFor(t.Context(), mimir.DistinctSeries("up", 3))
	m.Forget()
	if found, _ := m.Accepted().Series("{}"); len(found) != 0 || len(m.Requests()) != 0 {
		t.Errorf("after Forget there is %v", found)
	}
}

func TestWaitForWakes(t *testing.T) {
	m := mimir.StartT(t)
	go func() {
		for i := range 3 {
			push(t, m, series(int64(i), 1, "up", "job", "a"))
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	m.WaitFor(ctx, mimir.Samples(`up{job="a"}`, 3))
	m.WaitFor(ctx, mimir.Until("the last one", func(d mimir.Data) bool {
		samples, _ := d.Samples("up")
		return samples[len(samples)-1].Timestamp == 2
	}))
}

func TestWaitForExplains(t *testing.T) {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.Replies().ThenStatus(503).Then(reply.OK())
	push(t, m, series(1, 1, "up", "job", "node"))
	push(t, m, series(1, 1, "up", "job", "nodes"), series(1, 1, "down"))
	post(t, m.PushURL(), []byte("garbage"))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = m.WaitFor(ctx, mimir.Samples(`up{job="node"}`, 2))
	want := `fake mimir: wait for 2 samples of up{job="node"}: context canceled
	so far 0 of 2
	accepted: 2 samples in 2 series, 1 request
	nearest: up{job="nodes"} (1 sample): job is "nodes", not "node"
	request 3 was not accepted (POST /api/v1/push: 400, replied): inflate snappy block: snappy: corrupt input
	request 1 was not accepted (POST /api/v1/push: 503, replied), it held 1 of what is waited for`
	if err == nil || err.Error() != want {
		t.Errorf("error is:\n%v\nwant:\n%s", err, want)
	}
	if err := m.WaitFor(t.Context(), mimir.Samples(`up{`, 1)); err == nil || !strings.Contains(err.Error(), "column 4: want a label name") {
		t.Errorf("a bad selector gives %v", err)
	}
}

func TestDiscardCounts(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Discard: true})
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(1, 1, "a"), series(1, 1, "b")}}))
	for range 3 {
		post(t, m.PushURL(), body)
	}
	if err := m.WaitForCounts(t.Context(), func(n mimir.Counts) bool { return n.Requests == 3 }); err != nil {
		t.Fatal(err)
	}
	if n := m.Counts(); n.Samples != 6 || n.Series != 6 || n.Bytes != int64(3*len(body)) {
		t.Errorf("counts are %+v", n)
	}
	if n := m.Accepted().Requests(); n != 0 {
		t.Errorf("%d requests were kept", n)
	}
	if requests := m.Requests(); len(requests) != 1 || requests[0].Seq != 3 || len(requests[0].Series) != 2 {
		t.Errorf("the journal says %+v, want the newest request", requests)
	}
}
