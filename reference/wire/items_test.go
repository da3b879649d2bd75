package wire_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	gosnappy "github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"pgregory.net/rapid"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// native is a histogram with a sum, as a scraper hands it over, and as it reads with its time.
func native(sum float64, t int64) (column.Histogram, string) {
	sum += 0 // no -0: the marshaller of the other project drops its sign
	h := &histogram.Histogram{
		Schema: 3, ZeroThreshold: 1e-9, ZeroCount: 2, Count: 9, Sum: sum,
		PositiveSpans: []histogram.Span{{Offset: -2, Length: 2}}, PositiveBuckets: []int64{3, 1},
	}
	message := prompb.FromIntHistogram(0, h)
	text, err := message.Marshal()
	if err != nil {
		panic(err)
	}
	return text, fmt.Sprintf("histogram %x %v @%d", math.Float64bits(sum), h.PositiveSpans, t)
}

func textOfHistogram(h *histogram.Histogram, t int64) string {
	return fmt.Sprintf("histogram %x %v @%d", math.Float64bits(h.Sum), h.PositiveSpans, t)
}

func textOfExemplar(set []column.Label, v float64, t int64) string {
	return fmt.Sprintf("exemplar %v %x @%d", set, math.Float64bits(v), t)
}

func textOfSample(v float64, t int64) string {
	return fmt.Sprintf("sample %x @%d", math.Float64bits(v), t)
}

// items decodes a body of version 1.0 into a line for each item.
func items(t interface{ Fatalf(string, ...any) }, body []byte) (all []string) {
	var req prompb.WriteRequest
	unpack(t, body, req.Unmarshal)
	for _, ts := range req.Timeseries {
		if n := len(ts.Samples) + len(ts.Exemplars) + len(ts.Histograms); n != 1 {
			t.Fatalf("a time series with %d items", n)
		}
		name := labelText(column.Series{Labels: ownLabels(ts.Labels)})
		for _, s := range ts.Samples {
			all = append(all, name+" "+textOfSample(s.Value, s.Timestamp))
		}
		for _, e := range ts.Exemplars {
			all = append(all, name+" "+textOfExemplar(ownLabels(e.Labels), e.Value, e.Timestamp))
		}
		for _, h := range ts.Histograms {
			all = append(all, name+" "+textOfHistogram(h.ToIntHistogram(), h.Timestamp))
		}
	}
	return all
}

func unpack(t interface{ Fatalf(string, ...any) }, body []byte, unmarshal func([]byte) error) {
	raw, err := gosnappy.Decode(nil, body)
	if err != nil {
		t.Fatalf("snappy: %v", err)
	}
	if err := unmarshal(raw); err != nil {
		t.Fatalf("unmarshal: %v", err)
	}
}

func ownLabels(set []prompb.Label) (own []column.Label) {
	for _, l := range set {
		own = append(own, column.Label{Name: l.Name, Value: l.Value})
	}
	return own
}

// items2 does the same for version 2.0; what is known about a metric follows its item.
func items2(t interface{ Fatalf(string, ...any) }, body []byte) (all []string) {
	var req writev2.Request
	unpack(t, body, req.Unmarshal)
	if len(req.Symbols) == 0 || req.Symbols[0] != "" {
		t.Fatalf("the symbols begin with %q", req.Symbols)
	}
	resolve := func(refs []uint32) (own []column.Label) {
		builder := labels.NewScratchBuilder(0)
		set, err := (&writev2.TimeSeries{LabelsRefs: refs}).ToLabels(&builder, req.Symbols)
		if err != nil {
			t.Fatalf("labels: %v", err)
		}
		set.Range(func(l labels.Label) { own = append(own, column.Label{Name: l.Name, Value: l.Value}) })
		return own
	}
	for _, ts := range req.Timeseries {
		if n := len(ts.Samples) + len(ts.Exemplars) + len(ts.Histograms); n != 1 {
			t.Fatalf("a time series with %d items", n)
		}
		line := labelText(column.Series{Labels: resolve(ts.LabelsRefs)}) + " "
		for _, s := range ts.Samples {
			line += textOfSample(s.Value, s.Timestamp)
		}
		for _, e := range ts.Exemplars {
			line += textOfExemplar(resolve(e.LabelsRefs), e.Value, e.Timestamp)
		}
		for _, h := range ts.Histograms {
			line += textOfHistogram(h.ToIntHistogram(), h.Timestamp)
		}
		if m := ts.Metadata; m.Type+writev2.Metadata_MetricType(m.HelpRef+m.UnitRef) != 0 {
			line += fmt.Sprintf(" is %v %q %q", m.Type, req.Symbols[m.HelpRef], req.Symbols[m.UnitRef])
		}
		all = append(all, line)
	}
	return all
}

