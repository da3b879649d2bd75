package check

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// inside returns the snapshot that the expectation is about.
func (v *view) inside() (*observe.Snapshot, result) {
	s := v.o.Snapshot(v.At)
	if s == nil {
		return nil, inconclusive("there is no snapshot %s", v.At)
	}
	return s, result{}
}

// page returns a snapshot whose metrics could be read.
func (v *view) page() (*observe.Snapshot, result) {
	s, r := v.inside()
	if r.verdict != "" {
		return nil, r
	}
	if s.MetricsError != "" || len(s.Metrics) == 0 {
		return nil, inconclusive("the agent's metrics could not be read: %s", s.MetricsError)
	}
	return s, r
}

// metric judges the sum of the series that match, under the name that this agent gives the metric.
func (v *view) metric() result {
	s, r := v.page()
	if r.verdict != "" {
		return r
	}
	sum, n := v.sum(s)
	switch {
	case v.Op == "absent":
		return verdictOf(n == 0, fmt.Sprintf("%d series", n), "none")
	case n == 0:
		return fail("the metric %s is not there", v.Argument)
	case v.Op == "present":
		return pass()
	}
	want, err := observe.ParseValue(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	return verdictOf(compare(v.Op, sum, scenario.Range[observe.Value]{Low: want, High: want}), sum, v.wanted())
}

func (v *view) sum(s *observe.Snapshot) (sum observe.Value, n int) {
	selector := v.selector()
	alias := ""
	if name, ok := selector.Name(); ok {
		alias = v.o.Agent.Metrics[name]
	}
	for _, m := range s.Metrics {
		if selector.Matches(m.Labels) || alias != "" && selector.Matches(renamed(m.Labels, alias, selector)) {
			sum, n = sum+m.Value, n+1
		}
	}
	return sum, n
}

// renamed gives series called alias the documented name that the selector asks for.
func renamed(ls labels.Labels, alias string, selector labels.Selector) labels.Labels {
	if ls.Get(labels.MetricName) != alias {
		return ls
	}
	name, _ := selector.Name()
	copied := make(labels.Labels, len(ls))
	for i, l := range ls {
		if l.Name == labels.MetricName {
			l.Value = name
		}
		copied[i] = l
	}
	return copied
}

func (v *view) metricType() result {
	s, r := v.page()
	if r.verdict != "" {
		return r
	}
	got, ok := s.Types[v.Argument]
	if !ok {
		got, ok = s.Types[v.o.Agent.Metrics[v.Argument]]
	}
	if !ok {
		return fail("the metric %s is not there", v.Argument)
	}
	return verdictOf(got == v.value(), got, v.wanted())
}
