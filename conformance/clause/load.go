package clause

import (
	"bytes"
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is the largest table that Load reads, in bytes.
const MaxSize = 4 << 20

// Load reads the table in the file called name. Unknown keys, duplicate keys and names, anchors, aliases and files above
// MaxSize are refused; errors name file and line where YAML is wrong, and the clause where its content is.
func Load(fsys fs.FS, name string) (*Set, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read clauses: %w", err)
	}
	var clauses []Clause
	if err := Strict(data, MaxSize, &clauses); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	set, err := New(clauses)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return set, nil
}

// Strict decodes YAML into v and refuses what a hand-written table never needs: more than limit bytes, several documents,
// anchors, aliases, unknown and repeated keys.
func Strict(data []byte, limit int, v any) error {
	if len(data) > limit {
		return fmt.Errorf("file has %d bytes, more than %d", len(data), limit)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return fmt.Errorf("parse YAML: %w", err)
	}
	if len(file.Docs) != 1 {
		return fmt.Errorf("want one YAML document, found %d", len(file.Docs))
	}
	w := &references{}
	ast.Walk(w, file.Docs[0])
	if w.found != nil {
		at := w.found.GetToken().Position
		return fmt.Errorf("line %d, column %d: anchors and aliases are not allowed", at.Line, at.Column)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField())
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("decode YAML: %w", err)
	}
	return nil
}

// references finds the first anchor or alias of a document.
type references struct{ found ast.Node }

func (r *references) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		if r.found == nil {
			r.found = n
		}
		return nil
	}
	return r
}
