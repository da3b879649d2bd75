// Package queue delivers the parts of a log to one endpoint through shards that batch, retry and keep order: fill in
// [Options], make a queue with [New], and let [Queue.Run] work.
//
// It knows neither the log nor the encoding nor HTTP; [Source], [Encoder] and [Sender] stand for them. What it has not
// delivered when it stops is not lost: the log still has it, and Options.Delivered was told what the log may forget.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/backoff"
	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Source yields the parts to deliver, in the order of their Seq.
type Source interface {
	// Next waits for the next part. An error ends the queue, unless the context is the reason.
	Next(ctx context.Context) (column.Part, error)
}

// Encoder turns the parts of one batch into the body of one request. Safe for concurrent use.
type Encoder interface {
	// Encode appends the body to dst and returns it. There is at least one part, and every part has at least one item.
	Encode(dst []byte, parts []column.Part) []byte
}

// Sender makes one attempt at delivery. Safe for concurrent use.
type Sender interface {
	// Send delivers a body and says what became of it. retry is 0 for the first attempt. An attempt is bounded by the
	// sender's own time-out; when ctx is done it returns at once. The body is not kept.
	Send(ctx context.Context, body []byte, retry int) Outcome
}

// Verdict says what to do after an attempt.
type Verdict int

const (
	// Accepted means that the endpoint has taken the batch.
	Accepted Verdict = iota
	// Retry means that the same bytes may succeed later.
	Retry
	// Refused means that they never will, so the batch is given up.
	Refused
)

// Outcome is what became of one attempt.
type Outcome struct {
	Verdict Verdict
	// RetryAfter replaces the back-off before the next attempt. 0 means that the endpoint did not ask for anything.
	RetryAfter time.Duration
	// Err is the reason unless the verdict is Accepted.
	Err error
	// Written is how many items of each kind the endpoint says it has taken, whatever the verdict; nil if it does not say.
	Written *[column.Kinds]int
}

// ErrReplaced, as the cause with which the context of Run is cancelled, says that another queue takes over where this one
// stops. Then nothing is waited for: what does not succeed at once is left to the other.
var ErrReplaced = errors.New("the queue is replaced by another one")

// Options make a queue. Source, Encoder and Sender are needed; the zero value of everything else works.
type Options struct {
	Source  Source
	Encoder Encoder
	Sender  Sender
	// Again reads the log once more, after seq, for a shard that was stuck while the others went on. Nil means that a full
	// shard keeps all others waiting.
	Again func(seq uint64) Again
	// Settings are the block queue_config.
	Settings Settings
	// Without are the kinds of items that the endpoint does not get. They are passed over and count as nothing.
	Without [column.Kinds]bool
	// Select reduces a part to the items that the endpoint is to get; the others count as dropped. Nil selects all.
	Select func(column.Part) column.Part
	// Floor returns a time in milliseconds; older items are dropped instead of sent, also between two attempts. Nil
	// means no limit.
	Floor func() int64
	// Offered returns how many items there were to deliver so far, read or not, and the time of the newest in
	// milliseconds. The number of shards follows it. Nil means that what was read is all there is.
	Offered func() (samples uint64, newest int64)
	// Delivered is told how far the queue is, when that changes. Calls come one at a time, with growing Seq, T and Ahead, from
	// within the queue's bookkeeping, so it must not block. Nil means that nobody wants to know.
	Delivered func(Progress)
	// Accepted is told the parts of each batch that the endpoint has accepted; they are not to be kept. Shards call it side by
	// side. Nil means that nobody wants to know.
	Accepted func(parts []column.Part)
	// FlushTimeout is how long Run may go on delivering what it has read after its context is done. With 0 it leaves
	// everything to the log.
	FlushTimeout time.Duration
	// Logger gets the failures. Nil means the default logger.
	Logger *slog.Logger
}

// Queue delivers to one endpoint. Run is called once; Stats is safe for concurrent use.
type Queue struct {
	options  Options
	settings Settings
	backoff  backoff.Schedule
	log      *complaints
	counters counters
	window   *window
	router   *router
	// stragglers are shards that the reader passes over.
	stragglers stragglers
	// replaced is closed when nothing may be tried again.
	replaced chan struct{}
}

// New makes a queue that does nothing yet.
func New(o Options) *Queue {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	settings := o.Settings.withDefaults()
	q := &Queue{
		options:  o,
		settings: settings,
		backoff:  backoff.Schedule{Min: settings.MinBackoff, Max: settings.MaxBackoff},
		log:      newComplaints(o.Logger),
		window:   newWindow(o.Delivered),
		replaced: make(chan struct{}),
	}
	q.router = newRouter(settings.MinShards, q.newShard, q.runShard)
	q.counters.setDesired(float64(settings.MinShards))
	return q
}

// Run reads, batches and delivers until ctx is done, then delivers what it has read for at most FlushTimeout. It returns
// after all its goroutines have ended: with nil when it was stopped, or with the error of the source.
func (q *Queue) Run(ctx context.Context) error {
	work, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	q.router.start(work)

	scaling, stopScaling := context.WithCancel(ctx)
	var scaler sync.WaitGroup
	scaler.Go(func() { q.scale(scaling) })
	err := q.read(ctx)
	stopScaling()
	scaler.Wait()

	if errors.Is(context.Cause(ctx), ErrReplaced) {
		close(q.replaced)
	}
	q.flush(abort)
	q.window.abandon(uint64(q.router.count()))
	return err
}

// flush lets the shards finish what they hold, and cuts them short when the time for it is over.
func (q *Queue) flush(abort context.CancelFunc) {
	if q.options.FlushTimeout <= 0 {
		abort()
	}
	limit := time.AfterFunc(q.options.FlushTimeout, abort)
	defer limit.Stop()
	q.router.stop()
}
