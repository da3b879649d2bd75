package wire_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gosnappy "github.com/golang/snappy"
	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"pgregory.net/rapid"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// sample is a decoded time series of one sample. The value is compared by its bits.
type sample struct {
	labels string
	bits   uint64
	t      int64
}

// decode reads a body with the decoders of two other projects, which must agree.
func decode(t interface{ Fatalf(string, ...any) }, body []byte) []sample {
	raw, err := gosnappy.Decode(nil, body)
	if err != nil {
		t.Fatalf("golang/snappy: %v", err)
	}
	again, err := snappy.Decode(nil, body)
	if err != nil || !slices.Equal(raw, again) {
		t.Fatalf("the two snappy decoders disagree: %v", err)
	}
	var req prompb.WriteRequest
	if err := req.Unmarshal(raw); err != nil {
		t.Fatalf("unmarshal: %v", err)
	}
	var all []sample
	for _, ts := range req.Timeseries {
		if len(ts.Samples) != 1 || len(ts.Exemplars)+len(ts.Histograms) != 0 {
			t.Fatalf("time series %v has %d samples, want exactly one", ts.Labels, len(ts.Samples))
		}
		var text []string
		for i, l := range ts.Labels {
			text = append(text, l.Name+"="+l.Value)
			if i > 0 && ts.Labels[i-1].Name >= l.Name {
				t.Fatalf("labels are not sorted by name: %v", ts.Labels)
			}
		}
		all = append(all, sample{strings.Join(text, ","), math.Float64bits(ts.Samples[0].Value), ts.Samples[0].Timestamp})
	}
	return all
}

