package river

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// fieldKind is what a struct field is filled from.
type fieldKind string

const (
	attributeField fieldKind = "attr"
	blockField     fieldKind = "block"
	labelField     fieldKind = "label"
)

// structField is one field with a river tag, its name as written in a configuration.
type structField struct {
	name     string
	kind     fieldKind
	optional bool
	index    []int
	typ      reflect.Type
	// element is what the documents call the values in it, where Go's name would tell a user nothing.
	element string
}

// repeats tells whether a block may be given more than once.
func (f structField) repeats() bool { return f.typ.Kind() == reflect.Slice }

// structFields is what the tags of a struct say.
type structFields struct {
	fields []structField
	// squashed are the embedded structs whose fields count as the outer struct's own.
	squashed [][]int
}

// fieldsOf reads the tags of a struct. A tag that means nothing is a mistake in the program and panics.
func fieldsOf(t reflect.Type) structFields {
	var all structFields
	for i := range t.NumField() {
		field := t.Field(i)
		tag, ok := field.Tag.Lookup("river")
		if !ok {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !field.IsExported() {
			panic(fmt.Sprintf("river: field %s of %s has a tag but is not exported", field.Name, t))
		}
		if options == "squash" {
			all.squash(fieldsOf(field.Type), i)
			continue
		}
		f := structField{name: name, index: []int{i}, typ: field.Type, element: field.Tag.Get("element")}
		f.parse(options, t, field.Name)
		all.fields = append(all.fields, f)
	}
	return all
}

func (s *structFields) squash(inner structFields, at int) {
	s.squashed = append(s.squashed, []int{at})
	for _, index := range inner.squashed {
		s.squashed = append(s.squashed, append([]int{at}, index...))
	}
	for _, f := range inner.fields {
		f.index = append([]int{at}, f.index...)
		s.fields = append(s.fields, f)
	}
}

func (f *structField) parse(options string, t reflect.Type, field string) {
	kind, rest, _ := strings.Cut(options, ",")
	f.kind, f.optional = fieldKind(kind), rest == "optional"
	known := f.kind == attributeField || f.kind == blockField || f.kind == labelField
	if !known || rest != "" && !f.optional {
		panic(fmt.Sprintf("river: field %s of %s has the unknown tag option %q", field, t, options))
	}
}

func (s structFields) of(kind fieldKind) []structField {
	return slices.DeleteFunc(slices.Clone(s.fields), func(f structField) bool { return f.kind != kind })
}

func (s structFields) attributes() []structField { return s.of(attributeField) }

// find returns the attribute or block of that name.
func (s structFields) find(kind fieldKind, name string) (structField, bool) {
	i := slices.IndexFunc(s.fields, func(f structField) bool { return f.kind == kind && f.name == name })
	if i < 0 {
		return structField{}, false
	}
	return s.fields[i], true
}

// inside returns the fields of the block of that name, none when there is no such block.
func (s structFields) inside(block string) structFields {
	f, known := s.find(blockField, block)
	if !known {
		return structFields{}
	}
	t := f.typ
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return fieldsOf(t)
}

// containing is the block whose fields have one of that name, empty when none or several do.
func (s structFields) containing(kind fieldKind, name string) string {
	var found []string
	for _, f := range s.of(blockField) {
		if _, has := s.inside(f.name).find(kind, name); has {
			found = append(found, f.name)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

func (s structFields) names(kind fieldKind) []string {
	var names []string
	for _, f := range s.of(kind) {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}

// holdsSecret tells whether values of the type contain secrets.
func holdsSecret(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer:
		return holdsSecret(t.Elem())
	}
	return t == secretType
}
