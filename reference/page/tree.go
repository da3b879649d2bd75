package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// tree is a JSON value whose fields have kept their order.
type tree struct {
	kind byte
	text string
	// note is said beside the text: how long ago a time was.
	note   string
	fields []field
	items  []tree
}

// The kinds of a tree.
const (
	nothing = iota
	object
	list
	text
	literal
)

// field is one entry of an object.
type field struct {
	Name  string
	Value tree
}

// reader makes trees; times in them are shown with their distance from now.
type reader struct {
	*json.Decoder
	now time.Time
}

// newTree shows a value as its JSON does, so that what hides itself there is hidden here. nil is an empty tree.
func newTree(v any, now time.Time) (tree, error) {
	if v == nil {
		return tree{}, nil
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return tree{}, fmt.Errorf("show a value as JSON: %w", err)
	}
	r := reader{json.NewDecoder(bytes.NewReader(encoded)), now}
	r.UseNumber()
	return r.tree(), nil
}

// tree reads one value. What is read was written by the same library, so no token can be wrong.
func (r reader) tree() tree {
	switch token := r.token().(type) {
	case json.Delim:
		return r.composite(token)
	case string:
		if t, err := time.Parse(time.RFC3339Nano, token); err == nil {
			return newMoment(t, r.now)
		}
		return tree{kind: text, text: token}
	default:
		return tree{kind: literal, text: fmt.Sprint(token)}
	}
}

func (r reader) token() json.Token {
	token, _ := r.Token()
	return token
}

func (r reader) composite(open json.Delim) tree {
	t := tree{kind: list}
	if open == '{' {
		t.kind = object
	}
	for r.More() {
		if t.kind == list {
			t.items = append(t.items, r.tree())
			continue
		}
		name := fmt.Sprint(r.token())
		t.fields = append(t.fields, field{name, r.tree()})
	}
	r.token()
	return t
}

func newMoment(t, now time.Time) tree {
	m := tree{kind: literal, text: t.UTC().Format("2006-01-02 15:04:05") + " UTC"}
	if past := now.Sub(t).Round(time.Second); past >= 0 {
		m.note = past.String() + " ago"
	}
	return m
}

// Empty tells whether there is nothing to show.
func (t tree) Empty() bool { return t.text == "" && len(t.fields) == 0 && len(t.items) == 0 }

// Plain tells whether the value is one text.
func (t tree) Plain() bool { return t.kind == text || t.kind == literal }

// Text is that of a plain value.
func (t tree) Text() string { return t.text }

// Quoted tells whether a plain value is a text and no number, bool or time.
func (t tree) Quoted() bool { return t.kind == text }

// Note is what is said beside the text.
func (t tree) Note() string { return t.note }

// Fields are those of an object.
func (t tree) Fields() []field { return t.fields }

// Items are those of a list.
func (t tree) Items() []tree { return t.items }

// Labels tells whether the value is a set of names with one text each.
func (t tree) Labels() bool {
	return t.kind == object && !slices.ContainsFunc(t.fields, func(f field) bool { return !f.Value.Plain() })
}

// widest is the most columns that a table can have to be read.
const widest = 10

// Table tells whether the value is shown as a table: a list of objects that are no mere labels, fit into their cells and have
// few columns.
func (t tree) Table() bool {
	columns := t.Columns()
	unfit := func(item tree) bool { return item.kind != object || slices.ContainsFunc(item.fields, field.deep) }
	plain := !slices.ContainsFunc(t.items, func(item tree) bool { return !item.Labels() })
	labels := plain && !slices.Contains(columns, "health")
	return len(t.items) > 0 && !slices.ContainsFunc(t.items, unfit) && !labels && len(columns) <= widest
}

// deep tells whether the value holds more than a cell of a table can show.
func (f field) deep() bool {
	return f.Value.kind == object && !f.Value.Labels() || f.Value.kind == list && !f.Value.Flat()
}

// Flat tells whether the value is a list of texts.
func (t tree) Flat() bool {
	return t.kind == list && !slices.ContainsFunc(t.items, func(item tree) bool { return !item.Plain() })
}

// Columns are the names in the objects of a list. A name that only some objects have stands where they have it.
func (t tree) Columns() []string {
	var names []string
	for _, item := range t.items {
		after := 0
		for _, f := range item.fields {
			at := slices.Index(names, f.Name)
			if at < 0 {
				at = after
				names = slices.Insert(names, at, f.Name)
			}
			after = at + 1
		}
	}
	return names
}

// Row is the object's values under these columns, empty ones where it has none.
func (t tree) Row(columns []string) []field {
	row := make([]field, len(columns))
	for i, name := range columns {
		row[i].Name = name
		if at := slices.IndexFunc(t.fields, func(f field) bool { return f.Name == name }); at >= 0 {
			row[i].Value = t.fields[at].Value
		}
	}
	return row
}
