package river

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Validator is a struct that can tell whether its values make sense together. Validate is called after a block and those
// inside it were decoded without an error, also when something inside was refused by its own Validate. The position of a
// *FieldError is that of the field, of every other error that of the block; joined errors are told apart.
type Validator interface{ Validate() error }

func (d *decoder) validate(b *Block, into reflect.Value, info structFields) {
	before := len(d.errs)
	for i := len(info.squashed) - 1; i >= 0; i-- {
		d.refusals(b, into.FieldByIndex(info.squashed[i]), info, before)
	}
	d.refusals(b, into, info, before)
}

// refusals asks one struct. What was said of the block before, from that index on, is not said again: embedding promotes
// the inner Validate to the outer struct.
func (d *decoder) refusals(b *Block, v reflect.Value, info structFields, said int) {
	validator, ok := v.Addr().Interface().(Validator)
	if !ok {
		return
	}
	for _, err := range flatten(validator.Validate()) {
		if r := refusal(b, info, err); !slices.Contains(d.errs[said:], r) {
			d.errs = append(d.errs, r)
			d.refused++
		}
	}
}

// Refusal gives an error about the decoded arguments of a block its place, as if Validate had returned it: that of the
// field for a *FieldError, else that of the block. args is the struct, or a pointer to it, that the block was decoded into.
func Refusal(b *Block, args any, err error) Diagnostics {
	info := fieldsOf(reflect.Indirect(reflect.ValueOf(args)).Type())
	var list Diagnostics
	for _, e := range flatten(err) {
		list = append(list, refusal(b, info, e))
	}
	return list
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flatten(e)...)
	}
	return list
}

// refusal gives an error of Validate its place.
func refusal(b *Block, info structFields, err error) Diagnostic {
	var field *FieldError
	if !errors.As(err, &field) {
		return ErrorAt(b.Name, "", "%s: %v", b.ID(), err)
	}
	place, info := locateField(b, info, field.Field)
	if a, ok := place.(*Attribute); ok {
		place = a.Value
		if f, known := info.find(attributeField, a.Name.Text); !known || field.Masked || holdsSecret(f.typ) {
			place = a.Name
		}
	}
	return ErrorAt(place, "", "%s: %v", b.ID(), err)
}

// locateField finds what FieldError.Field names: an attribute, an element of a list in one, or the name of a block. What is not
// written in the configuration is found at the innermost block that is. The second result are the fields of the block that
// holds the place.
func locateField(b *Block, info structFields, field string) (Node, structFields) {
	if a := b.Body.Attribute(field); a != nil {
		return a, info
	}
	if name, _, indexed := strings.Cut(field, "["); indexed && b.Body.Attribute(name) != nil {
		number, _ := cutIndex(strings.TrimPrefix(field, name))
		return partOf(b.Body.Attribute(name).Value, number), info
	}
	for _, name := range blockNames(b) {
		rest, ok := strings.CutPrefix(field, name)
		if !ok {
			continue
		}
		number, rest := cutIndex(rest)
		blocks := b.Body.Blocks(name)
		if number >= len(blocks) {
			continue
		}
		if rest == "" {
			return blocks[number].Name, info
		}
		if inner, ok := strings.CutPrefix(rest, "."); ok {
			return locateField(blocks[number], info.inside(name), inner)
		}
	}
	return b.Name, info
}

// blockNames are the names of the blocks inside b, longest first.
func blockNames(b *Block) []string {
	var names []string
	for _, inner := range b.Body.Blocks() {
		names = append(names, inner.Name.Text)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(names)
}

// cutIndex reads [n] at the start of the text; without one the index is 0.
func cutIndex(text string) (int, string) {
	if inner, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		if n, err := strconv.Atoi(inner); err == nil && n >= 0 {
			return n, rest
		}
	}
	return 0, text
}
