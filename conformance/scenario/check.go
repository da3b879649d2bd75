package scenario

import "github.com/touchstone-telemetry/touchstone/conformance/clause"

// Check is one judgement. A check with Given is an assumption and proves no clause.
type Check struct {
	at
	Expect
	Given bool
	// Clauses are the clauses it proves, expanded.
	Clauses []string
}

func (b *builder) check(l line, words []token) *Error {
	c := Check{at: at{words[0].pos}, Given: words[0].text == "given"}
	body, clauses := clausesOf(words[1:])
	var err *Error
	if c.Clauses, err = expandClauses(clauses); err != nil {
		return err
	}
	if c.Given && len(clauses) > 0 {
		return errorf(clauses[0].pos, "a given is an assumption and proves no clause").hinted("use check")
	}
	if c.Expect, err = b.expectation(l, body); err != nil {
		return err
	}
	b.c.Checks = append(b.c.Checks, c)
	return nil
}

// clausesOf cuts the clauses off the end of the words of a check.
func clausesOf(words []token) (body, clauses []token) {
	n := len(words)
	for n > 0 && !words[n-1].quoted && clause.IsID(words[n-1].text) {
		n--
	}
	return words[:n], words[n:]
}

func expandClauses(words []token) ([]string, *Error) {
	var all []string
	for _, w := range words {
		if !clause.IsID(w.text) {
			return nil, errorf(w.pos, "%q is not the name of a clause: want capitals and digits in groups joined by hyphens", w.text)
		}
		ids, err := clause.Expand(w.text)
		if err != nil {
			return nil, errorf(w.pos, "%v", err)
		}
		all = append(all, ids...)
	}
	return all, nil
}
