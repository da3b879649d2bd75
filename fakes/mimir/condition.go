package mimir

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Condition is something to wait for: see [Server.WaitFor]. It is a value that may be used again.
type Condition struct {
	what     string // for errors: "2 samples of up"
	selector labels.Selector
	text     string // of the selector; empty when the condition is not about series
	noun     string // what is counted of a series: samples
	metric   string // whose metadata is waited for
	err      error  // of the selector
	want     int
	// How much an accepted request counts: one of the three.
	weigh func(Series) int       // what a series counts that the selector finds
	count func(*progress, entry) // for the whole request
	until func(Data) bool
}

// Samples waits until at least n samples were accepted that a selector finds, such as `up{job="a"}`. A sample sent and accepted twice
// counts twice.
func Samples(selector string, n int) Condition {
	return bySeries("samples", selector, n, func(s Series) int { return len(s.Samples) })
}

// Exemplars waits for n exemplars.
func Exemplars(selector string, n int) Condition {
	return bySeries("exemplars", selector, n, func(s Series) int { return len(s.Exemplars) })
}

// Histograms waits for n native histograms.
func Histograms(selector string, n int) Condition {
	return bySeries("histograms", selector, n, func(s Series) int { return len(s.Histograms) })
}

// DistinctSeries waits for n different series, of one tenant or several.
func DistinctSeries(selector string, n int) Condition {
	c := bySeries("series", selector, n, func(Series) int { return 1 })
	c.count = func(p *progress, e entry) {
		e.batch.each(func(_ Series, s *series) {
			if p.matches(e, s) {
				p.seen[mergeKey{e.tenant, s.labels.Key()}] = true
			}
		})
		p.have = len(p.seen)
	}
	return c
}

func bySeries(noun, selector string, n int, weigh func(Series) int) Condition {
	s, err := labels.Parse(selector)
	return Condition{
		what:     fmt.Sprintf("%d %s of %s", n, noun, selector),
		selector: s,
		text:     selector,
		noun:     noun,
		err:      err,
		want:     n,
		weigh:    weigh,
	}
}

// Requests waits until n requests were accepted, of whatever kind.
func Requests(n int) Condition {
	return Condition{
		what:  fmt.Sprintf("%d accepted requests", n),
		want:  n,
		count: func(p *progress, _ entry) { p.have++ },
	}
}

// MetadataOf waits until something was said about a metric.
func MetadataOf(metric string) Condition {
	return Condition{
		what:   fmt.Sprintf("metadata of %q", metric),
		metric: metric,
		want:   1,
		count: func(p *progress, e entry) {
			for _, m := range e.batch.metadata {
				if m.Metric == metric {
					p.have++
				}
			}
		},
	}
}

// Until waits for whatever done says of the accepted data; what names it in errors. It looks at all of the data after each accepted
// request: the other conditions are cheaper.
func Until(what string, done func(Data) bool) Condition {
	return Condition{what: what, want: 1, until: done}
}

// String says what is waited for.
func (c Condition) String() string { return c.what }

// progress is how far one wait has come. It looks at each accepted request once.
type progress struct {
	Condition
	have    int
	verdict map[verdictKey]bool
	seen    map[mergeKey]bool
}

type verdictKey struct {
	tenant string
	series *series
}

func (c Condition) begin() *progress {
	return &progress{Condition: c, verdict: map[verdictKey]bool{}, seen: map[mergeKey]bool{}}
}

// take looks at a newly accepted request.
func (p *progress) take(e entry) {
	switch {
	case p.count != nil:
		p.count(p, e)
	case p.weigh != nil:
		e.batch.each(func(one Series, s *series) {
			if p.matches(e, s) {
				p.have += p.weigh(one)
			}
		})
	}
}

func (p *progress) done(data func() Data) bool {
	if p.until != nil {
		return p.until(data())
	}
	return p.have >= p.want
}

func (p *progress) matches(e entry, s *series) bool {
	key := verdictKey{e.tenant, s}
	yes, ok := p.verdict[key]
	if !ok {
		yes = p.selector.Matches(e.labelsOf(s))
		p.verdict[key] = yes
	}
	return yes
}
