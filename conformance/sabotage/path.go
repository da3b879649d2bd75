package sabotage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// place is one statement of a configuration, with the body that holds it and its full dotted path: component, blocks, name.
type place struct {
	path      string
	in        *river.Body
	statement river.Statement
}

// places lists every statement of a file, outer ones first.
func places(file *river.File) []place {
	found := collect(nil, "", &file.Body)
	return found
}

func collect(found []place, prefix string, body *river.Body) []place {
	for _, s := range body.Statements {
		switch s := s.(type) {
		case *river.Attribute:
			found = append(found, place{path: prefix + s.Name.Text, in: body, statement: s})
		case *river.Block:
			path := prefix + s.Name.Text
			found = append(found, place{path: path, in: body, statement: s})
			found = collect(found, path+".", &s.Body)
		}
	}
	return found
}

// matches tells whether the path of a place ends with the words of pattern.
func (p place) matches(pattern string) bool {
	return p.path == pattern || strings.HasSuffix(p.path, "."+pattern)
}

// blocks returns all blocks of a file whose path ends with pattern.
func blocks(file *river.File, pattern string) []*river.Block {
	var found []*river.Block
	for _, p := range places(file) {
		if b, ok := p.statement.(*river.Block); ok && p.matches(pattern) {
			found = append(found, b)
		}
	}
	return found
}

// inner returns the block of that name in body, made if it is missing.
func inner(body *river.Body, name string) *river.Block {
	if found := body.Blocks(name); len(found) > 0 {
		return found[0]
	}
	b := river.NewBlock(name, "")
	body.Add(b)
	return b
}

// checkPath refuses what cannot be the end of a dotted path.
func checkPath(path string) error {
	if path == "" || slices.Contains(strings.Split(path, "."), "") {
		return fmt.Errorf("path %q: want names joined by dots, like tls_config.server_name", path)
	}
	return nil
}
