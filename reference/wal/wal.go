// Package wal keeps frames and parts on disk until every endpoint has taken them: see [Open], [WAL.Append] and
// [WAL.Reader].
//
// It is the queue between scraping and sending. It does not send, and does not decide when to truncate: [Cutoff] says what
// may go and [WAL.Truncate] is called by whoever owns the log. Segments, pages and checksums have the form of Prometheus'
// write-ahead log; the records in them are columns of our own.
package wal

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// ErrClosed is what methods return after Close.
var ErrClosed = errors.New("the write-ahead log is closed")

// Sizes that Options fills in.
const (
	DefaultSegmentSize = 128 << 20
	DefaultTailSamples = 256 << 10
)

// Options say where a log lies and how much it may hold in memory.
type Options struct {
	// Dir is the folder of the log: wal, delivered, lock and owner lie in it. It is created. Required.
	Dir string
	// Owner is the id of the component. A folder written for another one is refused.
	Owner string
	// SegmentSize is how large a segment may grow, in bytes; 0 means DefaultSegmentSize.
	SegmentSize int
	// TailSamples is how many of the newest samples readers find in memory; 0 means DefaultTailSamples. The columns of the
	// last Append are always there.
	TailSamples int
	// Logger is told about damage and repair; nil discards.
	Logger *slog.Logger

	create func(name string) (segmentFile, error) // nil means createFile
}

func (o *Options) fill() {
	if o.SegmentSize <= 0 {
		o.SegmentSize = DefaultSegmentSize
	}
	if o.TailSamples <= 0 {
		o.TailSamples = DefaultTailSamples
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.create == nil {
		o.create = createFile
	}
}

// WAL is an open log. All methods are safe for concurrent use.
type WAL struct {
	dir    string // of segments and checkpoints
	opts   Options
	logger *slog.Logger
	lock   *os.File

	positions  *positions
	background sync.WaitGroup // syncs of finished segments

	// truncating is held through a whole truncation. It is taken before write.
	truncating sync.Mutex
	deleted    []deleted

	// write is held while one Append or one new segment goes to disk, so that records have an order. It is taken before mu.
	write   sync.Mutex
	writer  writer
	catalog catalog
	batch   batch
	cutting cutting
	scratch []byte
	lastSeq uint64 // of the newest part
	nextSeq uint64 // of the next one; more than one higher only after damage
	closed  bool

	// mu guards what readers look at. It is never held over I/O.
	mu    sync.Mutex
	tail  tail
	disk  files
	stats Stats
	wake  chan struct{} // closed at the next change, if somebody waits
	shut  bool

	floor atomic.Int64
}

// Open opens the log in the folder, or creates it. It replays what is there and repairs damage; what that cost is logged and
// counted in Stats. A folder in use, written for another owner or by another program is refused.
func Open(opts Options) (*WAL, error) {
	opts.fill()
	if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the folder of the write-ahead log: %w: make that possible or choose another storage path", err)
	}
	lock, err := lockFolder(opts.Dir)
	if err != nil {
		return nil, err
	}
	w, err := open(opts)
	if err != nil {
		lock.Close()
		return nil, err
	}
	w.lock = lock
	w.positions.start()
	return w, nil
}

func open(opts Options) (*WAL, error) {
	if err := claim(opts.Dir, opts.Owner); err != nil {
		return nil, err
	}
	w := &WAL{dir: filepath.Join(opts.Dir, logFolder), opts: opts, logger: opts.Logger, catalog: newCatalog()}
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the folder of the write-ahead log: %w", err)
	}
	w.positions = loadPositions(filepath.Join(opts.Dir, deliveredFile), w.logger)
	newest, err := w.replay()
	if err != nil {
		return nil, fmt.Errorf("replay the write-ahead log %q: %w", w.dir, err)
	}
	w.writer = writer{dir: w.dir, limit: int64(opts.SegmentSize), create: opts.create, index: newest}
	if err := w.roll(); err != nil {
		return nil, err
	}
	return w, nil
}

// End is the Seq of the newest part: Reader(End()) delivers only what is appended from now on.
func (w *WAL) End() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tail.end
}

// Close makes everything durable and releases the folder. Readers that wait return ErrClosed. Closing again does nothing.
func (w *WAL) Close() error {
	w.truncating.Lock()
	defer w.truncating.Unlock()
	if !w.shutDown() {
		return nil
	}
	w.background.Wait()
	return errors.Join(w.writer.finish(), w.positions.close(), w.lock.Close())
}

// shutDown stops appends and readers. It returns false when that was done before.
func (w *WAL) shutDown() bool {
	w.write.Lock()
	defer w.write.Unlock()
	if w.closed {
		return false
	}
	w.closed = true
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut = true
	w.wakeReaders()
	return true
}

// wakeReaders is called with mu held.
func (w *WAL) wakeReaders() {
	if w.wake != nil {
		close(w.wake)
		w.wake = nil
	}
}
