package engine

import (
	"strconv"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// parseSample reads one line of a metrics page: name{label="value"} 1.
func parseSample(line string) (observe.Metric, bool) {
	if line == "" || line[0] == '#' {
		return observe.Metric{}, false
	}
	end := strings.IndexAny(line, "{ \t")
	if end <= 0 {
		return observe.Metric{}, false
	}
	m := observe.Metric{Labels: labels.Labels{{Name: labels.MetricName, Value: line[:end]}}}
	rest := line[end:]
	if rest[0] == '{' {
		pairs, after, ok := parseLabels(rest[1:])
		if !ok {
			return m, false
		}
		m.Labels, rest = append(m.Labels, pairs...), after
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		return m, false
	}
	v, err := strconv.ParseFloat(words[0], 64)
	m.Value = observe.Value(v)
	return m, err == nil
}

// parseLabels reads name="value" pairs up to the closing brace and returns what follows it.
func parseLabels(text string) (labels.Labels, string, bool) {
	var pairs labels.Labels
	for {
		text = strings.TrimLeft(text, ", \t")
		if after, ok := strings.CutPrefix(text, "}"); ok {
			return pairs, after, true
		}
		name, after, ok := strings.Cut(text, "=")
		if !ok {
			return nil, "", false
		}
		quoted, err := strconv.QuotedPrefix(after)
		if err != nil {
			return nil, "", false
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, "", false
		}
		pairs = append(pairs, labels.Label{Name: strings.TrimSpace(name), Value: value})
		text = after[len(quoted):]
	}
}
