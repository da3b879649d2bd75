package scenario

import "strings"

// Case is one cell of a scenario's matrix on one lane, with all values filled in except those known only at run time.
type Case struct {
	// ID is stable: remote_write/retry#component=pyroscope.write,auth=basic. The lane is not part of it.
	ID       string
	Scenario *Scenario
	Lane     Lane
	// Values are the axes and lets with their values in this case.
	Values map[string]string
	// Clauses are the clauses named in the head, expanded. Needs are the capabilities that an agent must have.
	Clauses []string
	Needs   []Word
	// Steps are to be played in order.
	Steps []Step
	// Checks are to be judged afterwards.
	Checks []Check

	used map[string]bool
}

// Killers are the sabotages under which the case must fail, with its values filled in. The error names a template that stands for no axis
// and no let.
func (c Case) Killers() ([]Word, *Error) {
	var killers []Word
	for _, w := range c.Scenario.KilledBy {
		var problem *Error
		text, err := replace(w.Text, func(name string, offset int) (string, error) {
			value, ok := c.Values[name]
			if !ok {
				problem = errorf(w.placed(offset), "unknown template {{%s}} in killed by", name).hinted(orKnown(name, c.Scenario.names()))
				return "", problem
			}
			return value, nil
		})
		if err != nil {
			return nil, problem
		}
		killers = append(killers, Word{Text: text, Pos: w.Pos})
	}
	return killers, nil
}

// id names a case by its file and the values of its axes.
func (s *Scenario) id(texts map[string]string) string {
	var parts []string
	for _, axis := range s.Axes {
		parts = append(parts, axis.Name.Text+"="+texts[axis.Name.Text])
	}
	if len(parts) == 0 {
		return s.Path
	}
	return s.Path + "#" + strings.Join(parts, ",")
}