// anyItems draws parts of every kind, and what a decoder should find.
func anyItems(t *rapid.T) (parts []column.Part, want []string) {
	parts, samples := anyParts(t)
	for _, s := range samples {
		want = append(want, s.labels+" "+textOfSample(math.Float64frombits(s.bits), s.t))
	}
	moment := rapid.Int64Range(-5, noon*2)
	for _, of := range parts {
		exemplars := column.Part{Frame: of.Frame}
		histograms := column.Part{Frame: of.Frame, T: moment.Draw(t, "T")}
		var both []string
		for i, s := range of.Frame.Series {
			h, text := native(rapid.Float64().Draw(t, "sum"), histograms.T)
			histograms.Histograms = append(histograms.Histograms, h)
			both = append(both, labelText(s)+" "+text)
			for range rapid.IntRange(0, 2).Draw(t, "exemplars") {
				e := column.Exemplar{Labels: []column.Label{{Name: "id", Value: rapid.String().Draw(t, "id")}}, Value: rapid.Float64().Draw(t, "v")}
				exemplars.Exemplars = append(exemplars.Exemplars, e)
				exemplars.Index = append(exemplars.Index, uint16(i))
				exemplars.Times = append(exemplars.Times, moment.Draw(t, "t"))
			}
		}
		parts, want = append(parts, histograms), append(want, both...)
		if len(exemplars.Exemplars) == 0 {
			continue
		}
		parts = append(parts, exemplars)
		for i, e := range exemplars.Exemplars {
			want = append(want, labelText(exemplars.Series(i))+" "+textOfExemplar(e.Labels, e.Value, exemplars.Time(i)))
		}
	}
	return parts, want
}

func checkItems(t *rapid.T) {
	parts, want := anyItems(t)
	first, second := wire.New(wire.Options{}), wire.New2(wire.Options{})
	for range 2 { // The second time the frames are known already.
		if got := items(t, first.Encode(nil, parts)); !reflect.DeepEqual(got, want) {
			t.Fatalf("version 1.0:\n got %v\nwant %v", got, want)
		}
		if got := items2(t, second.Encode(nil, parts)); !reflect.DeepEqual(got, want) {
			t.Fatalf("version 2.0:\n got %v\nwant %v", got, want)
		}
	}
}

func TestEncodeAnyItems(t *testing.T) { rapid.Check(t, checkItems) }

func FuzzEncodeItems(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkItems)) }

