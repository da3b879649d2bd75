package control

import (
	"strconv"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// outcomes are the words for how a request may end that a filter may name.
var outcomes = []string{"replied", "reset", "cut", "hung", "gone", "open"}

// matcher makes what tells whether a request passes a filter.
func (f *fake) matcher(filter api.Filter) (func(*journal.Exchange) bool, error) {
	answered, err := statusMatcher(filter.Status)
	if err != nil {
		return nil, err
	}
	search := strings.ToLower(filter.Search)
	return func(e *journal.Exchange) bool {
		return e.Seq > filter.After &&
			(filter.Kind == "" || filter.Kind == e.Kind) &&
			(filter.Path == "" || filter.Path == e.Path) &&
			(filter.Tenant == "" || filter.Tenant == e.Header.Get("X-Scope-OrgID")) &&
			answered(e) &&
			(search == "" || f.mentions(e, search))
	}, nil
}

// statusMatcher reads 503, 5xx or an outcome.
func statusMatcher(text string) (func(*journal.Exchange) bool, error) {
	if text == "" {
		return func(*journal.Exchange) bool { return true }, nil
	}
	for _, outcome := range outcomes {
		if text == outcome {
			return func(e *journal.Exchange) bool { return e.Outcome == outcome || outcome == "open" && e.Outcome == "" }, nil
		}
	}
	class, isClass := strings.CutSuffix(text, "xx")
	n, err := strconv.Atoi(class)
	switch {
	case err == nil && isClass && n >= 1 && n <= 5:
		return func(e *journal.Exchange) bool { return e.Status/100 == n }, nil
	case err == nil && !isClass && n >= 100 && n <= 599:
		return func(e *journal.Exchange) bool { return e.Status == n }, nil
	}
	return nil, badRequest("status %q: want a status such as 503, a class such as 5xx, or one of %s", text, listed(outcomes))
}

// mentions reports whether a request holds a text, which is in lower case. Secrets are not searched.
func (f *fake) mentions(e *journal.Exchange, text string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	if has(e.Method) || has(e.Path) || has(e.Query) || has(e.Host) || has(e.Outcome) {
		return true
	}
	for name, values := range e.Header {
		if has(name) || !recording.IsSecret(name) && has(strings.Join(values, "\n")) {
			return true
		}
	}
	d := f.describe(*e, maxSeriesSeen)
	return has(d.line) || has(d.problem) || mentionsContent(d.content, has)
}

func mentionsContent(c api.Content, has func(string) bool) bool {
	for _, s := range c.Series {
		if mentionsLabels(s.Labels, has) {
			return true
		}
	}
	for _, m := range c.Metadata {
		if has(m.Metric) || has(m.Help) || has(m.Unit) {
			return true
		}
	}
	for _, p := range c.Profiles {
		if has(p.ID) || mentionsLabels(p.Labels, has) || has(strings.Join(p.SampleTypes, " ")) {
			return true
		}
	}
	return has(c.Target)
}

func mentionsLabels(set labels.Labels, has func(string) bool) bool {
	for _, l := range set {
		if has(l.Name) || has(l.Value) {
			return true
		}
	}
	return false
}
