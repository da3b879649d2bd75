package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// Fake is what stands behind the listening half. Its methods are called by many goroutines at once, Classify, Answer and Finish in this
// order for one request, with no lock held.
type Fake interface {
	// Classify says what the request is for (its Kind) once the body was read. It may keep what it decoded in Request.Value. It is
	// also called for requests that authentication will refuse or a script will fail.
	Classify(*Request) string
	// Answer is what the fake would reply on its own. It is called only if something of it is wanted: not when the script fails the
	// request or gives a status other than 2xx. Request.Reply has the script's reply; its status 2xx asks to accept whatever came.
	Answer(*Request) Answer
	// Finish is called when the reply ended, however it did: Request.Exchange is complete.
	Finish(*Request)
}

// Request is one request as a fake sees it.
type Request struct {
	// Exchange is what is known of it so far. The Body must not be written to.
	Exchange journal.Exchange
	// HTTP is the request; its Body reads Exchange.Body again. Its context ends when the client leaves or the fake stops.
	HTTP *http.Request
	// Tenant is X-Scope-OrgID, Token what Authorization: Bearer carries.
	Tenant, Token string
	// Reply is what the script says, from Answer on.
	Reply reply.Reply
	// Value belongs to the fake.
	Value any

	mount     *mount // who answers in place of the fake; nil when nobody does
	budget    *budget
	held      int64 // of the budget
	bodyError error
	panicked  string
}

// Context ends when the client leaves or the fake stops.
func (r *Request) Context() context.Context { return r.HTTP.Context() }

// Answer is a reply as data. The zero value is an empty 200.
type Answer struct {
	Status int // 0 means 200
	Header http.Header
	Body   []byte
	// Stream, if set, writes the body in place of Body and may take its time; each Write is flushed.
	Stream func(ctx context.Context, w io.Writer) error
	// Hijack, if set, takes the connection over (HTTP/1.1 only) after nothing was written; it closes it.
	Hijack func(ctx context.Context, conn net.Conn, buffered *bufio.ReadWriter)
}

// Text is an answer in plain text.
func Text(status int, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(body)}
}
