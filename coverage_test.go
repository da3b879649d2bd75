package touchstone_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// TestEveryClauseIsShown lists the clauses that neither a scenario nor a test shows to hold for the reference, and that do not say why
// nothing can. There must be none.
func TestEveryClauseIsShown(t *testing.T) {
	suite, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	found := scenario.Cover(suite.Scenarios, suite.Clauses)
	for _, c := range found.Open {
		t.Errorf("%s (%s) is shown by nothing: %s", c.ID, c.Level, c.Statement)
	}
	t.Log(found.Summary())
}

// TestTestsThatShowClausesExist looks up what the entries of clauses.yaml name in shown_by.
func TestTestsThatShowClausesExist(t *testing.T) {
	suite, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range suite.Clauses.All() {
		for _, name := range c.ShownBy {
			if !testExists(t, name) {
				t.Errorf("%s is shown by %s, and there is no such test", c.ID, name)
			}
		}
	}
	if !testExists(t, "conformance/scenario#TestCover") || testExists(t, "conformance/scenario#TestNothing") || testExists(t, "nowhere#TestCover") {
		t.Error("the look-up itself is wrong")
	}
}

// testExists tells whether the tests of a folder have the function: FOLDER#TestName.
func testExists(t *testing.T, name string) bool {
	t.Helper()
	folder, test, _ := strings.Cut(name, "#")
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(path string) bool {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Recv == nil && f.Name.Name == test
		})
	})
}
