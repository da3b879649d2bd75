// Package profiles answers Pyroscope's query API over what a fake Pyroscope accepted, so that Grafana or profilecli can be pointed at it.
// [Attach] it to a fake, or start both with [StartT]; [Merge] and [Flame] ask from within a test.
//
//	p := profiles.StartT(t)                      // a fake Pyroscope that can be queried
//	... run what is under test against p.URL() ...
//	merged, err := profiles.Merge(p, profiles.Query{Selector: `{service_name="shop"}`, Type: "process_cpu:cpu:nanoseconds:cpu:nanoseconds"})
//
// It speaks the Connect protocol, in protobuf and JSON, for the calls of querier.v1.QuerierService that make lists, series, flame graphs and
// merged profiles. It has no heat maps, diffs, async queries, exemplars, selection of spans, traces or single profiles, no formats
// tree and dot, and no gRPC.
package profiles

import (
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Prefix is the path below which the calls lie.
const Prefix = "/" + querierv1connect.QuerierServiceName

// Kind is what queries are recorded and scripted as: "kind=query: 503 200".
const Kind = "query"

// Options say how queries are answered. The zero value does as Pyroscope does.
type Options struct {
	// AllTenants shows queries without X-Scope-OrgID what all tenants sent, told apart by the label [pyroscope.TenantLabel]. Otherwise
	// they see what was sent without a tenant, and of a strict fake nothing.
	AllTenants bool
}

// Attach lets a fake answer queries below [Prefix], from now on, over all it has accepted and will accept. At most one Options.
// Profiles are looked at when a query asks for them; taking pushes never waits for a query.
func Attach(p *pyroscope.Server, options ...Options) {
	p.Handle(Prefix, Kind, StoreOf(p).Handler(options...))
}

// Handler answers queries over what a fake accepted, for those who serve them elsewhere: paths begin with [Prefix]. It may be called by
// several goroutines at once.
func (s *Store) Handler(options ...Options) http.Handler {
	calls := &service{fake: s.fake, store: s}
	if len(options) > 0 {
		calls.options = options[0]
	}
	_, h := querierv1connect.NewQuerierServiceHandler(calls, connect.WithReadMaxBytes(maxRequest))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			http.Error(w, "this fake does not speak gRPC: use the Connect protocol", http.StatusUnsupportedMediaType)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// maxRequest is how many bytes a call may have.
const maxRequest = 1 << 20

// StartT starts a fake Pyroscope for a test, with at most one [pyroscope.Options], and attaches queries to it. It closes when the test
// ends.
func StartT(t server.T, options ...pyroscope.Options) *pyroscope.Server {
	t.Helper()
	p := pyroscope.StartT(t, options...)
	if p != nil {
		Attach(p)
	}
	return p
}
