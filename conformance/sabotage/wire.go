package sabotage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// wireEdit stands between an agent and one fake. It is called once for each fake of a case.
type wireEdit func(a *Act, next http.Handler) http.Handler

// wire makes the constructor of an edit that has no argument. build is called once a case: what it makes is shared by all
// fakes, what the edit makes belongs to one of them.
func wire(build func() wireEdit) func(string) (wireEdit, error) {
	return func(string) (wireEdit, error) { return build(), nil }
}

// request makes an edit that changes requests and lets them pass. edit tells whether it changed anything.
func request(edit func(r *http.Request) bool) wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if edit(r) {
				a.touch()
			}
			next.ServeHTTP(w, r)
		})
	}
}

// lose makes an edit that answers in the fake's place whatever it wants lost. One judge is made for each fake.
func lose(judge func() func(r *http.Request) bool) wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		unwanted := judge()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !unwanted(r) {
				next.ServeHTTP(w, r)
				return
			}
			a.touch()
			accept(w, r)
		})
	}
}

// accept answers as a server does that took the request, or as a target that has nothing to tell.
func accept(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/proto")
	w.WriteHeader(http.StatusOK)
}

// peek reads the body and puts it back. A body that ends early is put back as far as it came.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// replace gives the request another body.
func replace(r *http.Request, body []byte) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	r.Header.Set("Content-Length", fmt.Sprint(len(body)))
}

// times counts how often a body was seen.
type times struct {
	mu   sync.Mutex
	seen map[string]int // guarded by mu
}

// add counts the body of r and returns how often it came before.
func (t *times) add(r *http.Request) int {
	body := string(peek(r))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	t.seen[body]++
	return t.seen[body] - 1
}

func swallowRepeats() wireEdit { return swallowAfter(1) }

func swallowSecondRepeats() wireEdit { return swallowAfter(2) }

func swallowAfter(n int) wireEdit {
	return lose(func() func(*http.Request) bool {
		var t times
		return func(r *http.Request) bool { return t.add(r) >= n }
	})
}

// counter tells the number of each request, from 1.
type counter struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

func loseNumbered(unwanted func(n int) bool) wireEdit {
	return lose(func() func(*http.Request) bool {
		var c counter
		return func(*http.Request) bool { return unwanted(c.next()) }
	})
}

func loseFirst() wireEdit { return loseNumbered(func(n int) bool { return n == 1 }) }

// loseEveryThird loses four of every eleven requests. Agents send the same series every so many requests, and eleven is in step with
// hardly anything: otherwise one series would be lost wholly, which looks as if it had never been there.
func loseEveryThird() wireEdit {
	return loseNumbered(func(n int) bool { return slices.Contains([]int{2, 5, 6, 9}, n%11) })
}

func loseAll() wireEdit { return loseNumbered(func(int) bool { return true }) }

func skipPath(path string) (wireEdit, error) {
	return lose(func() func(*http.Request) bool {
		return func(r *http.Request) bool { return r.URL.Path == path }
	}), nil
}

// late lets every request wait before it arrives.
func late(arg string) (wireEdit, error) {
	d, err := wait(arg)
	return hold(d, func() func(*http.Request) bool { return func(*http.Request) bool { return true } }), err
}

func lateRepeats(arg string) (wireEdit, error) {
	d, err := wait(arg)
	return hold(d, func() func(*http.Request) bool {
		var t times
		return func(r *http.Request) bool { return t.add(r) > 0 }
	}), err
}

func wait(arg string) (time.Duration, error) {
	d, err := time.ParseDuration(arg)
	if err == nil && d <= 0 {
		err = fmt.Errorf("duration %q: want more than 0", arg)
	}
	return d, err
}

func hold(d time.Duration, judge func() func(*http.Request) bool) wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		held := judge()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if held(r) {
				a.touch()
				pause(r.Context(), d)
			}
			next.ServeHTTP(w, r)
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// reorder keeps every other request back until the next one was delivered.
func reorder() wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		var mu sync.Mutex
		var held *http.Request // guarded by mu
		swap := func(r *http.Request) *http.Request {
			mu.Lock()
			defer mu.Unlock()
			before := held
			held = nil
			if before == nil {
				held = copyOf(r)
			}
			return before
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peek(r)
			before := swap(r)
			if before == nil {
				accept(w, r)
				return
			}
			next.ServeHTTP(w, r)
			a.touch()
			deliver(next, before)
		})
	}
}

// copyOf returns the request with a body of its own, fit to be delivered at any later time.
func copyOf(r *http.Request) *http.Request {
	body := peek(r)
	c := r.Clone(context.WithoutCancel(r.Context()))
	c.Body = io.NopCloser(bytes.NewReader(body))
	return c
}

// sendInTurn lets one request at a time through, over all fakes of the case.
func sendInTurn() wireEdit {
	turn := make(chan struct{}, 1)
	return func(a *Act, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case turn <- struct{}{}:
			case <-r.Context().Done():
				return
			}
			defer func() { <-turn }()
			a.touch()
			next.ServeHTTP(w, r)
		})
	}
}

func dropHeader(name string) (wireEdit, error) {
	return request(func(r *http.Request) bool {
		had := len(r.Header.Values(name)) > 0
		r.Header.Del(name)
		return had
	}), nil
}

func setHeader(arg string) (wireEdit, error) {
	name, value, err := pairOf(arg)
	return request(func(r *http.Request) bool {
		r.Header.Set(name, value)
		return true
	}), err
}

func wrongPath() wireEdit {
	return request(func(r *http.Request) bool {
		r.URL.Path = strings.TrimSuffix(r.URL.Path, "/") + "/elsewhere"
		r.URL.RawPath = ""
		r.RequestURI = r.URL.RequestURI()
		return true
	})
}

func wrongMethod() wireEdit {
	return request(func(r *http.Request) bool {
		r.Method = http.MethodPut
		return true
	})
}

func dropQuery() wireEdit {
	return request(func(r *http.Request) bool {
		had := r.URL.RawQuery != ""
		r.URL.RawQuery = ""
		r.RequestURI = r.URL.RequestURI()
		return had
	})
}

func setQuery(arg string) (wireEdit, error) {
	key, value, err := pairOf(arg)
	return request(func(r *http.Request) bool {
		query := r.URL.Query()
		query.Set(key, value)
		r.URL.RawQuery = query.Encode()
		r.RequestURI = r.URL.RequestURI()
		return true
	}), err
}

// pairOf splits an argument like NAME=VALUE.
func pairOf(arg string) (name, value string, err error) {
	name, value, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return "", "", fmt.Errorf("argument %q: want a name, =, and a value", arg)
	}
	return name, value, nil
}
