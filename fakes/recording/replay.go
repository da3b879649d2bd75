package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// maxInFlight is how many requests of a replay may be on their way at once.
const maxInFlight = 256

// ReplayOptions say how to send again. The zero value sends one request after the other, at once, over http.DefaultTransport.
type ReplayOptions struct {
	// Speed is how much faster than recorded: 1 keeps the times between arrivals, 2 halves them. 0 does not keep them: each request is sent as
	// soon as the one before was answered.
	Speed float64
	// Transport sends; nil is http.DefaultTransport. Redirects are not followed.
	Transport http.RoundTripper
	// Answered, if set, is told of each request when it ended: with the status, or the error. It may be called by several goroutines at once.
	Answered func(e journal.Exchange, status int, err error)
}

// Summary is what came of a replay.
type Summary struct {
	// Sent is how many requests were sent, those that failed among them.
	Sent int
	// Statuses counts the answers by status, Failed is how many had none.
	Statuses map[int]int
	Failed   int
	// FirstError is why the first of those that failed did.
	FirstError error
	// Same is how many were answered with the status that was recorded.
	Same int
	// Redacted is how many were sent without a header that was redacted in the recording.
	Redacted int
}

// String is the summary in words.
func (s Summary) String() string {
	codes := make([]int, 0, len(s.Statuses))
	for code := range s.Statuses {
		codes = append(codes, code)
	}
	sort.Ints(codes)
	parts := []string{fmt.Sprintf("%d requests sent", s.Sent)}
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%d answered %d", s.Statuses[code], code))
	}
	if s.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", s.Failed))
	}
	parts = append(parts, fmt.Sprintf("%d as recorded", s.Same))
	if s.Redacted > 0 {
		parts = append(parts, fmt.Sprintf("%d without headers that the recording has not", s.Redacted))
	}
	return strings.Join(parts, ", ")
}

// Replay sends recorded requests to another place, with their methods, headers and bodies, at the path of base and then their own. It returns
// when all are answered. Requests that fail are counted, and are no error; an error is that base is no URL, or that the context ended.
func Replay(ctx context.Context, base string, exchanges []journal.Exchange, o ReplayOptions) (Summary, error) {
	target, err := url.Parse(base)
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		return Summary{}, fmt.Errorf("replay to %q: want a URL such as http://127.0.0.1:9009", base)
	}
	p := &player{ReplayOptions: o, target: target, summary: Summary{Statuses: map[int]int{}}}
	if p.Transport == nil {
		p.Transport = http.DefaultTransport
	}
	if o.Speed > 0 {
		err = p.inTime(ctx, exchanges)
	} else {
		err = p.inTurn(ctx, exchanges)
	}
	return p.summary, err
}

// player is one replay.
type player struct {
	ReplayOptions
	target *url.URL

	mu      sync.Mutex // guards summary
	summary Summary
}

func (p *player) inTurn(ctx context.Context, exchanges []journal.Exchange) error {
	for _, e := range exchanges {
		if ctx.Err() != nil {
			return fmt.Errorf("replay: %w", context.Cause(ctx))
		}
		p.send(ctx, e)
	}
	return nil
}

// inTime begins each request when its time has come, whether or not those before it were answered.
func (p *player) inTime(ctx context.Context, exchanges []journal.Exchange) error {
	var flying sync.WaitGroup
	defer flying.Wait()
	places := make(chan struct{}, maxInFlight)
	begun := time.Now()
	for _, e := range exchanges {
		at := time.Duration(float64(e.Arrived.Sub(exchanges[0].Arrived)) / p.Speed)
		select {
		case <-time.After(time.Until(begun.Add(at))):
		case <-ctx.Done():
			return fmt.Errorf("replay: %w", context.Cause(ctx))
		}
		places <- struct{}{}
		flying.Go(func() {
			p.send(ctx, e)
			<-places
		})
	}
	return nil
}

func (p *player) send(ctx context.Context, e journal.Exchange) {
	request, redacted, err := p.request(ctx, e)
	status := 0
	if err == nil {
		status, err = p.roundTrip(request)
	}
	p.mu.Lock()
	p.summary.Sent++
	if redacted {
		p.summary.Redacted++
	}
	switch {
	case err != nil:
		if p.summary.Failed++; p.summary.FirstError == nil {
			p.summary.FirstError = err
		}
	default:
		p.summary.Statuses[status]++
	}
	if err == nil && status == e.Status {
		p.summary.Same++
	}
	p.mu.Unlock()
	if p.Answered != nil {
		p.Answered(e, status, err)
	}
}

func (p *player) roundTrip(request *http.Request) (int, error) {
	response, err := p.Transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// hopByHop are headers that belong to a connection, or that the sender makes itself.
var hopByHop = []string{"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// request makes a recorded request again, and tells whether something of it was redacted and is left out.
func (p *player) request(ctx context.Context, e journal.Exchange) (r *http.Request, redacted bool, err error) {
	if e.Method == http.MethodConnect {
		return nil, false, errors.New("a CONNECT cannot be sent again")
	}
	at := *p.target
	at.Path, at.RawPath, at.RawQuery, at.Fragment = "", "", "", ""
	text := at.String() + strings.TrimSuffix(p.target.EscapedPath(), "/") + e.Path
	if e.Query != "" {
		text += "?" + e.Query
	}
	if r, err = http.NewRequestWithContext(ctx, e.Method, text, bytes.NewReader(e.Body)); err != nil {
		return nil, false, err
	}
	r.Header = e.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for _, name := range hopByHop {
		r.Header.Del(name)
	}
	for _, name := range secretHeaders {
		if r.Header.Get(name) == Redacted {
			r.Header.Del(name)
			redacted = true
		}
	}
	return r, redacted, nil
}
