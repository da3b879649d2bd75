package conformance

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// unexplained is the reason of an entry that nobody has looked into yet.
const unexplained = "to be explained: found by --update-known"

// UpdateKnown returns the list of known deviations of an agent, AGENT.yaml, as the report of a whole run finds it: entries that still hold
// stay with their reasons, those that do not go, and every scenario that fails without an entry gets one. files holds the list as it was.
func UpdateKnown(files fs.FS, r *report.Report, agent string) ([]byte, error) {
	name := agent + ".yaml"
	list, err := report.LoadKnown(files, name)
	if err != nil {
		return nil, err
	}
	list.Deviations = slices.DeleteFunc(list.Deviations, func(d report.Deviation) bool {
		return slices.ContainsFunc(r.Stale, func(s report.Stale) bool { return s.Agent == agent && s.Entry == d.Scenario })
	})
	for _, c := range r.Cases {
		if c.Agent == agent && (c.Verdict == report.Fail || c.Verdict == report.Inconclusive) {
			list.Deviations = withCase(list.Deviations, c)
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# What is known not to hold for %s. Every entry needs a reason.\n", agent)
	text, err := yaml.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	out.Write(text)
	return out.Bytes(), nil
}

// withCase adds an entry for the scenario of a case, with the clauses that do not hold, unless it is there.
func withCase(all []report.Deviation, c report.Case) []report.Deviation {
	path, _, _ := strings.Cut(c.ID, "#")
	i := slices.IndexFunc(all, func(d report.Deviation) bool {
		return d.Scenario == path && d.Lane == c.Lane && d.Reason == unexplained
	})
	if i < 0 {
		all = append(all, report.Deviation{Scenario: path, Lane: c.Lane, Reason: unexplained})
		i = len(all) - 1
	}
	for _, chk := range c.Checks {
		if chk.Given || chk.Verdict != report.Fail && chk.Verdict != report.Inconclusive {
			continue
		}
		for _, id := range chk.Clauses {
			if !slices.Contains(all[i].Clauses, id) {
				all[i].Clauses = append(all[i].Clauses, id)
			}
		}
	}
	return all
}
