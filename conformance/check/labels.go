package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// labelSets are the label sets of what was accepted and matches, series of samples as well as profiles.
func (v *view) labelSets() []labels.Labels {
	selector := v.selector()
	var all []labels.Labels
	add := func(ls labels.Labels) {
		if selector.Matches(ls) {
			all = append(all, ls)
		}
	}
	for _, r := range v.requests {
		if !r.Accepted() {
			continue
		}
		for _, s := range r.Series {
			add(s.Labels)
		}
		for _, p := range r.Profiles {
			add(p.Labels)
		}
	}
	return all
}

// labels judges the labels of every match. The name of the metric or profile need not be listed.
func (v *view) labels() result {
	sets := v.labelSets()
	if len(sets) == 0 {
		return v.nothing()
	}
	for _, ls := range sets {
		if problem := v.wrongLabels(ls); problem != "" {
			return fail("%s: %s", ls, problem)
		}
	}
	return pass()
}

func (v *view) wrongLabels(ls labels.Labels) string {
	switch v.Op {
	case "sorted":
		return unsorted(ls)
	case "lacks":
		return v.forbidden(ls)
	}
	for _, pair := range v.Values {
		name, want, _ := strings.Cut(pair, "=")
		if got := ls.Get(name); got != want || !ls.Has(name) {
			return fmt.Sprintf("label %s is %q, want %q", name, got, want)
		}
	}
	if v.Op == "=" {
		return v.surplus(ls)
	}
	return ""
}

// forbidden names a label that should not be there at all, or not with this value.
func (v *view) forbidden(ls labels.Labels) string {
	for _, unwanted := range v.Values {
		name, value, pair := strings.Cut(unwanted, "=")
		if ls.Has(name) && (!pair || ls.Get(name) == value) {
			return fmt.Sprintf("has the label %s", unwanted)
		}
	}
	return ""
}

// surplus names a label that was not asked for.
func (v *view) surplus(ls labels.Labels) string {
	for _, l := range ls {
		listed := slices.ContainsFunc(v.Values, func(pair string) bool { return strings.HasPrefix(pair, l.Name+"=") })
		if !listed && l.Name != labels.MetricName {
			return fmt.Sprintf("has the label %s=%q besides", l.Name, l.Value)
		}
	}
	return ""
}

func unsorted(ls labels.Labels) string {
	for i := 1; i < len(ls); i++ {
		if ls[i-1].Name >= ls[i].Name {
			return fmt.Sprintf("label %s comes before %s", ls[i-1].Name, ls[i].Name)
		}
	}
	return ""
}
