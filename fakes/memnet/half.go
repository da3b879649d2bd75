package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes one direction holds before its writer waits.
const window = 64 << 10

// half is one direction of a connection: one end writes, the other reads.
type half struct {
	mu       sync.Mutex // guards all below
	changed  *sync.Cond
	data     []byte // what is on the way
	finished bool   // the writer will not write more
	unread   bool   // the reader is closed
	gone     bool   // the writer is closed
	broken   error  // what the end that did not reset sees

	readBy, writeBy deadline
}

func newHalf() *half {
	h := &half{}
	h.changed = sync.NewCond(&h.mu)
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.unread:
			return 0, net.ErrClosed
		case h.readBy.passed:
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(h.data) > 0:
			return h.take(p), nil
		case h.broken != nil:
			return 0, os.NewSyscallError("read", syscall.ECONNRESET)
		case h.finished:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
}

func (h *half) take(p []byte) int {
	n := copy(p, h.data)
	if h.data = h.data[n:]; len(h.data) == 0 {
		h.data = nil
	}
	h.changed.Broadcast()
	return n
}

func (h *half) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	written := 0
	for {
		switch {
		case h.gone || h.finished:
			return written, net.ErrClosed
		case h.writeBy.passed:
			return written, os.ErrDeadlineExceeded
		case h.broken != nil:
			return written, os.NewSyscallError("write", h.broken)
		case h.unread:
			return written, os.NewSyscallError("write", syscall.EPIPE)
		case written == len(p):
			return written, nil
		}
		room := min(window-len(h.data), len(p)-written)
		if room > 0 {
			h.data = append(h.data, p[written:written+room]...)
			written += room
			h.changed.Broadcast()
			continue
		}
		h.changed.Wait()
	}
}

// finish is the writer's half-close.
func (h *half) finish() { h.change(func() { h.finished = true }) }

func (h *half) closeWriter() {
	h.change(func() {
		h.finished, h.gone = true, true
		h.writeBy.stop()
	})
}

func (h *half) closeReader() {
	h.change(func() {
		h.unread, h.data = true, nil
		h.readBy.stop()
	})
}

// cutOff makes the end that did not reset see this error.
func (h *half) cutOff(err error) { h.change(func() { h.broken = err }) }

func (h *half) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	h.changed.Broadcast()
}

func (h *half) setReadDeadline(t time.Time)  { h.change(func() { h.readBy.set(h, t) }) }
func (h *half) setWriteDeadline(t time.Time) { h.change(func() { h.writeBy.set(h, t) }) }

// deadline is guarded by the lock of its half.
type deadline struct {
	passed bool
	timer  *time.Timer
	round  int // tells a timer that was replaced while it fired
}

func (d *deadline) set(h *half, t time.Time) {
	d.stop()
	d.passed = false
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.passed = true
		return
	}
	round := d.round
	d.timer = time.AfterFunc(wait, func() {
		h.change(func() { d.passed = d.passed || d.round == round })
	})
}

func (d *deadline) stop() {
	d.round++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
