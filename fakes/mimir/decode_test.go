package mimir

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func decodeMessage(t testing.TB, version Version, message []byte) (*batch, error) {
	t.Helper()
	d := decoder{table: newTable(1 << 20), limit: 1 << 24, hold: freely}
	err := d.decode(version, message)
	return d.batch.clone(), err
}

// dump writes all that was decoded, floats as their bits, so that two readings can be compared.
func dump(all []Series, metadata []Metadata) string {
	var b strings.Builder
	for _, one := range all {
		fmt.Fprintf(&b, "%q\n", one.Labels)
		for _, s := range one.Samples {
			fmt.Fprintf(&b, " sample %d %x %d\n", s.Timestamp, math.Float64bits(s.Value), s.Start)
		}
		for _, e := range one.Exemplars {
			fmt.Fprintf(&b, " exemplar %q %d %x\n", e.Labels, e.Timestamp, math.Float64bits(e.Value))
		}
		for _, h := range one.Histograms {
			fmt.Fprintf(&b, " histogram %+v\n", bitsOf(h))
		}
		if one.Metadata != nil {
			fmt.Fprintf(&b, " metadata %q\n", *one.Metadata)
		}
	}
	fmt.Fprintf(&b, "%q", metadata)
	return b.String()
}

// bitsOf is a histogram whose floats can be compared although they may be NaN.
func bitsOf(h Histogram) string {
	floats := [][]float64{{h.CountFloat, h.Sum, h.ZeroThreshold, h.ZeroCountFloat}, h.NegativeCounts, h.PositiveCounts, h.CustomValues}
	bits := make([][]uint64, len(floats))
	for i, list := range floats {
		for _, f := range list {
			bits[i] = append(bits[i], math.Float64bits(f))
		}
	}
	return fmt.Sprint(h.Timestamp, h.Start, h.Float, h.CountInt, h.Schema, h.ZeroCountInt, h.ResetHint, bits,
		h.NegativeSpans, h.NegativeDeltas, h.PositiveSpans, h.PositiveDeltas)
}

func fromPromLabels(set []prompb.Label) labels.Labels {
	out := make(labels.Labels, len(set))
	for i, l := range set {
		out[i] = labels.Label{Name: l.Name, Value: l.Value}
	}
	return out
}

func fromPrompb(request *prompb.WriteRequest) ([]Series, []Metadata) {
	var all []Series
	for _, ts := range request.Timeseries {
		one := Series{Labels: fromPromLabels(ts.Labels)}
		for _, s := range ts.Samples {
			one.Samples = append(one.Samples, Sample{Timestamp: s.Timestamp, Value: s.Value})
		}
		for _, e := range ts.Exemplars {
			one.Exemplars = append(one.Exemplars, Exemplar{fromPromLabels(e.Labels), e.Value, e.Timestamp})
		}
		for i := range ts.Histograms {
			one.Histograms = append(one.Histograms, fromPromHistogram(&ts.Histograms[i]))
		}
		all = append(all, one)
	}
	var metadata []Metadata
	for _, m := range request.Metadata {
		metadata = append(metadata, Metadata{m.MetricFamilyName, metricType(uint64(m.Type)), m.Help, m.Unit})
	}
	return all, metadata
}

func fromPromHistogram(h *prompb.Histogram) Histogram {
	_, float := h.Count.(*prompb.Histogram_CountFloat)
	spans := func(from []prompb.BucketSpan) (to []Span) {
		for _, s := range from {
			to = append(to, Span{s.Offset, s.Length})
		}
		return to
	}
	return Histogram{
		Timestamp: h.Timestamp, Float: float,
		CountInt: h.GetCountInt(), CountFloat: h.GetCountFloat(), Sum: h.Sum, Schema: h.Schema, ZeroThreshold: h.ZeroThreshold,
		ZeroCountInt: h.GetZeroCountInt(), ZeroCountFloat: h.GetZeroCountFloat(),
		NegativeSpans: spans(h.NegativeSpans), NegativeDeltas: h.NegativeDeltas, NegativeCounts: h.NegativeCounts,
		PositiveSpans: spans(h.PositiveSpans), PositiveDeltas: h.PositiveDeltas, PositiveCounts: h.PositiveCounts,
		CustomValues: h.CustomValues, ResetHint: int32(h.ResetHint),
	}
}

