package mimir

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// handler is what the server asks about each request. It is the fake itself under another name, to keep these methods out of its API.
type handler Server

// Classify decodes the body.
func (h *handler) Classify(r *server.Request) string {
	if r.Exchange.Method != http.MethodPost {
		return KindOther
	}
	w := (*Server)(h).decode(&r.Exchange, r.Hold, h.discard.Load())
	w.counts.Requests, w.counts.Bytes = 1, r.Exchange.BodySize
	r.Value = &w
	if w.err == nil && w.counts.Series == 0 && w.counts.Metadata > 0 {
		return KindMetadata
	}
	return KindSamples
}

// Answer is Mimir's reply. A script that asks for 2xx takes everything.
func (h *handler) Answer(r *server.Request) server.Answer {
	w, ok := r.Value.(*write)
	if !ok {
		return other(r)
	}
	if r.Reply.Status()/100 == 2 {
		return taken(w)
	}
	if h.strict.Load() {
		if refused := h.refuse(r, w); refused != nil {
			return refusedAnswer(r, w, refused)
		}
	}
	if w.err != nil {
		return refusal(w, statusOf(w.err), w.err.Error())
	}
	return taken(w)
}

// Finish keeps what was accepted.
func (h *handler) Finish(r *server.Request) {
	w, ok := r.Value.(*write)
	if !ok || w.err != nil || !isAccepted(&r.Exchange) {
		return
	}
	h.counts.add(w.counts)
	if w.batch != nil {
		h.accepted.Add(entry{tenant: tenantOf(&r.Exchange), batch: w.batch})
	}
	h.bell.Ring()
}

func other(r *server.Request) server.Answer {
	if path := r.HTTP.URL.Path; path == "/ready" || path == "/-/ready" {
		return server.Text(http.StatusOK, "ready")
	}
	answer := server.Text(http.StatusMethodNotAllowed, "remote write is a POST\n")
	answer.Header.Set("Allow", http.MethodPost)
	return answer
}

// statusOf is the status for a body that cannot be taken.
func statusOf(err error) int {
	switch {
	case errors.As(err, new(errEncoding)), errors.As(err, new(errProtocol)):
		return http.StatusUnsupportedMediaType
	case errors.Is(err, server.ErrCrowded):
		return http.StatusServiceUnavailable
	case errors.As(err, new(errTooLarge)):
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusBadRequest
	}
}

func taken(w *write) server.Answer {
	answer := server.Answer{Header: http.Header{}}
	if w.version == V2 {
		written(answer.Header, w.counts)
	}
	return answer
}

// refusedAnswer tells, when it is about a rate, how long to wait.
func refusedAnswer(r *server.Request, w *write, refused *refused) server.Answer {
	answer := refusal(w, refused.status, refused.message)
	if refused.status == http.StatusTooManyRequests {
		answer.Header.Set("Retry-After", retryAfter(r.HTTP.Header))
	}
	return answer
}

func refusal(w *write, status int, message string) server.Answer {
	answer := server.Text(status, message+"\n")
	if w.version == V2 {
		written(answer.Header, Counts{})
	}
	return answer
}

// written sets the headers with which version 2.0 confirms what was stored.
func written(header http.Header, n Counts) {
	header.Set("X-Prometheus-Remote-Write-Samples-Written", strconv.FormatInt(n.Samples, 10))
	header.Set("X-Prometheus-Remote-Write-Histograms-Written", strconv.FormatInt(n.Histograms, 10))
	header.Set("X-Prometheus-Remote-Write-Exemplars-Written", strconv.FormatInt(n.Exemplars, 10))
}
