package remotewrite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// feeder appends to an agent and remembers what.
type feeder struct {
	t        *testing.T
	random   *rand.Rand
	world    *world
	dir      string
	backend  *backend
	settings string
	agent    *agent
	names    []string
	next     int
	layout   *column.Layout
	wants    map[string][]sample
	shards   float64 // the greatest number seen
	// handed is how often the delivery was handed over: what a shard sent out of turn, and a request under way, may come again.
	handed int
}

// renew replaces n of the series by new ones.
func (f *feeder) renew(n int) {
	for range n {
		f.names[f.random.IntN(len(f.names))] = fmt.Sprint("n", f.next)
		f.next++
	}
	l := &column.Layout{}
	for _, name := range f.names {
		l.Series = append(l.Series, column.Series{Labels: []column.Label{{Name: "__name__", Value: "m"}, {Name: "i", Value: name}}})
	}
	f.layout = l
}

// value is one of the kinds that are sent in different ways.
func (f *feeder) value(i, round int) float64 {
	switch {
	case i%3 == 0:
		return float64(round * i)
	case f.random.IntN(500) == 0:
		return math.Float64frombits(column.StaleNaN)
	case i%3 == 1 && round%30 < 25:
		return float64(f.random.IntN(1000))
	}
	return f.random.NormFloat64()
}

// feed appends so many rounds, one a second.
func (f *feeder) feed(rounds int) {
	f.t.Helper()
	for round := range rounds {
		at := time.Now().UnixMilli()
		values := make([]float64, len(f.layout.Series))
		for i := range values {
			values[i] = f.value(i, round)
			name := fmt.Sprintf("__name__=m,i=%s", f.names[i])
			f.wants[name] = append(f.wants[name], sample{at, values[i]})
		}
		c := column.Column{Layout: f.layout, T: at, Values: values}
		if err := f.agent.Exports().(Exports).Receiver.Append(f.t.Context(), c); err != nil {
			f.t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
	f.shards = max(f.shards, f.agent.metrics()["prometheus_remote_storage_shards{remote_name=m,url=http://backend/}"])
}

// TestWhatIsSentIsWhatWasAppended drives the whole pipeline through what it does differently: series that stay, so that their
// frames are compiled, and change, values that fit into a template and do not, an endpoint that is away, slow or answers 500 to
// certain series, more and fewer shards, other settings and restarts. In the end each series has arrived as it was appended:
// every sample, in order, to the bit, and once except for some batches at a restart.
func TestWhatIsSentIsWhatWasAppended(t *testing.T) {
	for _, seed := range []uint64{2, 3} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { driveEverything(t, seed) })
		})
	}
}

func driveEverything(t *testing.T, seed uint64) {
	w := newWorld(t)
	f := &feeder{t: t, random: rand.New(rand.NewPCG(seed, 1)), wants: map[string][]sample{}, world: w, dir: t.TempDir()}
	f.backend = w.serve("backend:80", 200)
	for i := range 700 {
		f.names = append(f.names, fmt.Sprint("first", i))
	}
	f.settings = batching(500, 1)
	f.agent = w.run(f.dir, f.settings)
	f.renew(0)
	f.feed(40)
	for range 12 {
		happenings[f.random.IntN(len(happenings))](f)
	}
	time.Sleep(5 * time.Minute)
	f.agent.stop()
	f.compare()
}

// batching are settings of an endpoint.
func batching(batch, shards int) string {
	return fmt.Sprintf(`endpoint {
		name = "m"
		url = "http://backend/"
		queue_config {
			max_samples_per_send = %d
			capacity = %d
			min_shards = %d
			batch_send_deadline = "500ms"
		}
	}`, batch, 5*batch, shards)
}

// happenings are what may happen next.
var happenings = []func(*feeder){
	func(f *feeder) { f.feed(20) },
	func(f *feeder) { // new series with each round
		for range 20 {
			f.renew(35)
			f.feed(1)
		}
	},
	func(f *feeder) { // an outage
		f.change(func(b *backend) { b.status = 503 })
		f.feed(1 + f.random.IntN(30))
		f.change(func(b *backend) { b.status = 200 })
	},
	func(f *feeder) { // a slow server
		f.change(func(b *backend) { b.delay = time.Second })
		f.feed(40)
		f.change(func(b *backend) { b.delay = 0 })
	},
	func(f *feeder) { // one series that the server cannot digest
		f.change(func(b *backend) { b.poison = "__name__=m,i=" + f.names[0] })
		f.feed(20)
		f.change(func(b *backend) { b.poison = "" })
	},
	func(f *feeder) { // other settings
		f.settings = batching([]int{50, 333, 500, 2000}[f.random.IntN(4)], 1+f.random.IntN(6))
		f.agent.reload(f.settings)
		f.handed++
	},
	func(f *feeder) { // a restart
		f.agent.stop()
		f.agent = f.world.run(f.dir, f.settings)
		f.handed++
	},
}

func (f *feeder) change(edit func(*backend)) {
	f.backend.mu.Lock()
	defer f.backend.mu.Unlock()
	edit(f.backend)
}

// compare holds what arrived against what was appended.
func (f *feeder) compare() {
	f.t.Helper()
	repeats := 0
	for name, want := range f.wants {
		got := f.backend.accepted(name)
		once := withoutRepeats(got)
		repeats += len(got) - len(once)
		if !sameBits(once, want) {
			f.t.Fatalf("%s: got %d samples, want %d:\n%v\n%v", name, len(once), len(want), once, want)
		}
	}
	f.t.Logf("%d series, at most %v shards, %d requests, %d samples twice", len(f.wants), f.shards, len(f.backend.posts), repeats)
	const onePartEach = 6 * 250 // of as many shards as there can be, as many samples as a part can have
	if repeats > onePartEach*f.handed {
		f.t.Errorf("%d samples came twice although the delivery was handed over %d times only", repeats, f.handed)
	}
}

// withoutRepeats leaves out samples that came before, bit by bit.
func withoutRepeats(all []sample) (once []sample) {
	seen := map[int64]uint64{}
	for _, s := range all {
		if v, known := seen[s.t]; !known || v != math.Float64bits(s.v) {
			once = append(once, s)
		}
		seen[s.t] = math.Float64bits(s.v)
	}
	return once
}

func sameBits(a, b []sample) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].t != b[i].t || math.Float64bits(a[i].v) != math.Float64bits(b[i].v) {
			return false
		}
	}
	return true
}
