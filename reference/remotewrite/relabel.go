package remotewrite

import (
	"errors"
	"regexp/syntax"
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
var actions = []string{
	string(relabel.Replace), string(relabel.Keep), string(relabel.Drop), string(relabel.KeepEqual), string(relabel.DropEqual),
	string(relabel.HashMod), string(relabel.LabelMap), string(relabel.LabelDrop), string(relabel.LabelKeep),
	string(relabel.Lowercase), string(relabel.Uppercase),
}

// SetDefaults sets the defaults of Prometheus.
func (c *RelabelConfig) SetDefaults() {
	*c = RelabelConfig{Separator: ";", Regex: "(.*)", Replacement: "$1", Action: string(relabel.Replace)}
}

// Validate refuses an unknown action, an expression that cannot be read, and arguments that do not go with the action.
func (c *RelabelConfig) Validate() error {
	var action, regex error
	if !slices.Contains(actions, strings.ToLower(c.Action)) {
		action = river.Fieldf("action", "unknown action %q%s", c.Action, suggestAction(c.Action))
	}
	if _, err := relabel.NewRegexp(c.Regex); err != nil {
		regex = river.Fieldf("regex", "regex %q cannot be read: %w", c.Regex, reason(err))
	}
	if err := errors.Join(action, regex); err != nil {
		return err
	}
	_, err := c.rule()
	return err
}

func suggestAction(word string) string {
	if near := river.Nearest(word, actions); near != "" {
		return ", did you mean " + near + "?"
	}
	return ": use " + strings.Join(actions, ", ")
}

// reason is what is wrong with an expression, without the anchors that were put around it.
func reason(err error) error {
	if e := (*syntax.Error)(nil); errors.As(err, &e) {
		return errors.New(e.Code.String())
	}
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
