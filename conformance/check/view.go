package check

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// view is the part of an observation that one expectation is about.
type view struct {
	scenario.Expect
	o    *observe.Observation
	fake *observe.Fake // nil for the agent
	// requests are those that the filter and the window let through, in order of arrival. At a push fake, those that could not be
	// decoded are left out unless the expectation says that something does not happen: garbage is a witness for nothing.
	requests []*observe.Request
	// since and until are the window.
	since, until time.Time
}

// newView picks what the expectation is about. A result comes back instead when that is not possible.
func newView(e scenario.Expect, o *observe.Observation) (*view, result) {
	v := &view{Expect: e, o: o}
	v.Values = slices.Clone(e.Values)
	for i, text := range v.Values {
		filled, err := scenario.Fill(text, func(name string) (string, bool) { value, ok := o.Values[name]; return value, ok })
		if err != nil {
			return nil, inconclusive("%v", err)
		}
		v.Values[i] = filled
	}
	if e.Target == "agent" {
		return v, result{}
	}
	if v.fake = o.Fake(e.Target); v.fake == nil {
		return nil, inconclusive("nothing was recorded by %s", e.Target)
	}
	if v.fake.Dropped > 0 {
		return nil, inconclusive("the journal of %s was full and lost %d requests", e.Target, v.fake.Dropped)
	}
	return v, v.pick()
}

// pick selects the requests.
func (v *view) pick() result {
	since, r := v.moment(v.From, "started")
	if r.verdict != "" {
		return r
	}
	until, r := v.moment(v.Until, "")
	if r.verdict != "" {
		return r
	}
	v.since, v.until = since, until
	var bodies []int
	if v.Filter.Body > 0 {
		bodies = numberBodies(v.fake.Requests)
	}
	for i := range v.fake.Requests {
		req := &v.fake.Requests[i]
		if !v.within(req) || !v.kind(req) || !v.selected(req) || v.Filter.Body > 0 && bodies[i] != v.Filter.Body {
			continue
		}
		if v.fake.Push() && req.DecodeError != "" && v.Subject != "decodes" && !v.Negative() {
			continue
		}
		v.requests = append(v.requests, req)
	}
	return result{}
}

// within tells whether a request arrived in the window, and not from a control.
func (v *view) within(r *observe.Request) bool {
	early := v.From != "" && r.Arrived.Before(v.since)
	late := v.Until != "" && !r.Arrived.Before(v.until)
	return !early && !late && !v.control(r.Arrived)
}

// moment resolves the name of a mark, or another when there is none.
func (v *view) moment(name, otherwise string) (time.Time, result) {
	if name == "" {
		at, _ := v.o.MarkAt(otherwise)
		return at, result{}
	}
	at, ok := v.o.MarkAt(name)
	if !ok {
		return at, inconclusive("the run never got to the mark %s", name)
	}
	return at, result{}
}

// control tells whether a control was running: what it sent is not the agent's.
func (v *view) control(at time.Time) bool {
	return slices.ContainsFunc(v.o.Controls, func(run observe.Run) bool {
		return !at.Before(run.Started) && (run.Exited.IsZero() || !at.After(run.Exited))
	})
}

func (v *view) kind(r *observe.Request) bool {
	switch v.Filter.Kind {
	case "any":
		return true
	case "":
		return r.Kind != "metadata"
	default:
		return r.Kind == v.Filter.Kind
	}
}

func (v *view) selected(r *observe.Request) bool {
	f := v.Filter
	return (f.Path == "" || r.Path == f.Path) &&
		(f.Tenant == "" || r.Header.Get("X-Scope-OrgID") == f.Tenant) &&
		(f.Status == "" || matchesStatus(f.Status, r)) &&
		(f.Run == 0 || v.run(r.Arrived) == f.Run)
}

func matchesStatus(want string, r *observe.Request) bool {
	if class, ok := strings.CutSuffix(want, "xx"); ok {
		return strconv.Itoa(r.Status/100) == class
	}
	return statusOf(r) == want
}

// run is the number of the agent's run at that time, from 1; 0 before the first.
func (v *view) run(at time.Time) int {
	n := 0
	for i := range v.o.Runs {
		if !at.Before(v.o.Runs[i].Started) {
			n = i + 1
		}
	}
	return n
}

// body identifies what a request carried and where to.
type body struct {
	path string
	sum  [sha256.Size]byte
}

func bodyOf(r *observe.Request) body { return body{r.Path, sha256.Sum256(r.Body)} }

// numberBodies numbers distinct bodies of data in order of arrival, from 1. Scrapes and metadata have none.
func numberBodies(requests []observe.Request) []int {
	numbers := make([]int, len(requests))
	known := map[body]int{}
	for i := range requests {
		if requests[i].Kind == "metadata" || requests[i].BodySize == 0 {
			continue
		}
		b := bodyOf(&requests[i])
		if known[b] == 0 {
			known[b] = len(known) + 1
		}
		numbers[i] = known[b]
	}
	return numbers
}

// selector is the selector of the expectation; * matches everything.
func (v *view) selector() labels.Selector {
	if v.Argument == "*" || v.Argument == "" {
		return labels.Selector{}
	}
	s, _ := labels.Parse(v.Argument) // the language has parsed it before
	return s
}

// nothing is the answer when there is no witness.
func (v *view) nothing() result {
	if !v.fake.Push() {
		return inconclusive("nothing that fits was asked of %s", v.Target)
	}
	return inconclusive("nothing that fits arrived at %s", v.Target)
}

// each judges every request and fails with the first that is wrong. Without any it is inconclusive.
func (v *view) each(judge func(*observe.Request) (ok bool, got string)) result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	for _, r := range v.requests {
		if ok, got := judge(r); !ok {
			return fail("request %d at %s: got %s, want %s", r.Seq, v.when(r.Arrived), got, v.wanted())
		}
	}
	return pass()
}

// when words a moment as time since the agent was started.
func (v *view) when(t time.Time) string {
	start, ok := v.o.MarkAt("started")
	if !ok {
		start = v.o.Began
	}
	return "+" + t.Sub(start).String()
}

// wanted words the operator and the values.
func (v *view) wanted() string {
	return strings.TrimSpace(strings.TrimPrefix(v.Op, "=") + " " + strings.Join(v.Values, " "))
}

// value is the only value, "" when there is none.
func (v *view) value() string {
	if len(v.Values) == 0 {
		return ""
	}
	return v.Values[0]
}
