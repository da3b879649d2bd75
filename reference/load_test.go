package reference_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/reference"
)

// load is how much an agent has to do.
type load struct {
	targets, series int
	metricsEvery    time.Duration
	profiled        int
	profilesEvery   time.Duration
	endpoints       int // the first hangs, the second refuses connections
	truncateEvery   time.Duration
}

// fullLoad is what the agent has to bear. Under the race detector, which makes everything ten times slower, it is less.
func fullLoad() load {
	l := load{
		targets: 50, series: 1000, metricsEvery: time.Second, profiled: 1000, profilesEvery: 5 * time.Second, endpoints: 20,
		truncateEvery: time.Minute,
	}
	if raceEnabled {
		l.targets, l.series, l.profiled = 10, 50, 50
	}
	return l
}

// TestSlowAndBrokenEndpointsDelayNothing runs the full load: every target is scraped on its second, and every endpoint that
// works gets every sample within the batch deadline and every profile at once, beside one that hangs and one that refuses.
func TestSlowAndBrokenEndpointsDelayNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("the full load takes some seconds: run without -short")
	}
	synctest.Test(t, func(t *testing.T) {
		l := fullLoad()
		w := newBusyWorld(t, l)
		h := startWith(t, l.configuration(), reference.Config{StoragePath: t.TempDir()}, w)
		time.Sleep(8 * time.Second)
		h.stop()
		w.stop()
		w.metrics.expectOnTime(t, "metrics", l.targets, l.metricsEvery)
		w.profiles.expectOnTime(t, "profiles", l.profiled, l.profilesEvery)
		samples, profiles := w.metrics.total()*int64(l.series+reports), w.profiles.total()
		for i := 2; i < l.endpoints; i++ {
			e := w.endpoints[i]
			if got := e.samples.Load(); got != samples {
				t.Errorf("endpoint %d got %d samples of %d", i, got, samples)
			}
			if got := time.Duration(e.oldest.Load()) * time.Millisecond; got > 5*time.Second {
				t.Errorf("endpoint %d got a sample %s old, more than batch_send_deadline", i, got)
			}
			if got := e.profiles.Load(); got != profiles {
				t.Errorf("endpoint %d got %d profiles of %d", i, got, profiles)
			}
		}
		if w.endpoints[0].samples.Load() == 0 {
			t.Error("the endpoint that hangs was not asked")
		}
	})
}

// reports are the series about each scrape.
const reports = 5

// TestMemoryStaysFlat compares what is alive after two minutes with what is after ten, beside an endpoint that hangs and one
// that refuses.
func TestMemoryStaysFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("ten minutes of load take some seconds: run without -short")
	}
	synctest.Test(t, func(t *testing.T) {
		l := fullLoad()
		l.series, l.endpoints, l.metricsEvery, l.profilesEvery = l.series/10, 6, 5*time.Second, 2*time.Minute
		w := newBusyWorld(t, l)
		h := startWith(t, l.configuration(), reference.Config{StoragePath: t.TempDir()}, w)
		time.Sleep(2 * time.Minute)
		early := alive()
		time.Sleep(8 * time.Minute)
		late := alive()
		h.stop()
		w.stop()
		t.Logf("%d MiB alive after two minutes, %d MiB after ten", early>>20, late>>20)
		if late > early+early/10+4<<20 {
			t.Errorf("%d bytes are alive after two minutes, %d after ten", early, late)
		}
	})
}

// alive is how much memory is in use once everything that is not has been collected.
func alive() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func (l load) configuration() string {
	var b strings.Builder
	targets := func(kind string, n int) {
		for i := range n {
			fmt.Fprintf(&b, "    {\"__address__\" = \"%s\", \"__param_n\" = \"%d\", \"n\" = \"%d\"},\n", kind, i, i)
		}
	}
	fmt.Fprintf(&b, "prometheus.scrape \"all\" {\n  scrape_interval = %q\n  scrape_timeout = %q\n  forward_to = [prometheus.remote_write.all.receiver]\n  targets = [\n",
		l.metricsEvery, l.metricsEvery)
	targets("metrics", l.targets)
	fmt.Fprintf(&b, "  ]\n}\npyroscope.scrape \"all\" {\n  scrape_interval = %q\n  forward_to = [pyroscope.write.all.receiver]\n  %s\n  targets = [\n", l.profilesEvery, onlyMemory)
	targets("profiles", l.profiled)
	fmt.Fprintf(&b, "  ]\n}\nprometheus.remote_write \"all\" {\n  wal {\n    truncate_frequency = %q\n    min_keepalive_time = \"1m\"\n    max_keepalive_time = \"2m\"\n  }\n", l.truncateEvery)
	for i := range l.endpoints {
		fmt.Fprintf(&b, "  endpoint {\n    url = \"http://endpoint-%d/push\"\n  }\n", i)
	}
	fmt.Fprintf(&b, "}\npyroscope.write \"all\" {\n")
	for i := range l.endpoints {
		fmt.Fprintf(&b, "  endpoint {\n    url = \"http://endpoint-%d\"\n  }\n", i)
	}
	b.WriteString("}\n")
	return b.String()
}

