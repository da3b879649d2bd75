package wire

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// frameLife is how long an encoded frame is kept after its last use. A frame that comes back later is encoded again.
const frameLife = 5 * time.Minute

// frames keeps the encoded form of the frames in use.
type frames[E any] struct {
	encode func(*column.Frame) *E

	// mu guards the map and swept. It is not held while encoding.
	mu    sync.RWMutex
	known map[uint64]*known[E]
	// swept is when unused frames were last looked for, in seconds since 1970.
	swept int64
}

// known is a frame and when it was last used, in seconds since 1970.
type known[E any] struct {
	encoded *E
	used    atomic.Int64
}

func newFrames[E any](encode func(*column.Frame) *E) *frames[E] {
	return &frames[E]{encode: encode, known: make(map[uint64]*known[E])}
}

// get returns the encoded form of a frame. Frames with one ID are the same.
func (f *frames[E]) get(frame *column.Frame) *E {
	now := time.Now().Unix()
	f.mu.RLock()
	k, swept := f.known[frame.ID], f.swept
	f.mu.RUnlock()
	if k == nil {
		f.learn(frame)
		return f.get(frame)
	}
	if k.used.Load() != now {
		k.used.Store(now)
	}
	if now-swept > int64(frameLife.Seconds()) {
		f.sweep(now)
	}
	return k.encoded
}

// learn encodes a frame, anew if it is known.
func (f *frames[E]) learn(frame *column.Frame) *E {
	k := &known[E]{encoded: f.encode(frame)}
	k.used.Store(time.Now().Unix())
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[frame.ID] = k
	return k.encoded
}

// sweep forgets what was not used for long.
func (f *frames[E]) sweep(now int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.swept = now
	for id, k := range f.known {
		if now-k.used.Load() > int64(frameLife.Seconds()) {
			delete(f.known, id)
		}
	}
}