func series(pairs ...string) column.Series {
	var s column.Series
	for i := 0; i < len(pairs); i += 2 {
		s.Labels = append(s.Labels, column.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return s
}

func frame(id uint64, all ...column.Series) *column.Frame {
	return &column.Frame{ID: id, Series: all}
}

const noon = int64(1_700_000_000_000)

func TestEncode(t *testing.T) {
	f := frame(1, series("__name__", "up", "job", "a"), series("__name__", "up", "job", "b"), series("__name__", "z", "k", "v"))
	stale := column.Stale()
	tests := []struct {
		name string
		part column.Part
		want []sample
	}{
		{"dense", column.Part{Frame: f, T: noon, Values: []float64{1, 0, -2.5}}, []sample{
			{"__name__=up,job=a", math.Float64bits(1), noon},
			{"__name__=up,job=b", 0, noon},
			{"__name__=z,k=v", math.Float64bits(-2.5), noon},
		}},
		{"sparse", column.Part{Frame: f, T: noon, Values: []float64{1, 2}, Index: []uint16{0, 2}}, []sample{
			{"__name__=up,job=a", math.Float64bits(1), noon},
			{"__name__=z,k=v", math.Float64bits(2), noon},
		}},
		{"a run in the middle", column.Part{Frame: f, T: noon, Values: []float64{5, 6}, Index: []uint16{1, 2}}, []sample{
			{"__name__=up,job=b", math.Float64bits(5), noon},
			{"__name__=z,k=v", math.Float64bits(6), noon},
		}},
		{"times of their own", column.Part{Frame: f, Values: []float64{1, 2, 3}, Times: []int64{noon, noon + 1, noon - 7}}, []sample{
			{"__name__=up,job=a", math.Float64bits(1), noon},
			{"__name__=up,job=b", math.Float64bits(2), noon + 1},
			{"__name__=z,k=v", math.Float64bits(3), noon - 7},
		}},
		{"times of another size", column.Part{Frame: f, Values: []float64{1, 2, 3}, Times: []int64{0, -1, math.MaxInt64}}, []sample{
			{"__name__=up,job=a", math.Float64bits(1), 0},
			{"__name__=up,job=b", math.Float64bits(2), -1},
			{"__name__=z,k=v", math.Float64bits(3), math.MaxInt64},
		}},
		{"stale and infinite", column.Part{Frame: f, T: noon, Values: []float64{stale, math.Inf(-1), math.Copysign(0, -1)}}, []sample{
			{"__name__=up,job=a", column.StaleNaN, noon},
			{"__name__=up,job=b", math.Float64bits(math.Inf(-1)), noon},
			{"__name__=z,k=v", 1 << 63, noon},
		}},
	}
	format := wire.New(wire.Options{})
	for _, tt := range tests {
		got := decode(t, format.Encode(nil, []column.Part{tt.part}))
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n got %v\nwant %v", tt.name, got, tt.want)
		}
	}
}

func TestEncodeAppendsToTheBufferAndKeepsTheOrderOfParts(t *testing.T) {
	format := wire.New(wire.Options{})
	f, g := frame(1, series("__name__", "a")), frame(2, series("__name__", "b"))
	parts := []column.Part{
		{Frame: g, T: noon, Values: []float64{1}},
		{Frame: f, T: noon, Values: []float64{2}},
		{Frame: g, T: noon + 1, Values: []float64{3}},
	}
	body := format.Encode([]byte("kept"), parts)
	if string(body[:4]) != "kept" {
		t.Fatalf("the buffer begins with %q", body[:4])
	}
	got := decode(t, body[4:])
	want := []sample{
		{"__name__=b", math.Float64bits(1), noon},
		{"__name__=a", math.Float64bits(2), noon},
		{"__name__=b", math.Float64bits(3), noon + 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLabels(t *testing.T) {
	external := map[string]string{"cluster": "c1", "job": "external", "__meta": "x", "zone": "z", "empty": ""}
	tests := []struct {
		name string
		own  column.Series
		want string
	}{
		{"merged in order", series("__name__", "up", "instance", "i"), "__name__=up,cluster=c1,instance=i,job=external,zone=z"},
		{"own label wins", series("__name__", "up", "job", "own"), "__name__=up,cluster=c1,job=own,zone=z"},
		{"own label without text is none", series("__name__", "up", "job", ""), "__name__=up,cluster=c1,job=external,zone=z"},
		{"internal labels go", series("__address__", "h", "__name__", "up", "__tmp", "1"), "__name__=up,cluster=c1,job=external,zone=z"},
		{"delta stays", series("__delta__", "false", "__name__", "up"), "__delta__=false,__name__=up,cluster=c1,job=external,zone=z"},
		{"after the last external", series("__name__", "up", "zzz", "1"), "__name__=up,cluster=c1,job=external,zone=z,zzz=1"},
	}
	for i, tt := range tests {
		format := wire.New(wire.Options{External: external})
		part := column.Part{Frame: frame(uint64(i), tt.own), T: noon, Values: []float64{1}}
		if got := decode(t, format.Encode(nil, []column.Part{part})); got[0].labels != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got[0].labels, tt.want)
		}
	}
}

func TestExternalLabelsAreCopied(t *testing.T) {
	external := map[string]string{"cluster": "before"}
	format := wire.New(wire.Options{External: external})
	external["cluster"] = "after"
	part := column.Part{Frame: frame(1, series("__name__", "up")), T: noon, Values: []float64{1}}
	if got := decode(t, format.Encode(nil, []column.Part{part}))[0].labels; got != "__name__=up,cluster=before" {
		t.Errorf("got %s", got)
	}
}

func TestSelectLeavesOutSeriesWithoutLabels(t *testing.T) {
	format := wire.New(wire.Options{})
	f := frame(1, series("__tmp", "x"), series("__name__", "a"), series("__meta", "y"), series("__name__", "b"))
	part := column.Part{Seq: 9, Frame: f, T: 7, Values: []float64{1, 2, 3, 4}, Times: []int64{noon, noon + 1, noon + 2, noon + 3}}
	got := format.Select(part)
	want := column.Part{Seq: 9, Frame: f, T: 7, Values: []float64{2, 4}, Times: []int64{noon + 1, noon + 3}, Index: []uint16{1, 3}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := format.Select(column.Part{Frame: f, Values: []float64{1}, Index: []uint16{2}}); got.Len() != 0 {
		t.Errorf("a series without labels was selected: %+v", got)
	}
	whole := column.Part{Frame: frame(2, series("a", "b")), T: noon, Values: []float64{1}}
	if got := format.Select(whole); !reflect.DeepEqual(got, whole) {
		t.Errorf("got %+v, want the part as it was", got)
	}
}

// TestLongUseForgetsOldFrames runs for virtual hours in which each frame is used for a minute only, and then comes back.
func TestLongUseForgetsOldFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		format := wire.New(wire.Options{External: map[string]string{"e": "1"}})
		for round := range 2 {
			for id := range uint64(300) {
				part := column.Part{Frame: frame(id, series("id", string(rune('a'+id%26)))), T: noon, Values: []float64{float64(round)}}
				got := decode(t, format.Encode(nil, []column.Part{part}))
				if want := "e=1,id=" + string(rune('a'+id%26)); got[0].labels != want {
					t.Fatalf("frame %d: got %s, want %s", id, got[0].labels, want)
				}
				time.Sleep(time.Minute)
				if n := wire.Known(format); n > 12 {
					t.Fatalf("%d frames are kept although only the last few minutes' are in use", n)
				}
			}
		}
	})
}

