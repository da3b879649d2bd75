package component

import (
	"errors"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// problem is something wrong in a configuration, with the component that has it; "" for none.
type problem struct {
	id         string
	diagnostic river.Diagnostic
}

// problems is everything wrong in a configuration.
type problems []problem

// add takes an error of the river package apart. A nil error adds nothing.
func (p *problems) add(id string, err error) {
	var list river.Diagnostics
	var one river.Diagnostic
	switch {
	case err == nil:
	case errors.As(err, &list):
		for _, d := range list {
			*p = append(*p, problem{id, d})
		}
	case errors.As(err, &one):
		*p = append(*p, problem{id, one})
	default:
		*p = append(*p, problem{id, river.Diagnostic{Message: err.Error()}})
	}
}

// sorted returns the diagnostics in the order of the text.
func (p problems) sorted() error {
	var list river.Diagnostics
	for _, problem := range p {
		list = append(list, problem.diagnostic)
	}
	list.Sort()
	return list
}

// byComponent gives each component the first thing wrong with it.
func (p problems) byComponent() map[string]string {
	reasons := map[string]string{}
	for _, problem := range p {
		if _, known := reasons[problem.id]; !known {
			reasons[problem.id] = problem.diagnostic.Error()
		}
	}
	return reasons
}