// randomRequest makes a request with a bit of everything.
func randomRequest(r *rand.Rand) *prompb.WriteRequest {
	request := &prompb.WriteRequest{}
	for range r.IntN(8) {
		ts := prompb.TimeSeries{}
		for range r.IntN(12) {
			ts.Labels = append(ts.Labels, prompb.Label{Name: randomText(r), Value: randomText(r)})
		}
		for range r.IntN(3) {
			ts.Samples = append(ts.Samples, prompb.Sample{Value: math.Float64frombits(r.Uint64()), Timestamp: int64(r.Uint64())})
		}
		for range r.IntN(2) {
			ts.Exemplars = append(ts.Exemplars, prompb.Exemplar{Labels: ts.Labels, Value: r.Float64(), Timestamp: r.Int64()})
		}
		for range r.IntN(2) {
			ts.Histograms = append(ts.Histograms, randomHistogram(r))
		}
		request.Timeseries = append(request.Timeseries, ts)
	}
	for range r.IntN(3) {
		request.Metadata = append(request.Metadata, prompb.MetricMetadata{
			Type: prompb.MetricMetadata_MetricType(r.IntN(8)), MetricFamilyName: randomText(r), Help: randomText(r), Unit: randomText(r),
		})
	}
	return request
}

func randomText(r *rand.Rand) string {
	n := r.IntN(20)
	if r.IntN(10) == 0 {
		n = 100 + r.IntN(200) // lengths of two bytes
	}
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(r.IntN(256))
	}
	return string(text)
}

func randomHistogram(r *rand.Rand) prompb.Histogram {
	h := prompb.Histogram{
		Sum: r.Float64(), Schema: int32(r.IntN(60) - 53), ZeroThreshold: r.Float64(), Timestamp: r.Int64(), ResetHint: prompb.Histogram_ResetHint(r.IntN(4)),
		PositiveSpans: []prompb.BucketSpan{{Offset: -3, Length: 2}, {Length: uint32(r.IntN(9))}},
		NegativeSpans: []prompb.BucketSpan{{Offset: int32(r.IntN(9)), Length: 1}},
	}
	if r.IntN(2) == 0 {
		h.Count, h.ZeroCount = &prompb.Histogram_CountInt{CountInt: r.Uint64()}, &prompb.Histogram_ZeroCountInt{ZeroCountInt: 1}
		h.PositiveDeltas, h.NegativeDeltas = []int64{1, -1, r.Int64()}, []int64{-5}
		return h
	}
	h.Count, h.ZeroCount = &prompb.Histogram_CountFloat{CountFloat: r.Float64()}, &prompb.Histogram_ZeroCountFloat{ZeroCountFloat: 0.5}
	h.PositiveCounts, h.NegativeCounts, h.CustomValues = []float64{1, 2}, []float64{r.Float64()}, []float64{r.Float64(), 7}
	return h
}

func TestDecodeV1AgreesWithPrometheus(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		message, err := randomRequest(r).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		compareV1(t, message)
	}
}

func compareV1(t *testing.T, message []byte) {
	t.Helper()
	var request prompb.WriteRequest
	theirs := request.Unmarshal(message)
	b, ours := decodeMessage(t, V1, message)
	if ours != nil || theirs != nil {
		if theirs == nil && !isStricter(ours) {
			t.Fatalf("refused (%v) what the library reads", ours)
		}
		return
	}
	wantSeries, wantMetadata := fromPrompb(&request)
	if got, want := dump(b.unfold(""), b.plainMetadata()), dump(wantSeries, wantMetadata); got != want {
		t.Fatalf("decoded\n%s\nthe library says\n%s", got, want)
	}
	n, err := count(V1, message)
	if err != nil {
		t.Fatalf("count: %v", err)
	}
	if n != b.count() {
		t.Fatalf("counted %+v, decoded %+v", n, b.count())
	}
}

