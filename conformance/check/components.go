package check

import (
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// component finds the component that the expectation is about in its snapshot.
func (v *view) component() (*observe.Component, result) {
	s, r := v.inside()
	if r.verdict != "" {
		return nil, r
	}
	if len(s.Components) == 0 {
		return nil, inconclusive("the agent tells nothing about its components: %s", s.ComponentsError)
	}
	i := slices.IndexFunc(s.Components, func(c observe.Component) bool { return c.ID == v.Argument })
	if i < 0 {
		return nil, fail("the component %s is not there", v.Argument)
	}
	return &s.Components[i], r
}

func (v *view) health() result {
	c, r := v.component()
	if r.verdict != "" {
		return r
	}
	got := c.Health
	if c.Reason != "" {
		got += " (" + c.Reason + ")"
	}
	return verdictOf(c.Health == v.value(), got, v.wanted())
}

func (v *view) arguments() result {
	c, r := v.component()
	if r.verdict != "" {
		return r
	}
	return v.holds(c.Arguments, "the arguments of "+c.ID)
}

func (v *view) exports() result {
	c, r := v.component()
	if r.verdict != "" {
		return r
	}
	return v.list(c.Exports)
}

func (v *view) debug() result {
	c, r := v.component()
	if r.verdict != "" {
		return r
	}
	if v.Op == "absent" {
		return verdictOf(c.Debug == "", c.Debug, "none")
	}
	return v.holds(c.Debug, "the debug information of "+c.ID)
}

// holds judges a text by has and lacks.
func (v *view) holds(text, what string) result {
	has := strings.Contains(text, v.value())
	switch {
	case v.Op == "has" && !has:
		return fail("%s do not say %q: %s", what, v.value(), text)
	case v.Op == "lacks" && has:
		return fail("%s say %q", what, v.value())
	}
	return pass()
}

// shows judges everything that the agent told anybody. Only an agent that told something about its components and its metrics is a
// witness.
func (v *view) shows() result {
	var all strings.Builder
	witness := false
	for _, s := range v.o.Snapshots {
		witness = witness || len(s.Components) > 0 && len(s.Metrics) > 0
		for _, m := range s.Metrics {
			all.WriteString(m.Labels.String() + "\n")
		}
		for _, c := range s.Components {
			all.WriteString(strings.Join([]string{c.ID, c.Reason, c.Arguments, strings.Join(c.Exports, " "), c.Debug, ""}, "\n"))
		}
	}
	if !witness {
		return inconclusive("the agent told nothing about its components and metrics")
	}
	for _, run := range v.o.Runs {
		all.WriteString(run.Log)
	}
	for _, r := range v.o.Reloads {
		all.WriteString(r.Reason)
	}
	return v.holds(all.String(), "the agent's words")
}
