package wal

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// saveEvery is how often the delivered positions go to disk while they change.
const saveEvery = time.Second

// Position is how far one endpoint has been served: see WAL.Delivered.
type Position struct {
	Seq  uint64 `json:"seq"`
	Time int64  `json:"time"` // milliseconds
	// Beyond says what else it has been served with.
	Beyond []Beyond `json:"beyond,omitempty"`
}

// Beyond says that an endpoint has been served with the parts up to Ahead but for those whose key leaves one of Behind when
// divided by Shards.
type Beyond struct {
	Ahead  uint64   `json:"ahead"`
	Shards uint64   `json:"shards"`
	Behind []uint64 `json:"behind"`
}

func (b Beyond) covers(p *column.Part) bool {
	return p.Seq <= b.Ahead && b.Shards > 0 && !slices.Contains(b.Behind, p.Frame.Key%b.Shards)
}

// Covers tells whether the endpoint has had, or will never have, a part.
func (at Position) Covers(p *column.Part) bool {
	return p.Seq <= at.Seq || slices.ContainsFunc(at.Beyond, func(b Beyond) bool { return b.covers(p) })
}

// positions are the delivered positions of all endpoints, kept in a small file. Safe for concurrent use.
type positions struct {
	name   string
	logger *slog.Logger

	changed chan struct{} // holds one signal
	stop    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	of      map[string]Position
	unknown bool // the file could not be read
}

// loadPositions reads the file. If it is damaged every endpoint counts as served with nothing, because sending twice is
// better than not at all.
func loadPositions(name string, logger *slog.Logger) *positions {
	p := &positions{
		name: name, logger: logger, of: map[string]Position{},
		changed: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p
	}
	if err == nil {
		err = json.Unmarshal(text, &p.of)
	}
	if err != nil || p.of == nil {
		p.of, p.unknown = map[string]Position{}, true
		logger.Warn("the delivered positions cannot be read, so everything in the write-ahead log is sent again", "file", name, "err", err)
	}
	return p
}

// start begins saving. close ends it.
func (p *positions) start() { go p.run() }

func (p *positions) run() {
	defer close(p.done)
	for failing := error(nil); ; {
		select {
		case <-p.changed:
		case <-p.stop:
			return
		}
		err := p.save()
		if err != nil {
			p.signal()
		}
		p.log(err, failing)
		failing = err
		select {
		case <-time.After(saveEvery):
		case <-p.stop:
			return
		}
	}
}

// log tells how saving went when that is news: on a full disk it fails once a second.
func (p *positions) log(err, before error) {
	switch {
	case err != nil && (before == nil || before.Error() != err.Error()):
		p.logger.Error("the delivered positions cannot be saved", "err", err)
	case err == nil && before != nil:
		p.logger.Info("the delivered positions are saved again", "file", p.name)
	}
}

func (p *positions) signal() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *positions) save() error {
	p.mu.Lock()
	text, err := json.Marshal(p.of)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	return replaceFile(p.name, append(text, '\n'), false)
}

func (p *positions) close() error {
	close(p.stop)
	<-p.done
	return p.save()
}

// highest is the largest delivered Seq, 0 without endpoints.
func (p *positions) highest() (seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.of {
		seq = max(seq, at.Seq)
	}
	return seq
}

// lowest is the Seq that every known endpoint has been served with. ok is false when no endpoint is known.
func (p *positions) lowest() (seq uint64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.of {
		if !ok || at.Seq < seq {
			seq, ok = at.Seq, true
		}
	}
	return seq, ok
}

// Delivered tells how far the endpoint has been served: it has had, or will never have, every part up to seq, and t is the
// newest time it has had, in milliseconds. ok is false for an endpoint that is new: it begins at End.
func (w *WAL) Delivered(endpoint string) (seq uint64, t int64, ok bool) {
	p := w.positions
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.of[endpoint]
	return at.Seq, at.Time, ok || p.unknown
}

// Position tells how far the endpoint has been served; an endpoint that is new has the zero position.
func (w *WAL) Position(endpoint string) Position {
	p := w.positions
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[endpoint]
}

// Positions returns the positions of all endpoints that have one.
func (w *WAL) Positions() map[string]Position {
	p := w.positions
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.of)
}

// SetDelivered notes that the endpoint has been served up to seq: see SetPosition.
func (w *WAL) SetDelivered(endpoint string, seq uint64, t int64) {
	w.SetPosition(endpoint, Position{Seq: seq, Time: t})
}

// SetPosition notes how far the endpoint has been served. It is on disk a second later, and after Close.
func (w *WAL) SetPosition(endpoint string, at Position) {
	p := w.positions
	p.mu.Lock()
	before, known := p.of[endpoint]
	p.of[endpoint] = at
	p.mu.Unlock()
	same := slices.EqualFunc(before.Beyond, at.Beyond, func(a, b Beyond) bool { return a.Ahead == b.Ahead })
	if !known || before.Seq != at.Seq || before.Time != at.Time || !same {
		p.signal()
	}
}

// Forget removes an endpoint that is no longer configured.
func (w *WAL) Forget(endpoint string) {
	p := w.positions
	p.mu.Lock()
	delete(p.of, endpoint)
	p.mu.Unlock()
	p.signal()
}
