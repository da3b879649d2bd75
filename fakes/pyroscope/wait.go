package pyroscope

import (
	"context"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Condition is something to wait for: see [Server.WaitFor]. It is a value that may be used again.
type Condition struct {
	what     string // for errors: "2 profiles of {}"
	selector labels.Selector
	err      error // of the selector
	want     int
	distinct bool
	until    func(Data) bool // in place of a number
}

// Profiles waits until at least n profiles were accepted that a selector finds, such as `process_cpu{service_name="a"}`. A profile sent and
// accepted twice counts twice.
func Profiles(selector string, n int) Condition {
	s, err := labels.Parse(selector)
	return Condition{what: fmt.Sprintf("%d profiles of %s", n, selector), selector: s, err: err, want: n}
}

// DistinctSeries waits for profiles of n different label sets.
func DistinctSeries(selector string, n int) Condition {
	c := Profiles(selector, n)
	c.what, c.distinct = fmt.Sprintf("%d series of %s", n, selector), true
	return c
}

// Until waits for whatever done says of the accepted data; what names it in errors. It looks at all of the data after each accepted
// request: the other conditions are cheaper.
func Until(what string, done func(Data) bool) Condition {
	return Condition{what: what, until: done}
}

// String says what is waited for.
func (c Condition) String() string { return c.what }

// progress is how far one wait has come. It looks at each accepted request once.
type progress struct {
	Condition
	have int
	seen map[string]bool
}

func (p *progress) take(e entry) {
	for _, one := range e.profiles {
		set := one.selectable()
		if p.until != nil || !p.selector.Matches(set) {
			continue
		}
		if p.distinct {
			p.seen[set.Key()] = true
			p.have = len(p.seen)
			continue
		}
		p.have++
	}
}

func (p *progress) done(data func() Data) bool {
	if p.until != nil {
		return p.until(data())
	}
	return p.have >= p.want
}

// WaitFor returns nil as soon as the condition holds for the accepted data, at once if it holds already. It wakes when something is
// accepted, never by a timer, so it works in virtual time. When the context ends first, the error wraps its cause and tells what came
// nearest; a selector that cannot be read is an error at once. On a fake that [StartT] started, an error ends the test.
func (s *Server) WaitFor(ctx context.Context, c Condition) error {
	s.Test().Helper()
	if c.err != nil {
		return s.Fail(fmt.Errorf("fake pyroscope: wait for %s: %w", c, c.err))
	}
	if err := s.waitFor(ctx, c); err != nil {
		return s.GiveUp(err)
	}
	return nil
}

func (s *Server) waitFor(ctx context.Context, c Condition) error {
	p := &progress{Condition: c, seen: map[string]bool{}}
	if err := s.accepted.Follow(ctx, p.take, func() bool { return p.done(s.Accepted) }); err != nil {
		return fmt.Errorf("fake pyroscope: wait for %s: %w%s", c, err, s.explain(p))
	}
	return nil
}
