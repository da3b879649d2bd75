package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// scrapes is a source that yields the same frames again and again with new times, up to a number of parts.
type scrapes struct {
	frames []*column.Frame
	values [][]float64
	next   uint64
	limit  uint64
	// end is called when everything is handed over.
	end func()
}

func (s *scrapes) Next(ctx context.Context) (column.Part, error) {
	if s.next == s.limit {
		s.end()
		return column.Part{}, ctx.Err()
	}
	s.next++
	i := s.next % uint64(len(s.frames))
	return column.Part{Seq: s.next, Frame: s.frames[i], T: 1_700_000_000_000 + int64(s.next), Values: s.values[i]}, nil
}

// targets makes frames of ten targets with 1000 series of ten labels each.
func targets() *scrapes {
	random := rand.New(rand.NewPCG(1, 2))
	s := &scrapes{}
	for n := range uint64(40) {
		f := &column.Frame{ID: n, Key: n}
		var values []float64
		for i := range column.MaxFrameSeries {
			var labels []column.Label
			for _, name := range []string{"__name__", "cluster", "code", "container", "environment", "instance", "job", "method", "namespace", "pod"} {
				labels = append(labels, column.Label{Name: name, Value: fmt.Sprintf("%s-of-the-series-%d", name, i/7)})
			}
			f.Series = append(f.Series, column.Series{Labels: labels})
			values = append(values, float64(random.IntN(1e6)))
		}
		s.frames = append(s.frames, f)
		s.values = append(s.values, values)
	}
	return s
}

// null accepts everything.
type null struct{}

func (null) Send(context.Context, []byte, int) queue.Outcome { return queue.Outcome{} }

// BenchmarkQueue takes parts from a source to a sender that accepts everything at once: reading, routing, batching, encoding
// and bookkeeping. One operation is one part of 250 samples.
func BenchmarkQueue(b *testing.B) {
	for _, size := range []int{500, 2000} {
		for _, shards := range []int{1, 4, 50} {
			b.Run(fmt.Sprintf("batch=%d/shards=%d", size, shards), func(b *testing.B) { run(b, size, shards) })
		}
	}
}

func run(b *testing.B, size, shards int) {
	source := targets()
	source.limit = uint64(b.N)
	format := wire.New(wire.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	q := queue.New(queue.Options{
		Source: source, Encoder: format, Sender: null{}, Select: format.Select, FlushTimeout: time.Minute,
		Logger:   slog.New(slog.DiscardHandler),
		Settings: queue.Settings{MinShards: shards, MaxShards: shards, MaxSamplesPerSend: size, Capacity: 5 * size},
	})
	source.end = cancel
	b.ReportAllocs()
	b.ResetTimer()
	if err := q.Run(ctx); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	samples := float64(b.N) * column.MaxFrameSeries
	if stats := q.Stats(); float64(stats.Sent) != samples {
		b.Fatalf("sent %d of %v samples", stats.Sent, samples)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/samples, "ns/sample")
	b.ReportMetric(samples/b.Elapsed().Seconds()/1e6, "Msamples/s")
}
