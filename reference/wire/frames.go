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
type frames struct {
	encode func(*column.Frame) *encoded

	// mu guards the map and swept. It is not held while encoding.
	mu    sync.RWMutex
	known map[uint64]*known
	// swept is when unused frames were last looked for, in seconds since 1970.
	swept int64
}

// known is a frame and when it was last used, in seconds since 1970.
type known struct {
	*encoded
	used atomic.Int64
}

func newFrames(encode func(*column.Frame) *encoded) *frames {
	return &frames{encode: encode, known: make(map[uint64]*known)}
}

// get returns the encoded form of a frame. Frames with one ID are the same.
func (f *frames) get(frame *column.Frame) *encoded {
	now := time.Now().Unix()
	f.mu.RLock()
	k, swept := f.known[frame.ID], f.swept
	f.mu.RUnlock()
	if k == nil {
		k = f.learn(frame)
	}
	if k.used.Load() != now {
		k.used.Store(now)
	}
	if now-swept > int64(frameLife.Seconds()) {
		f.sweep(now)
	}
	return k.encoded
}

func (f *frames) learn(frame *column.Frame) *known {
	k := &known{encoded: f.encode(frame)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if other := f.known[frame.ID]; other != nil {
		return other
	}
	f.known[frame.ID] = k
	return k
}

// sweep forgets what was not used for long.
func (f *frames) sweep(now int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.swept = now
	for id, k := range f.known {
		if now-k.used.Load() > int64(frameLife.Seconds()) {
			delete(f.known, id)
		}
	}
}
