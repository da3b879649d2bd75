package clause_test

import (
	"os"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// TestTable loads the project's own table and holds it to the rule that what is known from code only does not bind.
func TestTable(t *testing.T) {
	set, err := clause.Load(os.DirFS("../../scenarios"), "clauses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if set.Len() < 700 {
		t.Errorf("only %d clauses", set.Len())
	}
	for _, c := range set.All() {
		if c.Level.Binding() && strings.Contains(c.Statement, "(from code)") {
			t.Errorf("%s is known from code only and binds all the same", c.ID)
		}
	}
}
