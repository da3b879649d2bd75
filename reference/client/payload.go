package client

import (
	"errors"
	"io"
	"sync"
)

// errRevoked is what a transport gets that still reads a body whose attempt is over.
var errRevoked = errors.New("the request is over")

// payload lends out a body for the time of one attempt. A transport may go on reading after it has returned an answer, while
// the owner of the body already fills it anew; so the loan is called back.
type payload struct {
	mu   sync.Mutex
	data []byte
	over bool
}

// open returns a reader from the beginning: one for the request, and one more for each redirect that replays it.
func (p *payload) open() (io.ReadCloser, error) {
	return &loan{payload: p}, nil
}

func (p *payload) revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.data, p.over = nil, true
}

type loan struct {
	payload *payload
	offset  int
}

// Read implements io.Reader.
func (l *loan) Read(b []byte) (int, error) {
	l.payload.mu.Lock()
	defer l.payload.mu.Unlock()
	if l.payload.over {
		return 0, errRevoked
	}
	if l.offset == len(l.payload.data) {
		return 0, io.EOF
	}
	n := copy(b, l.payload.data[l.offset:])
	l.offset += n
	return n, nil
}

// Close implements io.Closer.
func (l *loan) Close() error { return nil }

// Bytes returns what is left to read. With it package direct sends the body without a copy: it is done with it when it returns.
func (l *loan) Bytes() []byte {
	l.payload.mu.Lock()
	defer l.payload.mu.Unlock()
	if l.payload.over {
		return nil
	}
	return l.payload.data[l.offset:]
}
