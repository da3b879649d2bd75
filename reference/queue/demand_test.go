package queue

import (
	"math"
	"testing"
	"time"
)

func TestDesired(t *testing.T) {
	tests := []struct {
		name   string
		demand demand
		want   float64
		ok     bool
	}{
		{"nothing sent", demand{in: 100}, 0, false},
		{"keeping up", demand{in: 1000, out: 1000, busy: 0.5}, 0.5, true},                          // 0.5/1000 × 1000
		{"half as fast as needed", demand{in: 1000, out: 500, busy: 1}, 2, true},                   // 1/500 × 1000
		{"behind", demand{in: 1000, out: 1000, busy: 1, lag: 60}, 4, true},                         // 1/1000 × (1000 + 0.05 × 60 × 1000)
		{"half of it dropped", demand{in: 1000, out: 500, dropped: 500, busy: 1}, 1, true},         // 1/500 × 500
		{"half of it dropped, behind", demand{1000, 500, 500, 1, 20}, 2, true},                     // 1/500 × (500 + 0.05 × 20 × 500)
		{"nothing comes any more", demand{in: 0, out: 10, busy: 1, lag: 100}, 0, true},             // all is in the past
		{"many shards busy", demand{in: 2000, out: 1000, busy: 50}, 100, true},                     // 50/1000 × 2000
		{"quick endpoint, huge rate", demand{in: 1e6, out: 1e6, busy: 0.001, lag: 0}, 0.001, true}, // 0.001/1e6 × 1e6
	}
	for _, tt := range tests {
		got, ok := tt.demand.desired()
		if math.Abs(got-tt.want) > 1e-9 || ok != tt.ok {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDecide(t *testing.T) {
	tests := []struct {
		name        string
		desired     float64
		present     int
		least, most int
		lag         float64
		want        int
	}{
		{"rounded up", 1.01, 1, 1, 200, 0, 2},
		{"within a third above", 12.9, 10, 1, 200, 0, 10},
		{"upper edge", 13, 10, 1, 200, 0, 10},
		{"above", 13.1, 10, 1, 200, 0, 14},
		{"lower edge", 6.5, 10, 1, 200, 0, 10},
		{"below", 5.5, 10, 1, 200, 0, 6},
		{"not fewer while behind", 1, 10, 1, 200, 10.5, 10},
		{"fewer when ten seconds behind", 1, 10, 1, 200, 10, 1},
		{"more while behind", 50, 10, 1, 200, 100, 50},
		{"at most", 1e9, 10, 1, 200, 0, 200},
		{"at least", 0, 10, 3, 200, 0, 3},
		{"nothing to do", 0, 1, 1, 200, 0, 1},
	}
	for _, tt := range tests {
		if got := decide(tt.desired, tt.present, tt.least, tt.most, tt.lag); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestAverage(t *testing.T) {
	var a average
	for i, step := range []struct{ events, want float64 }{
		{0, 0},     // not started: nothing happened yet
		{100, 10},  // the first rate is taken as it is
		{200, 12},  // 10 + 0.2 × (20 - 10)
		{0, 9.6},   // 12 - 0.2 × 12
		{96, 9.6},  // no change
		{0, 7.68},  // 9.6 × 0.8
		{0, 6.144}, // and so on
	} {
		a.add(step.events, 1)
		if math.Abs(a.perSecond-step.want) > 1e-9 {
			t.Errorf("step %d: got %v, want %v", i, a.perSecond, step.want)
		}
	}
	b := a
	a.add(300, 1)
	a.add(300, 1)
	b.add(600, 2)
	if math.Abs(a.perSecond-b.perSecond) > 1e-9 {
		t.Errorf("two intervals at once give %v, one after the other %v", b.perSecond, a.perSecond)
	}
}

func TestFewerShardsOnlyWhenThatIsClear(t *testing.T) {
	var tr trend
	for i, step := range []struct{ present, asked, want int }{
		{10, 12, 12},                         // more at once
		{12, 5, 12}, {12, 7, 12}, {12, 6, 7}, // the most of three
		{7, 3, 7}, {7, 7, 7}, {7, 3, 7}, {7, 2, 7}, {7, 1, 3}, // counting begins anew
		{2, 1, 2}, {2, 2, 2}, {2, 1, 2}, {2, 2, 2}, // the formula goes to and fro
	} {
		if got := tr.settle(step.present, step.asked); got != step.want {
			t.Errorf("step %d: %d shards, want %d", i, got, step.want)
		}
	}
}

// TestALongRequestIsCountedWhenItEnds has one request of 25s after the other, each with 500 samples.
func TestALongRequestIsCountedWhenItEnds(t *testing.T) {
	var l load
	for i := 1; i <= 60; i++ {
		at := time.Duration(i) * scaleInterval
		ended := uint64(at / (25 * time.Second))
		d, news := l.update(totals{in: uint64(i) * 1000, out: 500 * ended, begun: ended + 1, ended: ended,
			busy: time.Duration(ended) * 25 * time.Second})
		if want := i%5 == 3 || i%5 == 0; news != want {
			t.Fatalf("reckoning %d: news %t, want %t", i, news, want)
		}
		if desired, ok := d.desired(); news && (!ok || math.Abs(desired-5) > 0.01) {
			t.Errorf("reckoning %d: %v shards desired, want 25s/500 × 100 = 5", i, desired)
		}
	}
}

func TestOutageLeavesTheAveragesOfWhatGoesOut(t *testing.T) {
	var l load
	l.update(totals{in: 1000, out: 1000, begun: 1, ended: 1, busy: 2e9})
	d, _ := l.update(totals{in: 2000, out: 1000, retried: 500, begun: 2, ended: 2, busy: 60e9, lag: 10})
	if !l.outage || d.out != 100 || d.busy != 0.2 || d.in != 100 || d.lag != 10 {
		t.Errorf("in an outage: %+v, outage %v", d, l.outage)
	}
	d, _ = l.update(totals{in: 3000, out: 3000, retried: 600, begun: 3, ended: 3, busy: 64e9})
	if l.outage || d.out != 120 { // 100 + 0.2 × (200 - 100)
		t.Errorf("after it: %+v, outage %v", d, l.outage)
	}
}