// busyWorld is the targets and endpoints of a load.
type busyWorld struct {
	*memnet.Network
	metrics, profiles scrapes
	endpoints         []*counting
	stops             []func()
}

// scrapes are the times at which targets were asked, by target.
type scrapes struct {
	mu    sync.Mutex // guards times
	times map[string][]time.Time
}

// counting is an endpoint that counts what it gets.
type counting struct {
	samples, profiles atomic.Int64
	// oldest is the greatest age of a sample on arrival, in milliseconds.
	oldest atomic.Int64
}

func newBusyWorld(t *testing.T, l load) *busyWorld {
	w := &busyWorld{Network: memnet.New()}
	var page, profile bytes.Buffer
	for i := range l.series {
		fmt.Fprintf(&page, "requests_total{code=\"%d\",path=\"/api/v1/things\"} %d\n", i, i*7)
	}
	pprof.Lookup("threadcreate").WriteTo(&profile, 0)
	w.serve(t, "metrics:80", w.metrics.answer(page.Bytes()))
	w.serve(t, "profiles:80", w.profiles.answer(profile.Bytes()))
	for i := range l.endpoints {
		e := &counting{}
		w.endpoints = append(w.endpoints, e)
		switch i {
		case 0:
			w.serve(t, "endpoint-0:80", e.hang)
		case 1: // nobody listens
		default:
			w.serve(t, fmt.Sprintf("endpoint-%d:80", i), e.take)
		}
	}
	return w
}

func (w *busyWorld) serve(t *testing.T, addr string, h http.HandlerFunc) {
	l, err := w.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	w.stops = append(w.stops, func() {
		server.Close()
		<-done
	})
}

func (w *busyWorld) stop() {
	for _, stop := range w.stops {
		stop()
	}
}

// answer always serves the same, and notes when.
func (s *scrapes) answer(text []byte) http.HandlerFunc {
	s.times = map[string][]time.Time{}
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		target := r.FormValue("n")
		s.times[target] = append(s.times[target], time.Now())
		s.mu.Unlock()
		w.Write(text)
	}
}

func (s *scrapes) total() (n int64) {
	for _, times := range s.times {
		n += int64(len(times))
	}
	return n
}

// expectOnTime wants that many targets, each scraped exactly once an interval.
func (s *scrapes) expectOnTime(t *testing.T, what string, targets int, every time.Duration) {
	t.Helper()
	if len(s.times) != targets {
		t.Errorf("%s: %d targets were scraped, want %d", what, len(s.times), targets)
	}
	for target, times := range s.times {
		for i, at := range times[1:] {
			if gap := at.Sub(times[i]); gap != every {
				t.Errorf("%s: target %s was scraped after %s, want %s", what, target, gap, every)
			}
		}
	}
}

func (c *counting) hang(_ http.ResponseWriter, r *http.Request) {
	c.samples.Add(1)
	io.Copy(io.Discard, r.Body) // the end of the connection is noticed only behind it
	<-r.Context().Done()
}

func (c *counting) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path != "/push" {
		c.profiles.Add(1)
		w.Header().Set("Content-Type", "application/proto")
		return
	}
	plain, err := snappy.Decode(nil, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	each(plain, 1, func(series []byte) {
		each(series, 2, func(sample []byte) { c.note(sample) })
	})
}

// note counts one sample. Field 2 is its time in milliseconds.
func (c *counting) note(sample []byte) {
	c.samples.Add(1)
	for len(sample) > 0 {
		field, kind, n := protowire.ConsumeTag(sample)
		if field == 2 && kind == protowire.VarintType {
			at, _ := protowire.ConsumeVarint(sample[n:])
			if age := time.Now().UnixMilli() - int64(at); age > c.oldest.Load() {
				c.oldest.Store(age)
			}
		}
		sample = sample[n+max(0, protowire.ConsumeFieldValue(field, kind, sample[n:])):]
	}
}

// each calls f with the messages of one field.
func each(message []byte, wanted protowire.Number, f func([]byte)) {
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return
		}
		size := protowire.ConsumeFieldValue(field, kind, message[n:])
		if size < 0 {
			return
		}
		if field == wanted && kind == protowire.BytesType {
			inner, _ := protowire.ConsumeBytes(message[n:])
			f(inner)
		}
		message = message[n+size:]
	}
}
