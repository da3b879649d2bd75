package remotewrite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/backoff"
	"github.com/touchstone-telemetry/touchstone/reference/client"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// sender lets a queue send through a client, and remembers how that went.
type sender struct {
	client   *client.Client
	outcomes *component.Outcomes
}

// Send implements queue.Sender.
func (s sender) Send(ctx context.Context, body []byte, retry int) queue.Outcome {
	r := s.client.Send(ctx, body, retry)
	if ctx.Err() == nil {
		s.outcomes.Note(r.Err)
	}
	out := queue.Outcome{RetryAfter: r.RetryAfter, Err: r.Err}
	if w := r.Written; w != nil {
		out.Written = &[column.Kinds]int{column.Samples: w.Samples, column.Histograms: w.Histograms, column.Exemplars: w.Exemplars}
	}
	switch {
	case r.Err == nil:
		out.Verdict = queue.Accepted
	case r.Retryable:
		out.Verdict = queue.Retry
	default:
		out.Verdict = queue.Refused
	}
	return out
}

// source lets a queue read the log, and reads again after errors of the disk.
type source struct {
	reader *wal.Reader
	// begin is how far the endpoint had been served when it began.
	begin  wal.Position
	logger *slog.Logger
	missed uint64
}

// Next implements queue.Source. The only errors are those of ctx and of a log that was closed.
func (s *source) Next(ctx context.Context) (column.Part, error) {
	again := backoff.Schedule{Min: time.Second, Max: time.Minute}
	for failures := 1; ; failures++ {
		p, err := s.reader.Next(ctx)
		s.reportMissed()
		if err == nil && s.begin.Covers(&p) {
			failures = 0
			continue
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, wal.ErrClosed) {
			return p, err
		}
		wait := again.Delay(failures)
		s.logger.Error("reading the log failed, trying again", "err", err, "wait", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return column.Part{}, fmt.Errorf("wait to read the log again: %w", ctx.Err())
		}
	}
}

// Close implements queue.Again.
func (s *source) Close() error { return s.reader.Close() }

// reportMissed says so when parts were removed from the log before they could be sent.
func (s *source) reportMissed() {
	if missed := s.reader.Missed(); missed > s.missed {
		s.logger.Warn("parts of the log were gone before they could be sent", "parts", missed-s.missed)
		s.missed = missed
	}
}
