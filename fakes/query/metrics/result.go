package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/util/annotations"
)

// kind is what Prometheus' API calls the type of an error, with the status that goes with it.
type kind struct {
	name   string
	status int
}

// The kinds of errors. Mimir answers with the same statuses.
var (
	kindBadData  = kind{"bad_data", http.StatusBadRequest}
	kindExec     = kind{"execution", http.StatusUnprocessableEntity}
	kindCanceled = kind{"canceled", 499}
	kindTimeout  = kind{"timeout", http.StatusServiceUnavailable}
	kindInternal = kind{"internal", http.StatusInternalServerError}
)

// result is what one call came to: data, or an error.
type result struct {
	data     any
	warnings annotations.Annotations
	query    string // to give warnings their position in
	err      error
	kind     kind
}

func badData(format string, args ...any) result {
	return result{err: fmt.Errorf(format, args...), kind: kindBadData}
}

func badParameter(name string, err error) result {
	return badData("invalid parameter %q: %w", name, err)
}

// failed tells by an error of the engine what kind it is.
func failed(err error) result {
	return result{err: err, kind: kindOf(err)}
}

func kindOf(err error) kind {
	switch {
	case errors.As(err, new(promql.ErrQueryTimeout)):
		return kindTimeout
	case errors.As(err, new(promql.ErrQueryCanceled)), errors.Is(err, context.Canceled):
		return kindCanceled
	case errors.As(err, new(promql.ErrStorage)):
		return kindInternal
	default:
		return kindExec
	}
}

// envelope is what every answer of the API lies in.
type envelope struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Infos     []string `json:"infos,omitempty"`
}

// maxNotes is how many warnings, and how many infos, an answer lists, as with Prometheus.
const maxNotes = 10

func (r result) write(w http.ResponseWriter) {
	e, status := envelope{Status: "success", Data: r.data}, http.StatusOK
	e.Warnings, e.Infos = r.warnings.AsStrings(r.query, maxNotes, maxNotes)
	if r.err != nil {
		e = envelope{Status: "error", ErrorType: r.kind.name, Error: r.err.Error()}
		status = r.kind.status
	}
	body, err := json.Marshal(e)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client left: nobody is told
}
