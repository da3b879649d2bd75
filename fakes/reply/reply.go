package reply

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// Fault is how a reply misses being one.
type Fault string

// The faults.
const (
	None    Fault = ""
	Reset   Fault = "reset"   // the connection is reset
	Close   Fault = "close"   // the connection is closed properly, without an answer
	Hang    Fault = "hang"    // nothing comes; the connection stays open
	Garbage Fault = "garbage" // bytes that are not HTTP
)

// Reply is one answer. The zero value leaves everything to the fake. It is a value: the methods return changed copies.
type Reply struct {
	// Code is the HTTP status; 0 leaves it to the fake.
	Code int
	// Fields are headers to set, over those of the fake.
	Fields http.Header
	// Content is the body; nil leaves it to the fake when the status is 2xx, and sends none otherwise.
	Content []byte
	// Connect is the code of a Connect error body, for example "unavailable"; Message is its text.
	Connect string
	Message string
	// Pause is waited after the request was read, before anything of the reply is sent. With a PauseMax above it, the time is drawn from Pause to
	// PauseMax.
	Pause, PauseMax time.Duration
	// Fault, if any, comes in place of the reply, after the pause.
	Fault Fault
	// Cut resets the connection after so many bytes of the body; Truncate closes it properly. Nil does not.
	Cut      *int64
	Truncate *int64
	// Length is the Content-Length announced, whatever is sent; nil announces the truth.
	Length *int64
	// Endless repeats the body for ever.
	Endless bool
	// Rate is the number of body bytes sent in a second; 0 means no limit.
	Rate int64
	// Choices, if any, are what one reply is drawn from in place of all of the above: see [OneOf].
	Choices []Choice[Reply]
}

// OK leaves the answer to the fake.
func OK() Reply { return Reply{} }

// Status answers with this HTTP status. A status of 2xx keeps the fake's headers and body.
func Status(code int) Reply { return Reply{Code: code} }

// Fail does not answer, in this way.
func Fail(f Fault) Reply { return Reply{Fault: f} }

// Redirect answers with a status of 3xx and a Location.
func Redirect(code int, location string) Reply { return Status(code).Header("Location", location) }

// Error answers with a Connect error body. Status 0 means the one that the Connect protocol gives this code.
func Error(connectCode, message string, status int) Reply {
	return Reply{Connect: connectCode, Message: message, Code: status}
}

// IsZero says whether everything is left to the fake.
func (r Reply) IsZero() bool {
	return r.Code == 0 && r.Fields == nil && r.Content == nil && r.Connect == "" && r.Message == "" && r.Pause == 0 && r.PauseMax == 0 &&
		r.Fault == None && r.Cut == nil && r.Truncate == nil && r.Length == nil && !r.Endless && r.Rate == 0 && r.Choices == nil
}

// Status is the HTTP status that the client will see: of the code, or of the Connect error; 0 when left to the fake.
func (r Reply) Status() int {
	if r.Code == 0 && r.Connect != "" {
		return ConnectStatus(r.Connect)
	}
	return r.Code
}

// with is a changed copy; of a reply that is drawn, each choice is changed.
func (r Reply) with(change func(*Reply)) Reply {
	if r.Choices == nil {
		change(&r)
		return r
	}
	r.Choices = slices.Clone(r.Choices)
	for i := range r.Choices {
		change(&r.Choices[i].Of)
	}
	return r
}

// Header adds a header.
func (r Reply) Header(name, value string) Reply {
	name = http.CanonicalHeaderKey(name)
	return r.with(func(r *Reply) {
		fields := maps.Clone(r.Fields)
		if fields == nil {
			fields = http.Header{}
		}
		fields[name] = append(slices.Clone(fields[name]), value)
		r.Fields = fields
	})
}

// Body sets the body.
func (r Reply) Body(body string) Reply { return r.with(func(r *Reply) { r.Content = []byte(body) }) }

// Delay waits before the reply.
func (r Reply) Delay(d time.Duration) Reply { return r.DelayBetween(d, 0) }

// DelayBetween waits before the reply, each time as long as is drawn from this range.
func (r Reply) DelayBetween(least, most time.Duration) Reply {
	return r.with(func(r *Reply) { r.Pause, r.PauseMax = least, most })
}

// CutAfter resets the connection after n bytes of the body.
func (r Reply) CutAfter(n int64) Reply { return r.with(func(r *Reply) { r.Cut = &n }) }

// TruncateAfter closes the connection after n bytes of the body, although its whole length was announced.
func (r Reply) TruncateAfter(n int64) Reply { return r.with(func(r *Reply) { r.Truncate = &n }) }

// Announce states this Content-Length whatever is sent.
func (r Reply) Announce(length int64) Reply { return r.with(func(r *Reply) { r.Length = &length }) }

// WithoutEnd repeats the body until the client leaves.
func (r Reply) WithoutEnd() Reply { return r.with(func(r *Reply) { r.Endless = true }) }

// At sends the body at so many bytes a second.
func (r Reply) At(bytesPerSecond int64) Reply {
	return r.with(func(r *Reply) { r.Rate = bytesPerSecond })
}

// Repeat gives the reply n times, for [Script.Then].
func (r Reply) Repeat(n int) []Reply { return slices.Repeat([]Reply{r}, n) }
