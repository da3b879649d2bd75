package wal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/agent"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/wlog"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// The benchmarks put this log beside the one of Prometheus' agent mode with the same series and values: 10 labels and about
// 300 bytes a series, targets of 1000 series, a commit a target.

const targetSeries = 1000

// target returns the layout of the n-th target and the same series for Prometheus.
func target(n int) (*column.Layout, []labels.Labels) {
	l := &column.Layout{}
	var theirs []labels.Labels
	for i := range targetSeries {
		set := []column.Label{
			{Name: "__name__", Value: fmt.Sprintf("http_server_request_duration_seconds_%03d_total", i%100)},
			{Name: "cluster", Value: "production-europe-west-1"},
			{Name: "code", Value: fmt.Sprint(200 + i%7)},
			{Name: "container", Value: "application-server"},
			{Name: "environment", Value: "production"},
			{Name: "instance", Value: fmt.Sprintf("10.20.%d.%d:8080", n/250, n%250)},
			{Name: "job", Value: "integrations/application-server"},
			{Name: "method", Value: fmt.Sprintf("METHOD-%d", i/100)},
			{Name: "namespace", Value: "shop-checkout"},
			{Name: "pod", Value: fmt.Sprintf("application-server-%08x", n*2654435761)},
		}
		l.Series = append(l.Series, column.Series{Labels: set})
		var b labels.ScratchBuilder
		for _, one := range set {
			b.Add(one.Name, one.Value)
		}
		theirs = append(theirs, b.Labels())
	}
	return l, theirs
}

func targets(n int) (ours []*column.Layout, theirs [][]labels.Labels) {
	for i := range n {
		l, s := target(i)
		ours, theirs = append(ours, l), append(theirs, s)
	}
	return ours, theirs
}

// values are those of one scrape: 60 % counters, 40 % gauges.
func values(scrape int) []float64 {
	random := rand.New(rand.NewPCG(5, uint64(scrape)))
	v := make([]float64, targetSeries)
	for i := range v {
		if v[i] = float64(scrape*100 + i); i%5 < 2 {
			v[i] = random.Float64()
		}
	}
	return v
}

// peer is the log of Prometheus' agent mode.
type peer struct {
	*agent.DB
	refs [][]storage.SeriesRef
}

func openPeer(b *testing.B, dir string) *peer { return openPeerWith(b, dir, wlog.DefaultSegmentSize) }

func openPeerWith(b *testing.B, dir string, segmentSize int) *peer {
	b.Helper()
	opts := agent.DefaultOptions()
	opts.WALSegmentSize = segmentSize
	db, err := agent.Open(discard(), prometheus.NewRegistry(), nil, dir, opts)
	if err != nil {
		b.Fatal(err)
	}
	return &peer{DB: db}
}

func (p *peer) close(b *testing.B) {
	b.Helper()
	if err := p.Close(); err != nil {
		b.Fatal(err)
	}
}

// append commits one scrape of the n-th target.
func (p *peer) append(b *testing.B, n int, series []labels.Labels, t int64, v []float64) {
	for len(p.refs) <= n {
		p.refs = append(p.refs, make([]storage.SeriesRef, targetSeries))
	}
	app, refs := p.Appender(context.Background()), p.refs[n]
	for i, one := range series {
		ref, err := app.Append(refs[i], one, t, v[i])
		if err != nil {
			b.Fatal(err)
		}
		refs[i] = ref
	}
	if err := app.Commit(); err != nil {
		b.Fatal(err)
	}
}

func perSample(b *testing.B, samples int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(samples), "ns/sample")
}

// BenchmarkAppend is one scrape of a target that is known, ten targets in turn.
func BenchmarkAppend(b *testing.B) {
	ours, theirs := targets(10)
	scrapes := make([][]float64, 16)
	for i := range scrapes {
		scrapes[i] = values(i)
	}
	b.Run("log=ours", func(b *testing.B) {
		w := openLog(b, b.TempDir())
		for i := 0; b.Loop(); i++ {
			add(b, w, column.Column{Layout: ours[i%10], T: int64(i), Values: scrapes[i%16]})
		}
		perSample(b, b.N*targetSeries)
		b.ReportMetric(float64(w.Stats().Bytes)/float64(b.N*targetSeries), "B/sample")
	})
	b.Run("log=prometheus", func(b *testing.B) {
		p := openPeer(b, b.TempDir())
		for i := 0; b.Loop(); i++ {
			p.append(b, i%10, theirs[i%10], int64(i), scrapes[i%16])
		}
		perSample(b, b.N*targetSeries)
		p.close(b)
	})
}

