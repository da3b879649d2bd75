package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNoClock holds the packages that judge to their promise: they read no clock and wait for nothing.
func TestNoClock(t *testing.T) {
	forbidden := []string{"Now", "After", "AfterFunc", "Sleep", "Since", "Until", "Tick", "NewTimer", "NewTicker"}
	seen := 0
	for _, folder := range []string{".", "../scenario", "../report", "../observe", "../clause"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			seen++
			for _, use := range clockUses(t, name, forbidden) {
				t.Errorf("%s uses time.%s", use.pos, use.name)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d files were looked at", seen)
	}
}

type use struct {
	pos  token.Position
	name string
}

func clockUses(t *testing.T, name string, forbidden []string) []use {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var uses []use
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains(forbidden, sel.Sel.Name) {
			uses = append(uses, use{fset.Position(sel.Pos()), sel.Sel.Name})
		}
		return true
	})
	return uses
}
