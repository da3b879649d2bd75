package metrics

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/annotations"
	"github.com/prometheus/prometheus/util/stats"
)

// evaluation is one expression to be evaluated.
type evaluation struct {
	expression string
	limit      int
	timeout    time.Duration // 0: the engine's
	lookback   time.Duration // 0: the engine's
	stats      bool
}

// readEvaluation reads what instant and range queries have in common.
func readEvaluation(r *http.Request) (evaluation, *result) {
	e := evaluation{expression: r.FormValue("query"), stats: r.FormValue("stats") != ""}
	var err error
	if e.limit, err = limitOf(r); err != nil {
		return e, new(badParameter("limit", err))
	}
	if text := r.FormValue("timeout"); text != "" {
		if e.timeout, err = durationOf(text); err != nil {
			return e, new(badParameter("timeout", err))
		}
	}
	if text := r.FormValue("lookback_delta"); text != "" {
		if e.lookback, err = durationOf(text); err != nil {
			return e, new(badData("error parsing lookback delta duration: %w", err))
		}
	}
	return e, nil
}

func (e evaluation) options() promql.QueryOpts {
	return promql.NewPrometheusQueryOpts(false, e.lookback)
}

// query evaluates at one moment.
func (a *api) query(r *http.Request) result {
	e, bad := readEvaluation(r)
	if bad != nil {
		return *bad
	}
	at, err := optionalTime(r, "time", time.Now())
	if err != nil {
		return badParameter("time", err)
	}
	return a.evaluate(r, e, func(ctx context.Context, v view) (promql.Query, error) {
		return a.engine.NewInstantQuery(ctx, v, e.options(), e.expression, at)
	})
}

// queryRange evaluates at regular steps.
func (a *api) queryRange(r *http.Request) result {
	e, bad := readEvaluation(r)
	if bad != nil {
		return *bad
	}
	steps, bad := readSteps(r)
	if bad != nil {
		return *bad
	}
	return a.evaluate(r, e, func(ctx context.Context, v view) (promql.Query, error) {
		return a.engine.NewRangeQuery(ctx, v, e.options(), e.expression, steps.start, steps.end, steps.step)
	})
}

// steps are the moments of a range query.
type steps struct {
	start, end time.Time
	step       time.Duration
}

// maxPoints is how many points of a series Prometheus and Mimir return.
const maxPoints = 11000

func readSteps(r *http.Request) (s steps, bad *result) {
	var err error
	if s.start, err = timeOf(r.FormValue("start")); err != nil {
		return s, new(badParameter("start", err))
	}
	if s.end, err = timeOf(r.FormValue("end")); err != nil {
		return s, new(badParameter("end", err))
	}
	if s.end.Before(s.start) {
		return s, new(badParameter("end", errors.New("end timestamp must not be before start time")))
	}
	if s.step, err = durationOf(r.FormValue("step")); err != nil {
		return s, new(badParameter("step", err))
	}
	if s.step <= 0 {
		return s, new(badParameter("step", errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer")))
	}
	if s.end.Sub(s.start)/s.step > maxPoints {
		return s, new(badData("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"))
	}
	return s, nil
}

// evaluate runs the query that prepare makes, and encodes what it finds.
func (a *api) evaluate(r *http.Request, e evaluation, prepare func(context.Context, view) (promql.Query, error)) result {
	ctx := r.Context()
	if e.timeout != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.timeout)
		defer cancel()
	}
	v := a.view(r)
	q, err := prepare(ctx, v)
	if err != nil {
		return badParameter("query", err)
	}
	defer q.Close()
	evaluated := q.Exec(ctx)
	if evaluated.Err != nil {
		return failed(evaluated.Err)
	}
	warnings := evaluated.Warnings
	if truncate(evaluated, e.limit) {
		warnings = warnings.Add(errTruncated)
	}
	answer := queryData{ResultType: string(evaluated.Value.Type()), Result: encodeValue(evaluated.Value)}
	if e.stats {
		answer.Stats = stats.NewQueryStats(q.Stats())
	}
	return result{data: answer, warnings: a.hint(r, v, evaluated.Value, warnings), query: e.expression}
}

// truncate keeps at most so many series, and tells whether there were more.
func truncate(r *promql.Result, limit int) bool {
	switch value := r.Value.(type) {
	case promql.Matrix:
		if limit > 0 && len(value) > limit {
			r.Value = value[:limit]
			return true
		}
	case promql.Vector:
		if limit > 0 && len(value) > limit {
			r.Value = value[:limit]
			return true
		}
	}
	return false
}

// hint warns when nothing was found because nothing came from this tenant, while others did send something.
func (a *api) hint(r *http.Request, v view, value parser.Value, warnings annotations.Annotations) annotations.Annotations {
	if !isEmpty(value) {
		return warnings
	}
	names := a.store.names()
	known := func(tenant string) bool { return slices.Contains(names, tenant) }
	if len(names) == 0 || slices.ContainsFunc(v.tenants, known) {
		return warnings
	}
	return warnings.Add(fmt.Errorf("this fake holds nothing of tenant %q (the header X-Scope-OrgID), but of: %s", tenantOf(r), quoted(names)))
}

func isEmpty(value parser.Value) bool {
	switch found := value.(type) {
	case promql.Matrix:
		return len(found) == 0
	case promql.Vector:
		return len(found) == 0
	default:
		return false
	}
}

// maxListed is how many tenants a warning names.
const maxListed = 5

func quoted(names []string) string {
	var list []string
	for _, name := range names[:min(len(names), maxListed)] {
		list = append(list, fmt.Sprintf("%q", name))
	}
	if len(names) > maxListed {
		list = append(list, "...")
	}
	return strings.Join(list, ", ")
}

// formatQuery writes an expression prettily.
func (a *api) formatQuery(r *http.Request) result {
	expression, err := a.parser.ParseExpr(r.FormValue("query"))
	if err != nil {
		return badParameter("query", err)
	}
	return result{data: expression.Pretty(0)}
}
