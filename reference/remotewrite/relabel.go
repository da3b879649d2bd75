package remotewrite

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// RelabelConfig is a block write_relabel_config: one rule that changes the labels of series, or drops series, before they are
// sent to an endpoint. The rules are those of Prometheus. (Not on the page.)
type RelabelConfig struct {
	SourceLabels []string `river:"source_labels,attr,optional"`
	Separator    string   `river:"separator,attr,optional"`
	Regex        string   `river:"regex,attr,optional"`
	Modulus      uint64   `river:"modulus,attr,optional"`
	TargetLabel  string   `river:"target_label,attr,optional"`
	Replacement  string   `river:"replacement,attr,optional"`
	Action       string   `river:"action,attr,optional"`
}

// actions are what a rule may do.
var actions = [...]relabel.Action{
	relabel.Replace, relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual, relabel.HashMod,
	relabel.LabelMap, relabel.LabelDrop, relabel.LabelKeep, relabel.Lowercase, relabel.Uppercase,
}

// SetDefaults sets the defaults of Prometheus.
func (c *RelabelConfig) SetDefaults() {
	*c = RelabelConfig{Separator: ";", Regex: "(.*)", Replacement: "$1", Action: string(relabel.Replace)}
}

// Validate refuses an unknown action, an expression that cannot be read, and arguments that do not go with the action.
func (c *RelabelConfig) Validate() error {
	if !slices.Contains(actions[:], relabel.Action(strings.ToLower(c.Action))) {
		return river.Fieldf("action", "action %q is not one of %v", c.Action, actions)
	}
	if _, err := relabel.NewRegexp(c.Regex); err != nil {
		return river.Fieldf("regex", "regex %q: %v", c.Regex, err)
	}
	_, err := c.rule()
	return err
}

// rule makes the rule that Prometheus understands.
func (c *RelabelConfig) rule() (*relabel.Config, error) {
	rule := relabel.DefaultRelabelConfig
	if c.Regex != rule.Regex.String() {
		var err error
		if rule.Regex, err = relabel.NewRegexp(c.Regex); err != nil {
			return nil, err
		}
	}
	for _, name := range c.SourceLabels {
		rule.SourceLabels = append(rule.SourceLabels, model.LabelName(name))
	}
	rule.Separator, rule.Modulus, rule.TargetLabel, rule.Replacement = c.Separator, c.Modulus, c.TargetLabel, c.Replacement
	rule.Action = relabel.Action(strings.ToLower(c.Action))
	return &rule, rule.Validate(model.UTF8Validation)
}

// relabelling makes a function of all rules, for wire.Options; nil without rules.
func relabelling(configs []RelabelConfig) (func([]column.Label) []column.Label, error) {
	if len(configs) == 0 {
		return nil, nil
	}
	rules := make([]*relabel.Config, len(configs))
	for i := range configs {
		var err error
		if rules[i], err = configs[i].rule(); err != nil {
			return nil, err
		}
	}
	return func(set []column.Label) []column.Label { return apply(rules, set) }, nil
}

func apply(rules []*relabel.Config, set []column.Label) []column.Label {
	builder := labels.NewBuilder(labels.EmptyLabels())
	for _, l := range set {
		builder.Set(l.Name, l.Value)
	}
	if !relabel.ProcessBuilder(builder, rules...) {
		return nil
	}
	set = set[:0]
	builder.Labels().Range(func(l labels.Label) { set = append(set, column.Label{Name: l.Name, Value: l.Value}) })
	return set
}