// isStricter knows what Prometheus' library reads although protobuf forbids it, among it packed numbers that run over the end of their
// field, and our own bound on memory.
func isStricter(err error) bool {
	for _, reason := range []string{"is not supported", "a field's number is", "a varint is longer", "the message is cut off", "larger than the allowed"} {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

func randomRequestV2(r *rand.Rand) *writev2.Request {
	table := writev2.NewSymbolTable()
	symbols := func(n int) (refs []uint32) {
		for range 2 * n {
			refs = append(refs, table.Symbolize(randomText(r)))
		}
		return refs
	}
	request := &writev2.Request{}
	for range r.IntN(8) {
		ts := writev2.TimeSeries{LabelsRefs: symbols(r.IntN(5))}
		for range r.IntN(3) {
			ts.Samples = append(ts.Samples, writev2.Sample{Value: math.Float64frombits(r.Uint64()), Timestamp: r.Int64(), StartTimestamp: r.Int64N(3)})
		}
		for range r.IntN(2) {
			ts.Exemplars = append(ts.Exemplars, writev2.Exemplar{LabelsRefs: symbols(2), Value: r.Float64(), Timestamp: r.Int64()})
			ts.Histograms = append(ts.Histograms, writev2.Histogram{
				Count: &writev2.Histogram_CountInt{CountInt: r.Uint64()}, Sum: r.Float64(), Schema: -4, Timestamp: r.Int64(),
				PositiveSpans: []writev2.BucketSpan{{Offset: -1, Length: 3}}, PositiveDeltas: []int64{1, -1, 0}, StartTimestamp: 5,
			})
		}
		ts.Metadata = writev2.Metadata{Type: writev2.Metadata_MetricType(r.IntN(8)), HelpRef: table.Symbolize(randomText(r))}
		request.Timeseries = append(request.Timeseries, ts)
	}
	request.Symbols = table.Symbols()
	return request
}

func fromV2(request *writev2.Request) []Series {
	set := func(refs []uint32) (out labels.Labels) {
		out = labels.Labels{}
		for i := 0; i < len(refs); i += 2 {
			out = append(out, labels.Label{Name: request.Symbols[refs[i]], Value: request.Symbols[refs[i+1]]})
		}
		return out
	}
	var all []Series
	for _, ts := range request.Timeseries {
		one := Series{Labels: set(ts.LabelsRefs)}
		for _, s := range ts.Samples {
			one.Samples = append(one.Samples, Sample{s.Timestamp, s.Value, s.StartTimestamp})
		}
		for _, e := range ts.Exemplars {
			one.Exemplars = append(one.Exemplars, Exemplar{set(e.LabelsRefs), e.Value, e.Timestamp})
		}
		for _, h := range ts.Histograms {
			one.Histograms = append(one.Histograms, Histogram{
				Timestamp: h.Timestamp, Start: h.StartTimestamp, CountInt: h.GetCountInt(), Sum: h.Sum, Schema: h.Schema,
				PositiveSpans: []Span{{-1, 3}}, PositiveDeltas: h.PositiveDeltas,
			})
		}
		if m := ts.Metadata; m.Type != 0 || m.HelpRef != 0 {
			one.Metadata = &Metadata{one.Labels.Get(labels.MetricName), metricType(uint64(m.Type)), request.Symbols[m.HelpRef], ""}
		}
		all = append(all, one)
	}
	return all
}

func TestDecodeV2AgreesWithPrometheus(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		request := randomRequestV2(r)
		message, err := request.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b, err := decodeMessage(t, V2, message)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dump(b.unfold(""), b.plainMetadata()), dump(fromV2(request), nil); got != want {
			t.Fatalf("decoded\n%s\nwant\n%s", got, want)
		}
		if n, err := count(V2, message); err != nil || n != b.count() {
			t.Fatalf("counted %+v (%v), decoded %+v", n, err, b.count())
		}
	}
}

func TestCreatedTimestampOfFirstDrafts(t *testing.T) {
	// One series without labels, a sample at 9 and field 6, created timestamp, of 7.
	message := []byte{0x22, 0, 0x2a, 6, 0x12, 2, 0x10, 9, 0x30, 7}
	b, err := decodeMessage(t, V2, message)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Sample{Timestamp: 9, Start: 7}); len(b.samples) != 1 || b.samples[0] != want {
		t.Errorf("samples are %+v, want %+v", b.samples, want)
	}
}

