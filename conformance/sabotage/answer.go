package sabotage

import (
	"bytes"
	"net/http"
	"sync/atomic"
)

// answer watches, and where told so changes, what a fake answers on its way to the agent.
type answer struct {
	http.ResponseWriter
	// change returns the status that the agent sees instead; nil leaves it. An answer whose status is changed has no body.
	change func(status int) int
	// before is called with the head of the answer before it is sent; may be nil.
	before func(http.Header)

	status int
	mute   bool
}

func (w *answer) WriteHeader(status int) {
	if status < 200 { // informational, the answer is still to come
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if w.status != 0 {
		return
	}
	w.status = status
	if w.before != nil {
		w.before(w.Header())
	}
	if w.change != nil && w.change(status) != status {
		status, w.mute = w.change(status), true
		w.Header().Del("Content-Length")
		w.Header().Del("Retry-After")
		w.Header().Set("Content-Type", "application/proto")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.mute {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets a fake reach the connection, to reset it for example.
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// nowhere takes an answer that nobody waits for.
type nowhere struct {
	header http.Header
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

// deliver hands the fake a request whose answer nobody gets.
func deliver(next http.Handler, r *http.Request) {
	deliverTo(next, &nowhere{header: http.Header{}}, r)
}

// deliverTo hands the fake a request. A fake that breaks the connection off ends its own part only.
func deliverTo(next http.Handler, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	next.ServeHTTP(w, r)
}

// serve plays the request and returns the status answered, 0 when the connection was cut instead. It ends the request as
// the fake did.
func serve(w *answer, next http.Handler, r *http.Request, done func(status int)) {
	defer func() { done(w.status) }()
	next.ServeHTTP(w, r)
}

func within(status, from, to int) bool { return status >= from && status <= to }

// swallowStatus lets the agent see 200 for every answer from..to.
func swallowStatus(from, to int) func() wireEdit {
	return func() wireEdit {
		return func(a *Act, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(&answer{ResponseWriter: w, change: func(status int) int {
					if !within(status, from, to) {
						return status
					}
					a.touch()
					return http.StatusOK
				}}, r)
			})
		}
	}
}

// repeatStatus delivers a request once more when it was answered with a status from..to.
func repeatStatus(from, to int) func() wireEdit {
	return func() wireEdit {
		return func(a *Act, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				again := copyOf(r)
				serve(&answer{ResponseWriter: w}, next, r, func(status int) {
					if within(status, from, to) {
						a.touch()
						deliver(next, again)
					}
				})
			})
		}
	}
}

func failed(status int) bool { return status == 0 || status >= 400 }

func stopAfterFailure() wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		var stopped atomic.Bool
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if stopped.Load() {
				a.touch()
				accept(w, r)
				return
			}
			serve(&answer{ResponseWriter: w}, next, r, func(status int) {
				if failed(status) {
					stopped.Store(true)
				}
			})
		})
	}
}

// failTogether remembers over all fakes which one failed first.
func failTogether() wireEdit {
	var culprit atomic.Pointer[int]
	return func(a *Act, next http.Handler) http.Handler {
		self := new(int)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c := culprit.Load(); c != nil && c != self {
				a.touch()
				accept(w, r)
				return
			}
			serve(&answer{ResponseWriter: w}, next, r, func(status int) {
				if failed(status) {
					culprit.CompareAndSwap(nil, self)
				}
			})
		})
	}
}

func hideRetryAfter() wireEdit { return hideHeader("Retry-After") }

func hideAnswerHeader(name string) (wireEdit, error) { return hideHeader(name), nil }

func hideHeader(name string) wireEdit {
	return changeHead(func(h http.Header) bool {
		found := len(h.Values(name)) > 0
		h.Del(name)
		return found
	})
}

func setAnswerHeader(arg string) (wireEdit, error) {
	name, value, err := pairOf(arg)
	return changeHead(func(h http.Header) bool {
		h.Set(name, value)
		return true
	}), err
}

// changeHead lets the agent see other headers than were answered; edit tells whether it changed them.
func changeHead(edit func(http.Header) bool) wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&answer{ResponseWriter: w, before: func(h http.Header) {
				if edit(h) {
					a.touch()
				}
			}}, r)
		})
	}
}

// believeAnything lets a scraper see a good answer where there was a bad one: an error, an empty page, a broken connection.
func believeAnything() wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			good := &sealed{header: w.Header()}
			deliverTo(next, good, r)
			if good.status < 200 || good.status > 299 || good.body.Len() == 0 {
				a.touch()
				clear(w.Header())
				_, _ = w.Write(plausible(r))
				return
			}
			w.WriteHeader(good.status)
			_, _ = w.Write(good.body.Bytes())
		})
	}
}

// sealed keeps an answer until it is complete. A fake cannot reach the connection through it.
type sealed struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (s *sealed) Header() http.Header { return s.header }

func (s *sealed) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *sealed) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return s.body.Write(p)
}

// plausible is a page that a scraper of r takes for a good one.
func plausible(r *http.Request) []byte {
	if len(r.URL.Path) >= 7 && r.URL.Path[:7] == "/debug/" {
		return emptyProfile()
	}
	return []byte("sabotage_believed 1\n")
}
