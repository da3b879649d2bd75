package engine

import (
	"bytes"
	"sync"
)

// logLimit bounds what is kept of an agent's output: its beginning.
const logLimit = 1 << 20

// logBuffer keeps what an agent prints. Safe for concurrent use.
type logBuffer struct {
	mu   sync.Mutex
	kept bytes.Buffer // guarded by mu
	lost bool         // guarded by mu
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	room := logLimit - b.kept.Len()
	b.lost = b.lost || len(p) > room
	b.kept.Write(p[:min(len(p), max(room, 0))])
	return len(p), nil
}

func (b *logBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost {
		return b.kept.String() + "\n(what followed was not kept)\n"
	}
	return b.kept.String()
}
