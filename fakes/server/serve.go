package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// How an exchange ended, for [journal.Exchange].Outcome.
const (
	Replied = "replied"
	Reset   = "reset"
	Cut     = "cut"
	Hung    = "hung"
	Gone    = "gone"
)

// serve takes one request from its arrival to its end.
func (c *core) serve(w http.ResponseWriter, r *http.Request) {
	request := c.record(r)
	outcome := Reset
	defer func() {
		problem := recover()
		c.complete(w, request, outcome)
		request.release()
		if problem != nil {
			panic(problem)
		}
	}()
	c.receive(w, request)
	outcome = c.answer(w, request)
	if outcome != Replied {
		// The status and headers that net/http would send on its own are not wanted.
		panic(http.ErrAbortHandler)
	}
}

// record writes the exchange down at its arrival, before the body is read.
func (c *core) record(r *http.Request) *Request {
	e := journal.Exchange{
		Arrived: time.Now(),
		Method:  r.Method,
		Host:    r.Host,
		Path:    r.URL.EscapedPath(),
		Query:   r.URL.RawQuery,
		Proto:   r.Proto,
		Header:  r.Header.Clone(),
	}
	if conn := connOf(r.Context()); conn != nil {
		e.Conn = conn.seq
	}
	e.Seq = c.exchanges.Add(e)
	return &Request{Exchange: e, HTTP: r, Tenant: r.Header.Get(TenantHeader), Token: bearer(r.Header), budget: &c.budget}
}

// receive reads the body and lets the fake say what the request is for.
func (c *core) receive(w http.ResponseWriter, request *Request) {
	e := &request.Exchange
	body, err := c.readBody(w, request)
	e.Read, e.Body, e.BodySize = time.Now(), body, int64(len(body))
	request.bodyError = err
	if err != nil {
		e.BodyError = err.Error()
	}
	request.HTTP.Body = io.NopCloser(bytes.NewReader(body))
	e.Kind = c.classify(request)
	seen := *e
	c.exchanges.Update(e.Seq, func(kept *journal.Exchange) { *kept = seen })
}

// classify asks the fake. A fake that panics on what it was sent answers 500 and says so.
func (c *core) classify(request *Request) (kind string) {
	defer func() {
		if problem := recover(); problem != nil {
			request.panicked = fmt.Sprintf("the fake panicked: %v\n%s", problem, debug.Stack())
		}
	}()
	return c.fake.Classify(request)
}

// answer decides and sends; it returns the outcome.
func (c *core) answer(w http.ResponseWriter, request *Request) string {
	if request.panicked != "" {
		return c.send(w, request, Text(http.StatusInternalServerError, request.panicked))
	}
	if request.bodyError != nil {
		refused, seen := refusal(request.bodyError)
		if !seen {
			return c.outcomeOf(request.Context())
		}
		w.Header().Set("Connection", "close")
		// net/http takes a client that was too slow for one that has left.
		request.HTTP = request.HTTP.WithContext(context.WithoutCancel(request.Context()))
		return c.send(w, request, refused)
	}
	if refused, ok := c.auth.Load().check(request); !ok {
		return c.send(w, request, refused)
	}
	e := &request.Exchange
	request.Reply = c.script.Next(reply.Key{Kind: e.Kind, Path: e.Path, Tenant: request.Tenant, Token: request.Token})
	if request.Reply.Pause > 0 && sleep(request.Context(), request.Reply.Pause) != nil {
		return c.outcomeOf(request.Context())
	}
	// A fault is what the script wanted, also when the client has just left on its own.
	if request.Reply.Fault != reply.None {
		return c.fail(w, request)
	}
	return c.send(w, request, c.scripted(request))
}

// outcomeOf says why an exchange ended that nobody failed on purpose.
func (c *core) outcomeOf(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), errDown) {
		return Reset
	}
	return Gone
}

// complete writes down how the exchange ended, and tells the fake.
func (c *core) complete(w http.ResponseWriter, request *Request, outcome string) {
	e := &request.Exchange
	e.Replied, e.Outcome = time.Now(), outcome
	if e.Status != 0 && e.ReplyHeader == nil {
		e.ReplyHeader = w.Header().Clone()
	}
	seen := *e
	c.exchanges.Update(e.Seq, func(kept *journal.Exchange) { *kept = seen })
	c.fake.Finish(request)
}
