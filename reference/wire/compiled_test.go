package wire_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// often is how many sends make sure that frames are compiled, and compiled again after a value that did not fit.
const often = 200

// manySeries is a frame of series that have much in common; every third is not sent if it is internal.
func manySeries(n int, internal bool) *column.Frame {
	f := frame(1)
	for i := range n {
		if internal && i%3 == 1 {
			f.Series = append(f.Series, series("__tmp", fmt.Sprint(i)))
			continue
		}
		f.Series = append(f.Series, series("__name__", "requests_total", "code", fmt.Sprint(200+i%5), "instance", "server-01.example.org:8080", "path", fmt.Sprint("/", i)))
	}
	return f
}

// TestCompiledFrames sends whole parts, first pieces, last pieces, single series, times of their own, values that grow out of what
// a template has room for, and staleness markers, all in one request, before and after frames are compiled.
func TestCompiledFrames(t *testing.T) {
	for _, internal := range []bool{false, true} {
		format := wire.New(wire.Options{})
		f := manySeries(30, internal)
		for round := range often {
			parts := roundOf(f, round)
			var want []sample
			for i := range parts {
				parts[i] = format.Select(parts[i])
				want = append(want, samplesOf(parts[i])...)
			}
			if got := decode(t, format.Encode(nil, parts)); !reflect.DeepEqual(got, want) {
				t.Fatalf("round %d, internal %v:\n got %v\nwant %v", round, internal, got, want)
			}
		}
		if wire.Compiled(format) != 1 {
			t.Errorf("internal %v: the frame was not compiled", internal)
		}
	}
}

func roundOf(f *column.Frame, round int) []column.Part {
	whole := column.Part{Frame: f, T: noon + int64(round)}
	for i := range f.Series {
		v := float64(i)
		switch {
		case i == 5 && round > 60:
			v = math.Pi
		case i == 6 && round > 100:
			v = 1<<21 + float64(2*round+1)
		case i == 7 && round == often-30:
			v = column.Stale()
		}
		whole.Values = append(whole.Values, v)
	}
	own := whole
	own.Times = make([]int64, whole.Len())
	for i := range own.Times {
		own.Times[i] = noon - int64(i*round)
	}
	late := whole
	late.T = -int64(round)
	return []column.Part{whole, whole.Slice(0, 11), whole.Slice(11, 30), whole.Slice(0, 1), own, late, whole}
}

func samplesOf(p column.Part) (all []sample) {
	for i, v := range p.Values {
		all = append(all, sample{labelText(p.Series(i)), math.Float64bits(v), p.Time(i)})
	}
	return all
}

// TestATemplateCostsLittleOnTheWire holds compiled frames to the size of the same frames compressed anew.
func TestATemplateCostsLittleOnTheWire(t *testing.T) {
	format := wire.New(wire.Options{})
	parts := benchParts(2000)
	before := len(format.Encode(nil, parts))
	var body []byte
	for range often {
		body = format.Encode(body[:0], parts)
	}
	if after := len(body); wire.Compiled(format) != len(parts) || float64(after) > 1.02*float64(before) {
		t.Errorf("%d bytes, %d compressed anew; %d frames compiled", after, before, wire.Compiled(format))
	}
}