// anyParts draws frames and parts of every shape; want is what a decoder should find.
func anyParts(t *rapid.T) (parts []column.Part, want []sample) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("abcxyz_é0")), 1, 12, -1)
	moment := rapid.OneOf(rapid.Int64(), rapid.Int64Range(noon, noon+100), rapid.SampledFrom([]int64{1<<35 - 1, 1 << 35, 1<<42 - 1, 1 << 42}))
	for id := range rapid.IntRange(1, 4).Draw(t, "frames") {
		f := frame(uint64(id))
		for range rapid.IntRange(1, 40).Draw(t, "series") {
			var s column.Series
			for _, name := range sortedNames(rapid.SliceOfNDistinct(text, 0, 6, rapid.ID).Draw(t, "names")) {
				s.Labels = append(s.Labels, column.Label{Name: name, Value: text.Draw(t, "value")})
			}
			s.Labels = append(s.Labels, column.Label{Name: "zz", Value: strings.Repeat("long", rapid.IntRange(1, 99).Draw(t, "length"))})
			f.Series = append(f.Series, s)
		}
		p := column.Part{Frame: f, T: moment.Draw(t, "T")}
		own := rapid.Bool().Draw(t, "own times")
		sparse := rapid.Bool().Draw(t, "sparse")
		for i, s := range f.Series {
			if sparse && i > 0 && rapid.Bool().Draw(t, "absent") {
				continue
			}
			v, at := rapid.Float64().Draw(t, "v"), p.T
			p.Values = append(p.Values, v)
			if sparse {
				p.Index = append(p.Index, uint16(i))
			}
			if own {
				at = moment.Draw(t, "t")
				p.Times = append(p.Times, at)
			}
			want = append(want, sample{labelText(s), math.Float64bits(v), at})
		}
		parts = append(parts, p)
	}
	return parts, want
}

func sortedNames(names []string) []string {
	var kept []string
	for _, n := range names {
		if !strings.HasPrefix(n, "__") && n < "zz" {
			kept = append(kept, n)
		}
	}
	slices.Sort(kept)
	return kept
}

func labelText(s column.Series) string {
	var text []string
	for _, l := range s.Labels {
		text = append(text, l.Name+"="+l.Value)
	}
	return strings.Join(text, ",")
}

func checkAny(t *rapid.T) {
	parts, want := anyParts(t)
	format := wire.New(wire.Options{})
	for range 2 { // The second time the frames are known already.
		if got := decode(t, format.Encode(nil, parts)); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	}
}

func TestEncodeAnything(t *testing.T) { rapid.Check(t, checkAny) }

func FuzzEncode(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkAny)) }
