package wal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Reader delivers the parts of a log in the order of their Seq: from memory when it keeps up, otherwise from disk. It holds
// the parts of one Append and one buffer, however far it is behind. Next must not be called by two goroutines at once.
type Reader struct {
	wal *WAL

	parts  []column.Part // read but not delivered
	pos    uint64        // Seq of the newest part delivered or passed over
	source *source       // nil while reading from memory

	mu     sync.Mutex
	missed uint64
}

// Reader returns a reader of the parts with a Seq greater than after.
func (w *WAL) Reader(after uint64) *Reader { return &Reader{wal: w, pos: after} }

// Next returns the next part and waits for it if there is none yet. Parts that a truncation removed are passed over, and so
// are those that are older than Floor. It returns ErrClosed when the log was closed, the context's error when that is done,
// and otherwise an error when the disk cannot be read: the part is then tried again by the next call.
func (r *Reader) Next(ctx context.Context) (column.Part, error) {
	for {
		if p, ok := r.take(); ok {
			return p, nil
		}
		if err := r.more(ctx); err != nil {
			return column.Part{}, err
		}
	}
}

// Missed is how many parts the reader passed over because they had been removed, were too old or damaged. Safe for
// concurrent use.
func (r *Reader) Missed() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}

// Close releases the file that the reader may hold open. It must not be called during Next.
func (r *Reader) Close() error {
	r.parts = nil
	return r.leave()
}

func (r *Reader) miss(n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missed += n
}

// passOver moves to seq. What lies between is missed.
func (r *Reader) passOver(seq uint64) {
	if seq > r.pos {
		r.miss(seq - r.pos)
		r.pos = seq
	}
}

// take returns the first part at hand that is to be delivered.
func (r *Reader) take() (column.Part, bool) {
	for len(r.parts) > 0 {
		p := r.parts[0]
		r.parts = r.parts[1:]
		if p.Seq <= r.pos {
			continue
		}
		r.passOver(p.Seq - 1)
		if p.T < r.wal.Floor() {
			r.passOver(p.Seq)
			continue
		}
		r.pos = p.Seq
		return p, true
	}
	return column.Part{}, false
}

// more brings parts from memory, waits for the next Append, or reads one record from disk.
func (r *Reader) more(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	parts, wait, err := r.wal.after(r.pos)
	switch {
	case err != nil:
		return err
	case parts != nil:
		r.parts = parts
		return r.leave()
	case wait == nil:
		return r.readDisk()
	}
	select {
	case <-wait:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// after returns parts from memory, or what to wait for when there are no newer ones, or neither when they are on disk.
func (w *WAL) after(seq uint64) ([]column.Part, <-chan struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shut {
		return nil, nil, ErrClosed
	}
	if seq < w.tail.end {
		return w.tail.after(seq), nil, nil
	}
	if w.wake == nil {
		w.wake = make(chan struct{})
	}
	return nil, w.wake, nil
}

// source is the file that a reader reads.
type source struct {
	scanner
	file       *os.File
	epoch      int
	checkpoint int      // -1 for a segment
	segment    int      // its index
	following  []string // further files of the checkpoint
}

func (r *Reader) leave() error {
	if r.source == nil {
		return nil
	}
	err := r.source.file.Close()
	r.source = nil
	return err
}

// readDisk reads one record of parts, or moves on to where they are.
func (r *Reader) readDisk() error {
	if r.source != nil && r.source.epoch != r.wal.epoch() {
		if err := r.leave(); err != nil {
			return err
		}
	}
	if r.source == nil {
		if err := r.open(); err != nil || r.source == nil {
			return err
		}
	}
	record, err := r.source.next()
	var d *damage
	switch {
	case errors.Is(err, io.EOF):
		return r.advance()
	case errors.As(err, &d):
		r.wal.damaged(r.source.file.Name(), d)
		r.source.resync()
		return nil
	case err != nil:
		return fmt.Errorf("read the write-ahead log: %w", errors.Join(err, r.leave()))
	}
	if len(record) > 0 && record[0] == recordColumns {
		r.parts = r.wal.decode(record, r.pos)
	}
	return nil
}

func (w *WAL) epoch() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.disk.epoch
}

// open opens the file that holds the next part. If a truncation removes it meanwhile, source stays nil: look again.
func (r *Reader) open() error {
	w := r.wal
	w.mu.Lock()
	s, inSegment := w.disk.holding(r.pos + 1)
	next := &source{epoch: w.disk.epoch, checkpoint: w.disk.checkpoint, segment: s.index}
	w.mu.Unlock()
	var err error
	if inSegment {
		next.checkpoint, next.end = -1, s.end
		next.file, err = os.Open(segmentName(w.dir, s.index))
	} else if next.following, err = checkpointFiles(w.dir, next.checkpoint); err == nil {
		err = next.openFollowing()
	}
	if errors.Is(err, fs.ErrNotExist) && next.epoch != w.epoch() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the write-ahead log: %w", err)
	}
	next.scanner.file = next.file
	r.source = next
	return nil
}

// openFollowing goes to the next file of a checkpoint.
func (s *source) openFollowing() error {
	if len(s.following) == 0 {
		return fmt.Errorf("checkpoint %08d is empty", s.checkpoint)
	}
	f, err := os.Open(s.following[0])
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	if s.file != nil {
		s.file.Close()
	}
	s.file, s.following = f, s.following[1:]
	s.scanner = scanner{file: f, end: info.Size(), window: s.window[:0]}
	return nil
}

// advance is called at the end of a file.
func (r *Reader) advance() error {
	if s := r.source; s.checkpoint >= 0 && len(s.following) > 0 {
		return s.openFollowing()
	}
	if r.continues() {
		return nil
	}
	return r.leave()
}

// continues tells whether the file has grown. If not, it is done with: what it should have held but did not is missed.
func (r *Reader) continues() bool {
	s, w := r.source, r.wal
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.disk.epoch != s.epoch {
		return false
	}
	if s.checkpoint >= 0 {
		r.passOver(w.disk.segments[0].first - 1)
		return false
	}
	at, after := w.disk.find(s.segment)
	switch {
	case at.end > s.end:
		s.end = at.end
		return true
	case after != nil:
		r.passOver(after.first - 1)
	default:
		r.passOver(w.tail.first() - 1)
	}
	return false
}

// decode makes parts of a record, without those up to seq and those whose frame is not known.
func (w *WAL) decode(record []byte, seq uint64) []column.Part {
	var slab []float64
	var parts []column.Part
	for c := readColumns(record); c.next(); {
		p := &c.part
		if p.seq <= seq {
			continue
		}
		f := w.catalog.frames.get(p.frame)
		if f == nil || !p.suits(len(f.members)) {
			continue
		}
		series, err := f.series.get(f.id, f.key)
		if err != nil {
			w.logger.Error("a frame in the write-ahead log cannot be read", "err", err)
			continue
		}
		if slab == nil {
			slab = make([]float64, 0, (len(p.body)+len(c.rest))/8)
		}
		var part column.Part
		if part, slab, err = p.decode(series, slab); err != nil {
			w.logger.Error("a part of the write-ahead log cannot be read", "seq", p.seq, "err", err)
			continue
		}
		parts = append(parts, part)
	}
	return parts
}

// damaged counts damage that a reader met.
func (w *WAL) damaged(path string, d *damage) {
	w.logger.Error("the write-ahead log is damaged, what cannot be read is passed over", "file", path, "offset", d.offset, "err", d.cause)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats.Repairs++
}
