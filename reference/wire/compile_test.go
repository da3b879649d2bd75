package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	gosnappy "github.com/golang/snappy"
	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"
	"pgregory.net/rapid"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// production is a frame as a scrape of a service gives it, each series of 314 bytes.
func production(n int) *column.Frame {
	f := &column.Frame{ID: 1}
	for i := range n {
		f.Series = append(f.Series, column.Series{Labels: []column.Label{
			{Name: "__name__", Value: fmt.Sprintf("http_server_request_duration_seconds_%03d", i/20)},
			{Name: "cluster", Value: "production-eu-west-1a"},
			{Name: "code", Value: []string{"200", "204", "400", "404", "500"}[i%5]},
			{Name: "container", Value: "storefront-api"},
			{Name: "environment", Value: "production"},
			{Name: "instance", Value: "10.0.1.17:8080"},
			{Name: "job", Value: "kubernetes-pods"},
			{Name: "method", Value: []string{"GET", "PUT", "POST", "HEAD"}[i/5%4]},
			{Name: "namespace", Value: "storefront-production"},
			{Name: "pod", Value: "storefront-api-6f7d9c5b4-00001"},
		}})
	}
	return f
}

// inflated decodes elements with the decoders of two other projects, which must agree.
func inflated(t interface{ Fatalf(string, ...any) }, elements []byte, size int) []byte {
	block := append(binary.AppendUvarint(nil, uint64(size)), elements...)
	raw, err := gosnappy.Decode(nil, block)
	if err != nil {
		t.Fatalf("golang/snappy: %v", err)
	}
	again, err := s2.Decode(nil, block)
	if err != nil || !bytes.Equal(raw, again) {
		t.Fatalf("the two snappy decoders disagree: %v", err)
	}
	return raw
}

// anyFrame draws a frame whose series have much or little in common, up to more than a copy can reach back.
func anyFrame(t *rapid.T) *column.Frame {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"a", "aa", "aaaaaaaaaaaaaaaaaaaa", "\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x10\x80\x80\x80\x80\x80\x01", "\n\x0b\x0c", "abcabcabcabc"}),
		rapid.String(),
		rapid.Map(rapid.IntRange(1, 400), func(n int) string { return strings.Repeat("z", n) }),
		rapid.Map(rapid.IntRange(1, 30), func(n int) string { return strings.Repeat("0123456789abcdef", n*n) }),
	)
	common := rapid.SliceOfN(word, 0, 8).Draw(t, "common")
	f := &column.Frame{}
	for i := range rapid.IntRange(1, 60).Draw(t, "series") {
		var s column.Series
		for j, own := range common {
			if rapid.IntRange(0, 9).Draw(t, "own") == 0 {
				own = word.Draw(t, "value")
			}
			s.Labels = append(s.Labels, column.Label{Name: fmt.Sprint("name", j), Value: own})
		}
		s.Labels = append(s.Labels, column.Label{Name: "z", Value: fmt.Sprint(i)})
		f.Series = append(f.Series, s)
	}
	return f
}

func anyValue(t *rapid.T) float64 {
	return rapid.OneOf(
		rapid.Map(rapid.Uint64(), math.Float64frombits),
		rapid.Map(rapid.IntRange(-1<<20, 1<<20), func(n int) float64 { return float64(n) }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.Inf(1), math.NaN(), column.Stale(), 1 << 21, 1<<21 + 1}),
	).Draw(t, "value")
}

// checkTemplate holds a template against the encoding without one, byte for byte.
func checkTemplate(t *rapid.T) {
	e, _ := encode(anyFrame(t), labeller{}, nil)
	n := len(e.ends)
	wide := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "wide")
	tmpl := e.compile(wide)
	if tmpl == nil {
		t.Fatalf("no template")
	}
	for range 3 {
		m := rapid.IntRange(1, n).Draw(t, "length")
		p := column.Part{T: rapid.Int64Range(minTime, maxTime).Draw(t, "time"), Values: make([]float64, m)}
		fits := true
		for i := range p.Values {
			p.Values[i] = anyValue(t)
			fits = fits && (wide[i] || uint32(math.Float64bits(p.Values[i])) == 0)
		}
		checkElements(t, e, tmpl, p, fits)
	}
}

func checkElements(t *rapid.T, e *encoded, tmpl *template, p column.Part, fits bool) {
	got, ok := tmpl.append([]byte("before"), p.Values, p.T)
	if ok != fits || !bytes.HasPrefix(got, []byte("before")) {
		t.Fatalf("values %v: accepted %v, want %v", p.Values, ok, fits)
	}
	if !ok {
		return
	}
	if m := p.Len(); m < len(e.ends) {
		for i := range m {
			p.Index = append(p.Index, uint16(i))
		}
	}
	want := e.append(nil, p)
	if raw := inflated(t, got[len("before"):], e.rawSize(p.Len())); !bytes.Equal(raw, want) {
		t.Fatalf("got %x\nwant %x", raw, want)
	}
}

func TestTemplate(t *testing.T) { rapid.Check(t, checkTemplate) }

func FuzzTemplate(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkTemplate)) }

// TestTemplateOfAWholeFrame has a text that reaches beyond a copy's offset, and compares with what Prometheus marshals.
func TestTemplateOfAWholeFrame(t *testing.T) {
	f := production(column.MaxFrameSeries)
	e, _ := encode(f, labeller{}, nil)
	wide := make([]bool, len(f.Series))
	tmpl := e.compile(wide)
	values := make([]float64, len(f.Series))
	var want prompb.WriteRequest
	for i, s := range f.Series {
		values[i] = float64(i + 1)
		ts := prompb.TimeSeries{Samples: []prompb.Sample{{Value: values[i], Timestamp: minTime + 5}}}
		for _, l := range s.Labels {
			ts.Labels = append(ts.Labels, prompb.Label{Name: l.Name, Value: l.Value})
		}
		want.Timeseries = append(want.Timeseries, ts)
	}
	marshalled, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	elements, _ := tmpl.append(nil, values, minTime+5)
	if raw := inflated(t, elements, len(marshalled)); len(raw) < maxFarOffset || !bytes.Equal(raw, marshalled) {
		t.Errorf("%d bytes are not the %d that Prometheus marshals", len(raw), len(marshalled))
	}
	if most := 26 * len(f.Series); len(elements) > most {
		t.Errorf("%d bytes for %d series, want at most %d", len(elements), len(f.Series), most)
	}
}

func TestNoTemplateOfAnEnormousSeries(t *testing.T) {
	f := production(3)
	f.Series[1].Labels = []column.Label{{Name: "a", Value: strings.Repeat("b", maxFarOffset)}}
	if e, _ := encode(f, labeller{}, nil); e.compile(make([]bool, 3)) != nil {
		t.Error("there is a template although a copy cannot reach over the series")
	}
}

func BenchmarkCompile(b *testing.B) {
	e, _ := encode(production(column.MaxFrameSeries), labeller{}, nil)
	wide := make([]bool, column.MaxFrameSeries)
	b.ReportAllocs()
	for b.Loop() {
		e.compile(wide)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/column.MaxFrameSeries, "ns/series")
}
