package control

import (
	"context"
	"maps"
	"slices"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// kind is what the fakes of one kind can do beside what all can.
type kind interface {
	endpoint() string
	accepted() *api.Counts
	forget()
	// serve changes what is served; what the kind does not serve is an error.
	serve(api.Serve) error
	// asStarted undoes what serve changed.
	asStarted()
	// describe says what a request carried, at most so many series of it.
	describe(e journal.Exchange, limit int) description
	// wait waits for what only this kind knows; ok is false when that is none of it.
	wait(ctx context.Context, w api.Wait) (found api.Found, ok bool, err error)
}

// description is what a request carried.
type description struct {
	line    string // for people
	problem string // why it could not be decoded
	counts  api.Counts
	content api.Content
}

// requestLine describes a request that carries nothing.
func requestLine(e journal.Exchange) description {
	line := e.Method + " " + e.Path
	if e.Query != "" {
		line += "?" + e.Query
	}
	return description{line: line}
}

// starter starts a fake of one kind.
type starter func(s *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error)

// kinds are all kinds of fakes.
var kinds = map[string]starter{
	api.Mimir:      startMimir,
	api.Pyroscope:  startPyroscope,
	api.Pprof:      startPprof,
	api.Exposition: startExposition,
	api.OAuth2:     startOAuth2,
	api.Proxy:      startProxy,
}

// Kinds are the names of the kinds of fakes, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// profiles is what kinds add that have profiles to download.
type profiles interface {
	// profile is a profile of a request as gzipped pprof; an error is that there is none.
	profile(e journal.Exchange, index int) ([]byte, error)
}

// checkFields refuses what a kind would not look at.
func checkFields(spec api.Spec) error {
	writes := spec.Kind == api.Mimir || spec.Kind == api.Pyroscope
	for _, field := range []struct {
		name string
		set  bool
		ok   bool
	}{
		{"strict", spec.Strict, writes},
		{"limits", spec.Limits != nil, writes},
		{"maxDecoded", spec.MaxDecoded != 0, writes},
		{"discard", spec.Discard, spec.Kind == api.Mimir},
		{"serve", spec.Serve != nil, !writes && spec.Kind != api.Proxy},
		{"proxy", spec.Proxy != nil, spec.Kind == api.Proxy},
		{"oauth2", spec.OAuth2 != nil, spec.Kind == api.OAuth2},
	} {
		if field.set && !field.ok {
			return badRequest("%q is nothing for a fake of kind %s", field.name, spec.Kind)
		}
	}
	return checkMode(spec.Mode())
}
