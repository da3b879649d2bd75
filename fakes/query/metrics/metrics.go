// Package metrics answers PromQL and the rest of Prometheus' query API over what a fake Mimir accepted, under Mimir's own paths, so that
// Grafana or promtool can be pointed at the fake. [Attach] it to a fake, or start both with [StartT]; [Value] asks from within a test.
//
//	m := metrics.StartT(t)                       // a fake Mimir that can be queried
//	... run what is under test against m.PushURL() ...
//	metrics.Value(t, m, `sum(rate(http_requests_total[5m]))`)
//	// promtool query instant http://.../prometheus 'up'
//
// It evaluates with Prometheus' own engine. It keeps no rules or alerts, and has no remote read, cardinality API or query statistics
// of Mimir.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Prefix is the path below which Mimir has Prometheus' API.
const Prefix = "/prometheus"

// Kind is what queries are recorded and scripted as: "kind=query: 503 200".
const Kind = "query"

// Options say how queries are answered. The zero value does as Mimir does.
type Options struct {
	// AllTenants shows queries without X-Scope-OrgID what all tenants sent, told apart by the label [mimir.TenantLabel]. Otherwise
	// they see what was sent without a tenant, and of a strict fake nothing.
	AllTenants bool
	// Lookback is how long a series goes on after its last sample; 0 means 5 minutes.
	Lookback time.Duration
	// Timeout ends queries that take longer; 0 means 2 minutes.
	Timeout time.Duration
	// MaxSamples is how many samples one query may hold at once; 0 means 10 million, where Mimir allows 50.
	MaxSamples int
	// Experimental allows PromQL's experimental functions.
	Experimental bool
}

func (o Options) orDefault() Options {
	if o.Lookback <= 0 {
		o.Lookback = 5 * time.Minute
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.MaxSamples <= 0 {
		o.MaxSamples = 10_000_000
	}
	return o
}

// Attach lets a fake answer queries below [Prefix], from now on, over all it has accepted and will accept. At most one Options. Data is
// taken over when a query asks for it; taking writes never waits for a query.
func Attach(m *mimir.Server, options ...Options) {
	m.Handle(Prefix, Kind, StoreOf(m).Handler(options...))
}

// Handler answers queries over what a fake accepted, for those who serve them elsewhere: paths begin with [Prefix]. At most one Options. It
// may be called by several goroutines at once.
func (s *Store) Handler(options ...Options) http.Handler {
	var o Options
	if len(options) > 0 {
		o = options[0]
	}
	return newAPI(s, o.orDefault()).routes()
}

// StartT starts a fake Mimir for a test, with at most one [mimir.Options], and attaches queries to it. It closes when the test ends.
func StartT(t server.T, options ...mimir.Options) *mimir.Server {
	t.Helper()
	m := mimir.StartT(t, options...)
	if m != nil {
		Attach(m)
	}
	return m
}

// api is the query API of one fake.
type api struct {
	fake    *mimir.Server
	options Options
	store   *Store
	parser  parser.Parser
	engine  *promql.Engine
}

func newAPI(s *Store, o Options) *api {
	p := parser.NewParser(parser.Options{EnableExperimentalFunctions: o.Experimental})
	return &api{
		fake:    s.fake,
		options: o,
		store:   s,
		parser:  p,
		engine: promql.NewEngine(promql.EngineOpts{
			MaxSamples:               o.MaxSamples,
			Timeout:                  o.Timeout,
			LookbackDelta:            o.Lookback,
			NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
			EnableAtModifier:         true,
			EnableNegativeOffset:     true,
			Parser:                   p,
		}),
	}
}
