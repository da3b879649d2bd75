package remotewrite

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

const one = `endpoint {
  url = "http://mimir:9009/api/v1/push"
}`

func TestSamplesReachTheEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), `external_labels = {cluster = "c", i = "loses"}
endpoint {
  url     = "http://mimir:9009/api/v1/push"
  name    = "main"
  headers = {"X-Scope-OrgID" = "t1"}
}`)
		l := layout(600)
		begin := time.Now().UnixMilli()
		a.append(l, 1)
		time.Sleep(15 * time.Second)
		a.append(l, 2)
		time.Sleep(15 * time.Second)

		if n := mimir.count(); n != 1200 {
			t.Fatalf("%d samples arrived, want 1200", n)
		}
		for i := range 600 {
			got := mimir.accepted(fmt.Sprintf("__name__=m,cluster=c,i=%d", i))
			if want := []sample{{begin, 1}, {begin + 15_000, 2}}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("series %d: got %v, want %v", i, got, want)
			}
		}
		for i, p := range mimir.requests() {
			for name, want := range map[string]string{
				"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0",
				"User-Agent": "reference/test", "X-Scope-OrgID": "t1",
			} {
				if got := p.header.Get(name); got != want {
					t.Errorf("request %d: %s is %q, want %q", i, name, got, want)
				}
			}
			if p.samples > 500 {
				t.Errorf("request %d holds %d samples, more than 500", i, p.samples)
			}
		}
		a.stop()
	})
}

func TestTheReceiverStaysTheSameAndRefusesAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		before := a.Exports().(Exports).Receiver
		a.reload(strings.Replace(one, "9009", "1", 1))
		if a.Exports().(Exports).Receiver != before {
			t.Error("a reload changed the receiver")
		}
		a.stop()
		err := before.Append(t.Context(), column.Column{Layout: layout(1), T: 1, Values: []float64{1}})
		if !errors.Is(err, wal.ErrClosed) {
			t.Errorf("append after the end: %v", err)
		}
	})
}

// TestUnsentSamplesSurviveARestart stops the agent twice while the endpoint is down, and looks for gaps and repetitions.
func TestUnsentSamplesSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		dir, l, n := t.TempDir(), layout(300), 0
		for _, status := range []int{200, 503, 0, 200} {
			mimir.set(status)
			a := w.run(dir, one)
			for range 5 {
				n++
				a.append(l, float64(n))
				time.Sleep(20 * time.Second)
			}
			a.stop()
		}
		for i := range 300 {
			got := mimir.accepted(fmt.Sprintf("__name__=m,i=%d", i))
			if len(got) != n {
				t.Fatalf("series %d has %d samples, want %d", i, len(got), n)
			}
			for k, s := range got {
				if s.v != float64(k+1) {
					t.Fatalf("series %d: sample %d has value %v", i, k, s.v)
				}
			}
		}
	})
}

// TestStoppingTakesNoLongerThanAllowed has one endpoint that is up, one that fails and one that hangs.
func TestStoppingTakesNoLongerThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		up := w.serve("up:80", 200)
		w.serve("down:80", 503)
		w.hosts["hangs:80"] = &backend{status: 200}
		a := w.run(t.TempDir(), `
endpoint { url = "http://up:80/" }
endpoint { url = "http://down:80/" }
endpoint { url = "http://hangs:80/" }`)
		a.append(layout(7), 1)
		synctest.Wait()
		begin := time.Now()
		a.stop()
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("stopping took %v, want 5s", took)
		}
		if n := up.count(); n != 7 {
			t.Errorf("the endpoint that is up got %d samples, want the 7 that were buffered", n)
		}
	})
}

func TestAnEndpointThatIsDownDoesNotDisturbOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		up, down := w.serve("up:80", 200), w.serve("down:80", 503)
		a := w.run(t.TempDir(), `
endpoint { url = "http://down:80/" }
endpoint { url = "http://up:80/" }`)
		l := layout(1000)
		for range 20 {
			a.append(l, 1)
			time.Sleep(10 * time.Second)
		}
		if n := up.count(); n != 20_000 {
			t.Errorf("the endpoint that is up has %d samples, want 20000", n)
		}
		if down.count() != 0 {
			t.Error("the endpoint that is down took something")
		}
		down.set(200)
		time.Sleep(30 * time.Second)
		if n := down.count(); n != 20_000 {
			t.Errorf("the endpoint that was down has %d samples, want 20000", n)
		}
		a.stop()
	})
}

