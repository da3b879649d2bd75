package process

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// printer writes whole lines from several goroutines. At the first that cannot be written it tells failed and writes no more.
type printer struct {
	failed context.CancelCauseFunc

	mu  sync.Mutex // guards all below
	out io.Writer
	err error
}

func (p *printer) print(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	if _, err := fmt.Fprintln(p.out, line); err != nil {
		p.err = fmt.Errorf("print what arrived: %w", err)
		p.failed(p.err)
	}
}

// follow prints each request of a fake once it was answered, until the context ends.
func (f *running) follow(ctx context.Context, lines *printer) {
	t := tail{journal: f.ExchangeJournal()}
	for {
		changed := t.journal.Changed()
		for _, e := range t.answered() {
			lines.print(f.line(e))
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// tail gives the requests of a journal as they end, each once.
type tail struct {
	journal *journal.Journal[journal.Exchange]
	seen    int   // the newest request that was looked at
	open    []int // those looked at that were not answered yet
}

func (t *tail) answered() []journal.Exchange {
	var done []journal.Exchange
	t.open = slices.DeleteFunc(t.open, func(seq int) bool {
		e, kept := t.journal.Get(seq)
		if kept && e.Outcome != "" {
			done = append(done, e)
		}
		return !kept || e.Outcome != ""
	})
	for _, e := range t.journal.Since(t.seen) {
		t.seen = e.Seq
		if e.Outcome == "" {
			t.open = append(t.open, e.Seq)
			continue
		}
		done = append(done, e)
	}
	return done
}