// TestLabelsAfterSamples has a sender that writes the fields of a series in another order, and exemplars between.
func TestLabelsAfterSamples(t *testing.T) {
	label := func(name, value string) []byte { return appendLabel(nil, []byte(name), []byte(value)) }
	body := label("a", "1")
	body = appendField(body, 2, []byte{0x10, 5})
	body = append(body, label("b", strings.Repeat("x", 200))...)
	body = appendField(body, 3, label("trace", "t"))
	body = append(body, label("c", "3")...)
	message := appendField(nil, 1, body)
	compareV1(t, append(message, message...))
}

// appendLabel writes a label field of version 1.0.
func appendLabel(to, name, value []byte) []byte {
	return appendField(to, 1, appendField(appendField(nil, 1, name), 2, value))
}

func TestTableStartsAnewWhenFull(t *testing.T) {
	s := &Server{}
	s.table.Store(newTable(300))
	message := func(value string) []byte { return appendField(nil, 1, appendLabel(nil, []byte("a"), []byte(value))) }
	d := decoder{limit: 1 << 24, hold: freely}
	for _, value := range []string{"1", "1", "2", "3", "1"} {
		d.table = s.currentTable()
		if err := d.decode(V1, message(value)); err != nil {
			t.Fatal(err)
		}
	}
	all := d.batch.refs
	if all[0].series != all[1].series {
		t.Error("the second request of a series did not find it")
	}
	if last := all[4].series; last == all[0].series || last.labels.Key() != all[0].series.labels.Key() || len(d.table.byRaw) > 2 {
		t.Errorf("the table holds %d series; first %v, last %v", len(d.table.byRaw), all[0].series.labels, last.labels)
	}
}

func TestSeriesOfVersion2AreFoundAgain(t *testing.T) {
	table := newTable(1 << 20)
	d := decoder{table: table, limit: 1 << 24, hold: freely}
	for _, symbols := range [][]string{{"", "a", "1", "b", "2"}, {"", "b", "2", "a", "1"}} { // the same labels by other references
		message := []byte{}
		for _, s := range symbols {
			message = appendField(message, 4, []byte(s))
		}
		a, b := byte(1), byte(3)
		if symbols[1] == "b" {
			a, b = 3, 1
		}
		message = appendField(message, 5, appendField(nil, 1, []byte{a, a + 1, b, b + 1}))
		if err := d.decode(V2, message); err != nil {
			t.Fatal(err)
		}
		d.symbols = nil
	}
	if refs := d.batch.refs; refs[0].series != refs[1].series || refs[0].series.labels.String() != `{a="1", b="2"}` {
		t.Errorf("the series are %v and %v", refs[0].series.labels, refs[1].series.labels)
	}
}

// FuzzDecodeV1 checks that nothing panics and that what both readers take means the same.
func FuzzDecodeV1(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		message, _ := randomRequest(r).Marshal()
		f.Add(message)
	}
	f.Fuzz(compareV1)
}

// FuzzDecodeV2 checks that nothing panics and that counting agrees with decoding.
func FuzzDecodeV2(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		message, _ := randomRequestV2(r).Marshal()
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		b, err := decodeMessage(t, V2, message)
		if err != nil {
			return
		}
		b.unfold("x")
		if n, err := count(V2, message); err != nil || n != b.count() {
			t.Fatalf("counted %+v (%v), decoded %+v", n, err, b.count())
		}
	})
}

// FuzzInflate checks that no body of any encoding panics or gives more than the limit.
func FuzzInflate(f *testing.F) {
	f.Add("snappy", snappy.Encode(nil, []byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")))
	f.Add("gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
	f.Add("zstd", []byte("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00a\x00\x00\x00\x00"))
	i := newInflater(1000)
	f.Fuzz(func(t *testing.T, encoding string, body []byte) {
		inflated, err := i.inflate(encoding, body, nil)
		if err == nil && len(inflated) > 1000 {
			t.Fatalf("inflated to %d bytes", len(inflated))
		}
	})
}
