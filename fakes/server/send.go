package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// fail does not answer, in the way that the script wants.
func (c *core) fail(w http.ResponseWriter, request *Request) string {
	conn := connOf(request.Context())
	multiplexed := request.HTTP.ProtoMajor > 1
	switch request.Reply.Fault {
	case reply.Hang:
		<-request.Context().Done()
		return Hung
	case reply.Garbage:
		if !multiplexed {
			return garbage(w)
		}
		return Reset
	case reply.Close:
		return Cut
	}
	// Over HTTP/2 only the stream is reset, by the panic of serve: other requests share the connection.
	if conn != nil && !multiplexed {
		conn.reset()
	}
	return Reset
}

// garbage answers with bytes that are no HTTP.
func garbage(w http.ResponseWriter) string {
	raw, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return Cut
	}
	_, _ = io.WriteString(raw, "\x00\x17 this is not HTTP \xff\r\n\r\n") // the client may be gone; the outcome is the same
	_ = raw.Close()
	return Cut
}

// scripted is the fake's answer with what the script changes of it.
func (c *core) scripted(request *Request) Answer {
	r := request.Reply
	answer := Answer{Status: r.Status()}
	switch {
	case r.Connect != "":
		answer = connectError(r)
	case answer.Status == 0 || answer.Status/100 == 2:
		answer = c.fake.Answer(request)
		if r.Code != 0 {
			answer.Status = r.Code
		}
	case answer.Status/100 > 3:
		answer = Text(answer.Status, http.StatusText(answer.Status)+"\n")
	}
	if r.Content != nil {
		answer.Body, answer.Stream, answer.Hijack = r.Content, nil, nil
	}
	if len(r.Fields) > 0 {
		answer.Header = maps.Clone(answer.Header)
		if answer.Header == nil {
			answer.Header = http.Header{}
		}
		maps.Copy(answer.Header, r.Fields)
	}
	return answer
}

// connectError is an error body as the Connect protocol has it for unary calls.
func connectError(r reply.Reply) Answer {
	message := r.Message
	if message == "" {
		message = "as the script says"
	}
	body, err := json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{r.Connect, message})
	if err != nil {
		return Text(http.StatusInternalServerError, err.Error())
	}
	return Answer{Status: r.Status(), Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// send writes an answer, with the faults of the script's reply; it returns the outcome.
func (c *core) send(w http.ResponseWriter, request *Request, answer Answer) string {
	answer.Status = sendable(answer.Status)
	if request.Context().Err() != nil {
		return c.outcomeOf(request.Context())
	}
	if answer.Hijack != nil {
		return c.sendHijacked(w, request, answer)
	}
	if l := request.Reply.Length; l != nil && request.HTTP.ProtoMajor == 1 {
		return c.sendLying(w, request, answer)
	}
	maps.Copy(w.Header(), answer.Header)
	p := plan(request.Reply, answer)
	if p.length >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(p.length, 10))
	}
	request.Exchange.Status = answer.Status
	request.Exchange.ReplyHeader = w.Header().Clone()
	w.WriteHeader(answer.Status)
	if err := c.sendBody(w, request, answer, p); err != nil {
		return c.outcomeOf(request.Context())
	}
	return c.finishBody(w, request, answer.Body, p)
}

// sendable is the status as net/http can send it: a fake or a script may have asked for nonsense.
func sendable(status int) int {
	switch {
	case status == 0:
		return http.StatusOK
	case status < 200 || status > 999:
		return http.StatusInternalServerError
	}
	return status
}

// bodyPlan is how the body goes out.
type bodyPlan struct {
	length int64 // announced; -1 is nothing
	size   int64 // sent; -1 is for ever
	rate   int64 // bytes a second; 0 is no limit
	reset  bool  // reset at the end
	short  bool  // the connection ends before the body does
}

func plan(r reply.Reply, answer Answer) bodyPlan {
	p := bodyPlan{length: int64(len(answer.Body)), size: int64(len(answer.Body)), rate: r.Rate}
	if r.Endless {
		p.length, p.size = -1, -1
	}
	if answer.Stream != nil {
		p.length = -1
	}
	if !allowsBody(answer.Status) {
		return bodyPlan{length: -1}
	}
	if r.Length != nil {
		p.length = *r.Length
	}
	for _, end := range []*int64{r.Truncate, r.Cut} {
		if end != nil && (p.size < 0 || *end <= p.size) {
			p.size, p.short = *end, true
		}
	}
	p.reset = r.Cut != nil && p.short && p.size == *r.Cut
	return p
}

func allowsBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func (c *core) sendBody(w http.ResponseWriter, request *Request, answer Answer, p bodyPlan) error {
	if answer.Stream != nil && allowsBody(answer.Status) {
		return answer.Stream(request.Context(), flushing{w})
	}
	out := io.Writer(w)
	if p.rate > 0 || p.size < 0 || p.short {
		out = flushing{w}
	}
	if request.HTTP.ProtoMajor > 1 {
		out = c.patientStream(out, w, request)
	}
	return sendBytes(request.Context(), out, answer.Body, p.size, p.rate)
}

// finishBody ends the reply as the plan says.
func (c *core) finishBody(w http.ResponseWriter, request *Request, body []byte, p bodyPlan) string {
	if !p.short {
		if p.size >= 0 && (c.options.KeepReplies || request.Exchange.Status/100 > 3 && len(body) <= maxWords) {
			request.Exchange.ReplyBody = body
		}
		return Replied
	}
	// What was written must have left before the connection goes; an error here means that it has gone already.
	_ = http.NewResponseController(w).Flush()
	if conn := connOf(request.Context()); p.reset && conn != nil && request.HTTP.ProtoMajor == 1 {
		conn.reset()
	}
	return Cut
}

// maxWords is how long the body of a refusal may be that is kept in any case: it says why.
const maxWords = 1024

// flushing sends each write at once.
type flushing struct{ w http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		return n, err
	}
	return n, http.NewResponseController(f.w).Flush()
}

// endlessFiller is the body that never ends, when the fake has none of its own.
var endlessFiller = make([]byte, 4096)

// sendBytes writes size bytes of the body, over and over again if it must, at so many bytes a second. A size below 0 has no end.
func sendBytes(ctx context.Context, w io.Writer, body []byte, size, rate int64) error {
	if len(body) == 0 {
		body = endlessFiller
	}
	if size < 0 && len(body) < len(endlessFiller) {
		body = bytes.Repeat(body, len(endlessFiller)/len(body)+1)
	}
	for sent := int64(0); size < 0 || sent < size; {
		rest := body[sent%int64(len(body)):]
		if size >= 0 {
			rest = rest[:min(int64(len(rest)), size-sent)]
		}
		if rate > 0 {
			rest = rest[:min(int64(len(rest)), max(rate/10, 1))]
		}
		if err := pause(ctx, int64(len(rest)), rate); err != nil {
			return err
		}
		n, err := w.Write(rest)
		if err != nil {
			return err
		}
		sent += int64(n)
	}
	return nil
}
