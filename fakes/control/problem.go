package control

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// problem is an error that is the client's to solve, with the status it is answered with.
type problem struct {
	status  int
	text    string
	nearest []string
	header  http.Header
}

func (p *problem) Error() string { return p.text }

func badRequest(format string, args ...any) error {
	return &problem{status: http.StatusBadRequest, text: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &problem{status: http.StatusNotFound, text: fmt.Sprintf(format, args...)}
}

// asProblem is how an error is answered: those that are no problem stem from what was asked for, such as a port that is in use.
func asProblem(err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return &problem{status: p.status, text: err.Error(), nearest: p.nearest, header: p.header}
	case errors.Is(err, errClosed):
		return &problem{status: http.StatusServiceUnavailable, text: err.Error()}
	case errors.As(err, new(*http.MaxBytesError)):
		return &problem{status: http.StatusRequestEntityTooLarge, text: err.Error()}
	default:
		return &problem{status: http.StatusBadRequest, text: err.Error()}
	}
}

func (p *problem) body() api.Error { return api.Error{Error: p.text, Nearest: p.nearest} }

// duration reads a duration that must not be negative; empty is the default.
func duration(what, text string, otherwise time.Duration) (time.Duration, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, badRequest(`%s %q: want a duration such as "10s" or "2m"`, what, text)
	}
	return d, nil
}

// listed joins names for an error.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