func TestRelabel(t *testing.T) {
	rules := func(set []column.Label) []column.Label {
		for i, l := range set {
			switch {
			case l == column.Label{Name: "drop", Value: "series"}:
				return nil
			case l.Name == "drop":
				set[i].Value = ""
			case l.Name == "job":
				set[i].Name = "__tmp"
			}
		}
		return set
	}
	o := wire.Options{External: map[string]string{"e": "1"}, Relabel: rules}
	f := frame(1, series("__name__", "a", "job", "x"), series("__name__", "b", "drop", "series"), series("__name__", "c", "drop", "label"))
	h, text := native(1, noon)
	for name, p := range map[string]column.Part{
		"dense":      {Frame: f, T: noon, Values: []float64{1, 2, 3}},
		"sparse":     {Frame: f, T: noon, Values: []float64{1, 2}, Index: []uint16{0, 1}},
		"histograms": {Frame: f, T: noon, Histograms: []column.Histogram{h, h, h}},
		"exemplars":  {Frame: f, T: noon, Exemplars: make([]column.Exemplar, 3), Index: []uint16{0, 0, 1}},
	} {
		want := map[string][]string{
			"dense":      {"__name__=a,e=1 " + textOfSample(1, noon), "__name__=c,e=1 " + textOfSample(3, noon)},
			"sparse":     {"__name__=a,e=1 " + textOfSample(1, noon)},
			"histograms": {"__name__=a,e=1 " + text, "__name__=c,e=1 " + text},
			"exemplars":  {"__name__=a,e=1 " + textOfExemplar(nil, 0, noon), "__name__=a,e=1 " + textOfExemplar(nil, 0, noon)},
		}[name]
		one, two := wire.New(o), wire.New2(o)
		if got := items(t, one.Encode(nil, []column.Part{one.Select(p)})); !reflect.DeepEqual(got, want) {
			t.Errorf("%s, version 1.0: got %q, want %q", name, got, want)
		}
		if got := items2(t, two.Encode(nil, []column.Part{two.Select(p)})); !reflect.DeepEqual(got, want) {
			t.Errorf("%s, version 2.0: got %q, want %q", name, got, want)
		}
	}
	gone := column.Part{Frame: f, Exemplars: make([]column.Exemplar, 1), Index: []uint16{1}}
	if got := wire.New(o).Select(gone); got.Len() != 0 || got.Kind() != column.Exemplars {
		t.Errorf("exemplars of a dropped series became %+v", got)
	}
}

func TestVersion2SendsWhatIsKnownAboutMetrics(t *testing.T) {
	var known *column.Catalogue
	format := wire.New2(wire.Options{Metadata: func() *column.Catalogue { return known }})
	parts := []column.Part{{Frame: frame(1, series("__name__", "a_total"), series("__name__", "b")), T: noon, Values: []float64{1, 2}}}
	check := func(want ...string) {
		t.Helper()
		for i, got := range items2(t, format.Encode(nil, parts)) {
			if _, about, _ := strings.Cut(got, " is "); about != want[i] {
				t.Errorf("item %d: got %q, want %q", i, about, want[i])
			}
		}
	}
	check("", "")
	known = column.NewCatalogue(map[string]column.Metadata{"a": {Family: "a", Type: "counter", Help: "Counts."}})
	check(`METRIC_TYPE_COUNTER "Counts." ""`, "")
	known = column.NewCatalogue(map[string]column.Metadata{"a": {Type: "counter"}, "b": {Type: "gauge", Help: "B.", Unit: "seconds"}})
	check(`METRIC_TYPE_COUNTER "" ""`, `METRIC_TYPE_GAUGE "B." "seconds"`)
}

func TestEncodeMetadata(t *testing.T) {
	body := wire.EncodeMetadata([]byte("kept"), []column.Metadata{{Family: "a", Type: "summary", Help: "Of a.\nAnd on.", Unit: "bytes"}, {Family: "b", Type: "no such"}})
	if string(body[:4]) != "kept" {
		t.Fatalf("the buffer begins with %q", body[:4])
	}
	var req prompb.WriteRequest
	unpack(t, body[4:], req.Unmarshal)
	want := []prompb.MetricMetadata{{Type: prompb.MetricMetadata_SUMMARY, MetricFamilyName: "a", Help: "Of a.\nAnd on.", Unit: "bytes"}, {MetricFamilyName: "b"}}
	if !reflect.DeepEqual(req.Metadata, want) || len(req.Timeseries) != 0 {
		t.Errorf("got %v, want %v", req.Metadata, want)
	}
}
