package metricscrape

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// labeller gives the series of a page the labels of their target.
type labeller struct {
	target []column.Label // public labels of the target, sorted by name
	honor  bool           // honor_labels: the page wins over the target
}

// series joins the labels of the page with those of the target. A label that both have keeps the page's value with
// honor_labels; otherwise the target's value wins and the page's moves to exported_<name>. The second result is the
// same in one string.
func (l labeller) series(page labels.Labels) (column.Series, string) {
	set := make(map[string]string, page.Len()+len(l.target))
	page.Range(func(label labels.Label) { set[label.Name] = label.Value })
	for _, t := range l.target {
		exposed, both := set[t.Name]
		if both && l.honor {
			continue
		}
		set[t.Name] = t.Value
		if both && exposed != "" {
			set[exportedName(t.Name, page, set)] = exposed
		}
	}
	return flatten(set)
}

// exportedName prefixes name until no other label has it.
func exportedName(name string, page labels.Labels, set map[string]string) string {
	for {
		name = "exported_" + name
		if _, taken := set[name]; !taken && !page.Has(name) {
			return name
		}
	}
}

// report makes one of the series that describe a scrape, for example up.
func (l labeller) report(name string) column.Series {
	set := map[string]string{"__name__": name}
	for _, t := range l.target {
		set[t.Name] = t.Value
	}
	series, _ := flatten(set)
	return series
}

// flatten sorts the labels by name and drops empty ones, which mean the same as absent ones.
func flatten(set map[string]string) (column.Series, string) {
	series := column.Series{Labels: make([]column.Label, 0, len(set))}
	for name, value := range set {
		if value != "" {
			series.Labels = append(series.Labels, column.Label{Name: name, Value: value})
		}
	}
	slices.SortFunc(series.Labels, func(a, b column.Label) int { return strings.Compare(a.Name, b.Name) })
	var id strings.Builder
	for _, label := range series.Labels {
		id.WriteString(label.Name)
		id.WriteByte(0xff)
		id.WriteString(label.Value)
		id.WriteByte(0xff)
	}
	return series, id.String()
}
