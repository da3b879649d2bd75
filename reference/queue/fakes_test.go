package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// stream is a source that tests feed.
type stream chan column.Part

func (s stream) Next(ctx context.Context) (column.Part, error) {
	select {
	case p, ok := <-s:
		if !ok {
			return p, errors.New("the log is closed")
		}
		return p, nil
	case <-ctx.Done():
		return column.Part{}, ctx.Err()
	}
}

// lines is an encoder whose bodies can be read: a line "key/seq/value" for each sample.
type lines struct{}

func (lines) Encode(dst []byte, parts []column.Part) []byte {
	for _, p := range parts {
		for _, v := range p.Values {
			dst = fmt.Appendf(dst, "%d/%d/%g\n", p.Frame.Key, p.Seq, v)
		}
	}
	return dst
}

// attempt is what a recorder saw.
type attempt struct {
	at    time.Duration
	body  string
	retry int
}

func (a attempt) samples() int { return strings.Count(a.body, "\n") }

// recorder is a sender that answers as told, after as long as told.
type recorder struct {
	answer func(ctx context.Context, n int) Outcome
	begin  time.Time

	mu  sync.Mutex
	log []attempt
}

// answers makes a recorder that gives these outcomes in turn, and accepts after the last.
func answers(list ...Outcome) *recorder {
	return answering(func(_ context.Context, n int) Outcome {
		if n < len(list) {
			return list[n]
		}
		return Outcome{}
	})
}

func answering(answer func(ctx context.Context, n int) Outcome) *recorder {
	return &recorder{answer: answer, begin: time.Now()}
}

func (r *recorder) Send(ctx context.Context, body []byte, retry int) Outcome {
	r.mu.Lock()
	n := len(r.log)
	r.log = append(r.log, attempt{time.Since(r.begin), string(body), retry})
	r.mu.Unlock()
	return r.answer(ctx, n)
}

func (r *recorder) attempts() []attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]attempt(nil), r.log...)
}

// sizes are the numbers of samples of the attempts.
func (r *recorder) sizes() []int {
	var all []int
	for _, a := range r.attempts() {
		all = append(all, a.samples())
	}
	return all
}

var errDown = errors.New("server returned 503")

func retry() Outcome   { return Outcome{Verdict: Retry, Err: errDown} }
func refusal() Outcome { return Outcome{Verdict: Refused, Err: errors.New("server returned 400")} }

// held answers nothing until ctx is done, as an endpoint does that hangs.
func held(ctx context.Context, _ int) Outcome {
	<-ctx.Done()
	return Outcome{Verdict: Retry, Err: ctx.Err()}
}

// delivered records what the log is told.
type delivered struct {
	mu sync.Mutex
	Progress
}

func (d *delivered) note(p Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Progress = p
}

func (d *delivered) get() (uint64, int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Seq, d.T
}

func (d *delivered) progress() Progress {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Progress
}

// runner is a queue at work.
type runner struct {
	*Queue
	source stream
	stop   func() error
}

// start runs a queue until stop is called. What is missing in the options is filled in.
func start(t *testing.T, o Options) *runner {
	t.Helper()
	source := make(stream)
	if o.Source == nil {
		o.Source = source
	}
	if o.Encoder == nil {
		o.Encoder = lines{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	q := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	return &runner{q, source, sync.OnceValue(func() error {
		cancel()
		return <-done
	})}
}

// part makes a part of n samples with time t in seconds.
func part(seq, key uint64, n int, t int64) column.Part {
	p := column.Part{Seq: seq, Frame: &column.Frame{ID: key, Key: key, Series: make([]column.Series, n)}, T: t * 1000}
	for i := range n {
		p.Values = append(p.Values, float64(i))
	}
	return p
}

// logText collects log lines.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logText) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func parts(all ...column.Part) []column.Part { return all }

// slowLines is an encoder that takes its time.
type slowLines struct{ takes time.Duration }

func (s slowLines) Encode(dst []byte, parts []column.Part) []byte {
	time.Sleep(s.takes)
	return lines{}.Encode(dst, parts)
}
