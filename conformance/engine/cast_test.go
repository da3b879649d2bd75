package engine

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

func TestHistogramsAreRecordedAsCounts(t *testing.T) {
	whole := histogramOf(mimir.Histogram{Timestamp: 7, CountInt: 9, Sum: 1.5, Schema: 3, PositiveDeltas: []int64{2, 1, -1}})
	if whole.T != 7 || whole.Count != 9 || whole.Sum != 1.5 || whole.Schema != 3 || !slices.Equal(whole.Positive, []observe.Value{2, 3, 2}) {
		t.Errorf("got %+v", whole)
	}
	float := histogramOf(mimir.Histogram{Float: true, CountFloat: 2.5, PositiveCounts: []float64{1, 1.5}})
	if float.Count != 2.5 || !slices.Equal(float.Positive, []observe.Value{1, 1.5}) {
		t.Errorf("got %+v", float)
	}
	if last := histogramOf(mimir.Histogram{Sum: float64(observe.Stale())}); !last.Count.IsStale() {
		t.Errorf("the marker counts %s", last.Count)
	}
}

func TestGeneratedSeriesMayBeOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for age, want := range map[time.Duration]time.Time{0: {}, time.Hour: now.Add(-time.Hour)} {
			families := source(scenario.FakeOptions{Series: 2, Age: age})(3)
			if len(families) != 2 || !families[1].Metrics[0].Time.Equal(want) || families[1].Metrics[0].Value != 3 {
				t.Errorf("age %s: got %+v", age, families)
			}
		}
		if families := source(scenario.FakeOptions{EveryType: true})(1); len(families) != 4 {
			t.Errorf("of every type: %+v", families)
		}
	})
}

func TestDatesAreFilledInWhenTheyAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{seen: &observe.Observation{}}
		time.Sleep(time.Minute)
		text, ok := s.value("date+30s")
		at, err := http.ParseTime(text)
		if !ok || err != nil || !at.Equal(time.Now().Add(30*time.Second)) {
			t.Errorf("got %q at %s: %v", text, time.Now(), err)
		}
		if _, ok := s.value("date+soon"); ok {
			t.Error("a date that is none was filled in")
		}
	})
}