// BenchmarkAppendRead is BenchmarkAppend with a reader that keeps up.
func BenchmarkAppendRead(b *testing.B) {
	ours, _ := targets(10)
	v := values(1)
	w := openLog(b, b.TempDir())
	r := w.Reader(0)
	for i := 0; b.Loop(); i++ {
		add(b, w, column.Column{Layout: ours[i%10], T: int64(i), Values: v})
		for range targetSeries / column.MaxFrameSeries {
			if _, err := r.Next(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	perSample(b, b.N*targetSeries)
}

// BenchmarkReadBehind reads a backlog from disk.
func BenchmarkReadBehind(b *testing.B) {
	ours, _ := targets(10)
	w := openLog(b, b.TempDir(), tailOf(1))
	const scrapes = 2000
	for i := range scrapes {
		add(b, w, column.Column{Layout: ours[i%10], T: int64(i), Values: values(i % 16)})
	}
	for b.Loop() {
		if n := len(readFrom(b, w, 0)); n != scrapes*4 {
			b.Fatal(n)
		}
	}
	perSample(b, b.N*scrapes*targetSeries)
}

// BenchmarkChurn replaces 5 % of the series of a target with each scrape.
func BenchmarkChurn(b *testing.B) {
	l, _ := target(0)
	v := values(1)
	w := openLog(b, b.TempDir())
	series := l.Series
	for i := 0; b.Loop(); i++ {
		series = append([]column.Series(nil), series...)
		for j := range targetSeries / 20 {
			at := (i*50 + j) % targetSeries
			set := append([]column.Label(nil), series[at].Labels...)
			set[9].Value = fmt.Sprintf("application-server-%d", i)
			series[at] = column.Series{Labels: set}
		}
		add(b, w, column.Column{Layout: &column.Layout{Series: series}, T: int64(i), Values: v})
	}
	perSample(b, b.N*targetSeries)
}

const manyTargets = 200 // 200 000 series

// BenchmarkReplay opens a log with 200 000 series and six samples of each.
func BenchmarkReplay(b *testing.B) {
	ours, theirs := targets(manyTargets)
	v := values(1)
	b.Run("log=ours", func(b *testing.B) {
		dir := b.TempDir()
		w, err := Open(Options{Dir: dir, Owner: owner})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 6 * manyTargets {
			add(b, w, column.Column{Layout: ours[i%manyTargets], T: int64(i), Values: v})
		}
		closeLog(b, w)
		for b.Loop() {
			w, err := Open(Options{Dir: dir, Owner: owner})
			if err != nil || w.Stats().ActiveSeries != manyTargets*targetSeries {
				b.Fatal(w.Stats(), err)
			}
			b.StopTimer()
			closeLog(b, w)
			b.StartTimer()
		}
	})
	b.Run("log=prometheus", func(b *testing.B) {
		dir := b.TempDir()
		p := openPeer(b, dir)
		for i := range 6 * manyTargets {
			p.append(b, i%manyTargets, theirs[i%manyTargets], int64(i), v)
		}
		p.close(b)
		for b.Loop() {
			p := openPeer(b, dir)
			b.StopTimer()
			p.close(b)
			b.StartTimer()
		}
	})
}

// BenchmarkTruncate removes two thirds of a log with 200 000 series that are all in use. Of Prometheus the checkpoint is
// taken, which is nearly all of a truncation, since its agent truncates on a clock of its own only.
func BenchmarkTruncate(b *testing.B) {
	ours, theirs := targets(manyTargets)
	v := values(1)
	b.Run("log=ours", func(b *testing.B) {
		dir := b.TempDir()
		w, err := Open(Options{Dir: dir, Owner: owner})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 6 * manyTargets {
			add(b, w, column.Column{Layout: ours[i%manyTargets], T: int64(i), Values: v})
			if i%manyTargets == 0 {
				if _, _, err := w.startSegment(); err != nil {
					b.Fatal(err)
				}
			}
		}
		closeLog(b, w)
		var longest time.Duration
		for b.Loop() {
			b.StopTimer()
			longest = max(longest, truncateCopy(b, dir, ours[0], v))
		}
		b.ReportMetric(float64(longest.Microseconds()), "µs-slowest-append")
	})
	b.Run("log=prometheus", func(b *testing.B) {
		dir := b.TempDir()
		p := openPeerWith(b, dir, 8<<20)
		for i := range 6 * manyTargets {
			p.append(b, i%manyTargets, theirs[i%manyTargets], int64(i), v)
		}
		p.close(b)
		folder := filepath.Join(dir, "wal")
		first, last, err := wlog.Segments(folder)
		if err != nil {
			b.Fatal(err)
		}
		w, err := wlog.Open(discard(), folder)
		if err != nil {
			b.Fatal(err)
		}
		upTo, _ := RemovableSegments(first, last)
		for b.Loop() {
			if _, err := wlog.Checkpoint(discard(), w, first, upTo, func(chunks.HeadSeriesRef) bool { return true }, 4*manyTargets, false); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := os.RemoveAll(wlog.CheckpointDir(folder, upTo)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// truncateCopy times the truncation of a copy of the log, during which appends go on, and returns the time of the slowest
// append. The timer is stopped before, and running after.
func truncateCopy(b *testing.B, dir string, l *column.Layout, v []float64) time.Duration {
	copied := copyFolder(b, dir)
	w, err := Open(Options{Dir: copied, Owner: owner})
	if err != nil {
		b.Fatal(err)
	}
	stop, slowest := make(chan struct{}), make(chan time.Duration)
	go func() { slowest <- slowestAppend(b, w, l, v, stop) }()
	b.StartTimer()
	truncate(b, w, 4*manyTargets, 0)
	b.StopTimer()
	close(stop)
	took := <-slowest
	if w.Stats().Truncations != 1 {
		b.Fatal("nothing was removed")
	}
	closeLog(b, w)
	b.StartTimer()
	return took
}

// slowestAppend appends until stop is closed and returns the time of the slowest.
func slowestAppend(b *testing.B, w *WAL, l *column.Layout, v []float64, stop <-chan struct{}) (slowest time.Duration) {
	for i := int64(10_000); ; i++ {
		select {
		case <-stop:
			return slowest
		case <-time.After(time.Millisecond):
		}
		began := time.Now()
		if err := w.Append(context.Background(), column.Column{Layout: l, T: i, Values: v}); err != nil {
			b.Error(err)
		}
		slowest = max(slowest, time.Since(began))
	}
}
