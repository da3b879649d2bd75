package exposition

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// handler is the Server as its base sees it.
type handler Server

// Classify tells scrapes from the rest.
func (h *handler) Classify(r *server.Request) string {
	if r.Exchange.Method == http.MethodGet || r.Exchange.Method == http.MethodHead {
		return KindScrape
	}
	return KindOther
}

// Finish does nothing: the journal has it all.
func (h *handler) Finish(*server.Request) {}

// Answer serves the page whose turn it is.
func (h *handler) Answer(r *server.Request) server.Answer {
	if r.Exchange.Kind != KindScrape {
		return server.Text(http.StatusMethodNotAllowed, "only GET is served here\n")
	}
	body, contentType := h.page(r.HTTP.Header.Get("Accept"))
	answer := server.Answer{Body: body, Header: http.Header{"Content-Type": {contentType}}}
	if h.options.Gzip && strings.Contains(r.HTTP.Header.Get("Accept-Encoding"), "gzip") {
		return compressed(answer)
	}
	return answer
}

func (h *handler) page(accept string) (body []byte, contentType string) {
	number, page, source := h.content.next()
	if page != nil {
		filled := page.fill(number)
		return []byte(filled.Text), filled.ContentType
	}
	families := source(number)
	format := negotiate(accept, h.options.Formats)
	if format == Protobuf {
		return writeProtobuf(families), contentTypes[format]
	}
	return writeText(families, format == OpenMetrics), contentTypes[format]
}

func compressed(answer server.Answer) server.Answer {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(answer.Body)
	if err == nil {
		err = w.Close()
	}
	if err != nil { // of a buffer in memory: cannot happen, and is told if it does
		return server.Text(http.StatusInternalServerError, err.Error()+"\n")
	}
	answer.Body = out.Bytes()
	answer.Header.Set("Content-Encoding", "gzip")
	return answer
}
