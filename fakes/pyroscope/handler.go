package pyroscope

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// handler is what the server asks about each request. It is the fake itself under another name, to keep these methods out of its API.
type handler Server

// Classify decodes the body.
func (h *handler) Classify(r *server.Request) string {
	if r.Exchange.Method != http.MethodPost || !isPush(r.Exchange.Path) && !isIngest(r.Exchange.Path) {
		return KindOther
	}
	b := (*Server)(h).decode(&r.Exchange, r.Hold)
	r.Value = &b
	return KindProfile
}

// Answer is Pyroscope's reply. A script that asks for 2xx takes everything.
func (h *handler) Answer(r *server.Request) server.Answer {
	b, ok := r.Value.(*body)
	if !ok {
		return other(r)
	}
	if r.Reply.Status()/100 == 2 {
		return taken(r)
	}
	if !isIngest(r.Exchange.Path) && b.format == "" {
		return unsupported()
	}
	strict := h.strict.Load()
	if strict && r.Tenant == "" {
		return refusal(r, &failure{"unauthenticated", "no org id"})
	}
	if b.err == nil && strict {
		b.err = (*Server)(h).refuse(r.Tenant, b.profiles)
	}
	if b.err == nil {
		b.err = checkProtocol(r.HTTP.Header)
	}
	if b.err != nil {
		return refusal(r, b.err)
	}
	return taken(r)
}

// Finish keeps what was accepted.
func (h *handler) Finish(r *server.Request) {
	b, ok := r.Value.(*body)
	if !ok || !isAccepted(&r.Exchange) || len(b.profiles) == 0 {
		return
	}
	h.accepted.Add(entry{arrived: r.Exchange.Arrived, profiles: b.profiles, bytes: b.size})
}

func other(r *server.Request) server.Answer {
	path := r.HTTP.URL.Path
	switch {
	case path == "/ready":
		return server.Text(http.StatusOK, "ready")
	case isPush(path) || isIngest(path):
		answer := server.Text(http.StatusMethodNotAllowed, "a push is a POST\n")
		answer.Header.Set("Allow", http.MethodPost)
		return answer
	default:
		return server.Text(http.StatusNotFound, "404 page not found\n")
	}
}

// unsupported is how Connect refuses a codec that it does not have.
func unsupported() server.Answer {
	return server.Answer{
		Status: http.StatusUnsupportedMediaType,
		Header: http.Header{"Accept-Post": {"application/json, application/proto"}},
	}
}

// checkProtocol looks at what a Connect client says about itself.
func checkProtocol(header http.Header) *failure {
	if version := header.Get("Connect-Protocol-Version"); version != "" && version != "1" {
		return invalid(`connect-protocol-version must be "1": got %q`, version)
	}
	return nil
}

// taken answers a push with its empty message, in the codec of the request.
func taken(r *server.Request) server.Answer {
	answer := server.Answer{Header: http.Header{}}
	switch contentType := r.Exchange.Header.Get("Content-Type"); {
	case isIngest(r.Exchange.Path):
	case media(&r.Exchange) == "application/json":
		answer.Header.Set("Content-Type", contentType)
		answer.Body = []byte("{}")
	default:
		answer.Header.Set("Content-Type", "application/proto")
	}
	return answer
}

// refusal is an error body of Connect, or plain text for /ingest.
func refusal(r *server.Request, f *failure) server.Answer {
	status := reply.ConnectStatus(f.code)
	if isIngest(r.Exchange.Path) {
		return server.Text(status, f.message+"\n")
	}
	content, err := json.Marshal(map[string]string{"code": f.code, "message": strings.ToValidUTF8(f.message, "�")})
	if err != nil {
		return server.Text(http.StatusInternalServerError, err.Error())
	}
	return server.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: content}
}