// TestRemoteTimeoutBoundsEachAttempt has an endpoint that does not even accept connections, and then does.
func TestRemoteTimeoutBoundsEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.hosts["slow:80"] = &backend{status: 200}
		a := w.run(t.TempDir(), "endpoint {\n url = \"http://slow:80/\"\n remote_timeout = \"2s\"\n}")
		a.append(layout(3), 1)
		time.Sleep(13 * time.Second) // flushed at 5s; attempts from 5.00 to 7.00, 7.03 to 9.03, 9.09 to 11.09, from 11.21 on
		if m := a.metrics(); sum(m, "samples_retries_total") != 9 || sum(m, "samples_pending") != 3 {
			t.Errorf("retried %v, pending %v, want 9 and 3", sum(m, "samples_retries_total"), sum(m, "samples_pending"))
		}
		slow := w.serve("slow:80", 200)
		time.Sleep(time.Second)
		if n := slow.count(); n != 3 {
			t.Errorf("%d samples arrived, want 3", n)
		}
		a.stop()
	})
}

// TestWhatIsTooOldIsGivenUp keeps an endpoint down for ten virtual hours. At most the last eight, max_keepalive_time, are
// delivered then, and at least those since the last clean-up but one.
func TestWhatIsTooOldIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		l := layout(3)
		a.append(l, 0)
		time.Sleep(time.Minute)
		mimir.set(503)
		for range 10 * 60 {
			a.append(l, 1)
			time.Sleep(time.Minute)
		}
		mimir.set(200)
		a.append(l, 2)
		recovered := time.Now()
		time.Sleep(time.Minute)
		got := mimir.accepted("__name__=m,i=0")[1:]
		oldest := time.UnixMilli(got[0].t)
		if age := recovered.Sub(oldest); age > 8*time.Hour+time.Minute || age < 7*time.Hour {
			t.Errorf("the oldest sample delivered is %v old, want about 8h", age)
		}
		for i := 1; i < len(got); i++ {
			if gap := got[i].t - got[i-1].t; gap != 60_000 {
				t.Fatalf("sample %d is %dms after the one before it", i, gap)
			}
		}
		m := a.metrics()
		if in, out, dropped := m["prometheus_remote_storage_samples_in_total"], sum(m, "samples_total"), sum(m, "samples_dropped_total"); out+dropped > in || dropped == 0 {
			t.Errorf("in %v, out %v, dropped %v", in, out, dropped)
		}
		a.stop()
	})
}

// sum adds up a metric over all endpoints.
func sum(m map[string]float64, name string) float64 {
	total := 0.0
	for key, v := range m {
		if strings.HasPrefix(key, "prometheus_remote_storage_"+name+"{") {
			total += v
		}
	}
	return total
}

func TestSamplesWithoutValueOrLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		l := &column.Layout{Series: []column.Series{
			{Labels: []column.Label{{Name: "__internal", Value: "x"}}},
			{Labels: []column.Label{{Name: "__name__", Value: "m"}}},
		}}
		a.append(l, column.Stale())
		time.Sleep(10 * time.Second)
		got := mimir.accepted("__name__=m")
		if mimir.count() != 1 || len(got) != 1 || math.Float64bits(got[0].v) != column.StaleNaN {
			t.Errorf("got %v of %d samples, want one stale marker", got, mimir.count())
		}
		if dropped := sum(a.metrics(), "samples_dropped_total"); dropped != 1 {
			t.Errorf("dropped %v, want the series without labels", dropped)
		}
		a.stop()
	})
}

func TestBuildRefusesAFolderOfSomebodyElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/owner", []byte("prometheus.remote_write.other\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	_, err := Definition().Build(component.Options{
		ID: "prometheus.remote_write.w", Logger: slog.New(slog.DiscardHandler), Registerer: registry, DataPath: dir,
	}, mustArguments(t, one))
	if err == nil || !strings.Contains(err.Error(), "prometheus.remote_write.other") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestDiscardLetsGoOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		built, err := Definition().Build(component.Options{
			ID: "prometheus.remote_write.w", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), DataPath: dir,
		}, mustArguments(t, one))
		if err != nil {
			t.Fatal(err)
		}
		built.Discard()
	}
}
