package river

import (
	"reflect"
	"slices"
	"strings"
)

// Defaulter is a struct that knows its defaults. SetDefaults is called before a block is decoded into it, so that an
// attribute that is left out keeps its default.
type Defaulter interface{ SetDefaults() }

// Decode evaluates a block into the struct that v points to. The error is of type Diagnostics and holds everything wrong.
//
// Fields are filled by their tags:
//
//	`river:"name,attr"`     an attribute that must be given; `river:"name,attr,optional"` one that may be left out
//	`river:"name,block"`    a block (struct or pointer) or any number of them (slice); likewise with ",optional"
//	`river:",label"`        the label of the block
//	`river:",squash"`       an embedded exported struct whose fields count as the outer one's
//	`element:"Receiver"`    beside it: what errors call the elements of a list of references
//
// Attributes decode into strings, bools, numbers, Secret, time.Duration ("15s"), slices, maps with string keys, structs
// (from an object), types with UnmarshalText (from a string), and interfaces or other Go types which the value of a
// reference satisfies; null leaves pointers, slices, maps and interfaces empty.
//
// A struct may be a Defaulter and a Validator. The methods of embedded structs are called before those of the outer one.
func Decode(block *Block, scope Scope, v any) error {
	d := &decoder{evaluator: evaluator{scope}}
	d.block(block, reflect.ValueOf(v).Elem())
	return d.errs.err()
}

// decoder collects everything that is wrong with a block.
type decoder struct {
	evaluator
	errs Diagnostics
	// refused counts those of errs that come from Validate.
	refused int
	// depth is 0 in the outermost block, whose label is its own business.
	depth int
}

func (d *decoder) fail(n Node, hint, format string, args ...any) {
	d.errs = append(d.errs, ErrorAt(n, hint, format, args...))
}

func (d *decoder) block(b *Block, into reflect.Value) {
	info := fieldsOf(into.Type())
	before := d.unreadable()
	setDefaults(into, info)
	d.label(b, into, info)
	seen := map[string]*Attribute{}
	for _, a := range b.Body.Attributes() {
		d.attribute(b, a, into, info, seen)
	}
	d.blocks(b, into, info)
	// After a misspelt name it would be noise that the name meant is missing.
	if !d.misspelt(b, info) {
		d.missing(b, info)
	}
	if d.unreadable() == before {
		d.validate(b, into, info)
	}
}

// unreadable is how many mistakes there are after which values are missing. What Validate refuses is there all the same, so the
// block around it can still be judged.
func (d *decoder) unreadable() int { return len(d.errs) - d.refused }

// setDefaults lets embedded structs set theirs first, so that the outer one has the last word.
func setDefaults(into reflect.Value, info structFields) {
	for i := len(info.squashed) - 1; i >= 0; i-- {
		if v, ok := into.FieldByIndex(info.squashed[i]).Addr().Interface().(Defaulter); ok {
			v.SetDefaults()
		}
	}
	if v, ok := into.Addr().Interface().(Defaulter); ok {
		v.SetDefaults()
	}
}

func (d *decoder) label(b *Block, into reflect.Value, info structFields) {
	labels := info.of(labelField)
	switch {
	case len(labels) > 0 && b.Label.Text == "":
		d.fail(b.Name, "write "+b.Name.Text+` "LABEL" { ... }`, "block %q has no label", b.Name.Text)
	case len(labels) > 0:
		into.FieldByIndex(labels[0].index).SetString(b.Label.Text)
	case b.Label.Text != "" && d.depth > 0:
		d.fail(b.Label, "remove it", "block %q takes no label", b.Name.Text)
		d.errs[len(d.errs)-1].secret = true // it may rather be an attribute without its =
	}
}

func (d *decoder) attribute(b *Block, a *Attribute, into reflect.Value, info structFields, seen map[string]*Attribute) {
	f, ok := info.find(attributeField, a.Name.Text)
	if !ok {
		d.unknown(b, a.Name, attributeField, info)
		return
	}
	if first := seen[a.Name.Text]; first != nil {
		d.fail(a.Name, "remove one of them", "attribute %q is given twice in %s, first on line %d", a.Name.Text, b.ID(), first.Name.start.Line())
		return
	}
	seen[a.Name.Text] = a
	v, diagnostic := d.eval(a.Value)
	if diagnostic != nil {
		d.errs = append(d.errs, guard(*diagnostic, a, f.typ))
		return
	}
	if m := convert(v, into.FieldByIndex(f.index)); m != nil {
		m.rename(f)
		d.errs = append(d.errs, m.diagnostic(a))
	}
}

// guard keeps a secret that was written without quotes, and so taken for a name, out of the message. A map of texts, such as
// headers, may hold some.
func guard(d Diagnostic, a *Attribute, t reflect.Type) Diagnostic {
	if !holdsSecret(t) && t.Kind() != reflect.Map {
		return d
	}
	d.secret = true
	if d.undefined {
		d.Message, d.Hint = "a name in the value of "+quoted(a.Name.Text)+" is not defined", quotesHint
	}
	return d
}

// blocks decodes the blocks inside b, each kind in the order of the text.
func (d *decoder) blocks(b *Block, into reflect.Value, info structFields) {
	d.depth++
	defer func() { d.depth-- }()
	seen := map[string]*Block{}
	for _, inner := range b.Body.Blocks() {
		f, ok := info.find(blockField, inner.Name.Text)
		if !ok {
			d.unknown(b, inner.Name, blockField, info)
			continue
		}
		first := seen[f.name]
		if first != nil && !f.repeats() {
			d.fail(inner.Name, "remove one of them", "block %q is given twice in %s, first on line %d", f.name, b.ID(), first.Name.start.Line())
			continue
		}
		seen[f.name] = inner
		d.inner(inner, into.FieldByIndex(f.index), first == nil)
	}
}

// inner decodes one block into a struct, a pointer to one, or a slice of either.
func (d *decoder) inner(b *Block, into reflect.Value, first bool) {
	switch into.Kind() {
	case reflect.Slice:
		if first {
			// What the defaults put there gives way to what is written.
			into.Set(reflect.Zero(into.Type()))
		}
		element := reflect.New(into.Type().Elem()).Elem()
		d.inner(b, element, true)
		into.Set(reflect.Append(into, element))
	case reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		if !into.IsNil() {
			// A default that others may share is not written to.
			fresh.Elem().Set(into.Elem())
		}
		d.block(b, fresh.Elem())
		into.Set(fresh)
	default:
		d.block(b, into)
	}
}

func (d *decoder) unknown(b *Block, name Name, kind fieldKind, info structFields) {
	names := info.names(kind)
	word, other := "attribute", blockField
	if kind == blockField {
		word, other = "block", attributeField
	}
	hint := didYouMean(name.Text, names)
	inside := info.containing(kind, name.Text)
	switch _, misplaced := info.find(other, name.Text); {
	case inside != "":
		hint = name.Text + " belongs into the block " + inside
	case misplaced && kind == attributeField:
		hint = name.Text + " is a block: write " + name.Text + " { ... } without the equals sign"
	case misplaced:
		hint = name.Text + " is an attribute: write " + name.Text + " = ..."
	case hint == "" && len(names) == 0:
		hint = b.Name.Text + " has no " + word + "s"
	case hint == "":
		hint = "known are " + strings.Join(names, ", ")
	}
	d.fail(name, hint, "unknown %s %q in %s", word, name.Text, b.ID())
}

// misspelt tells whether a name in the block is unknown and close to one that must be given.
func (d *decoder) misspelt(b *Block, info structFields) bool {
	var required []string
	for _, f := range info.fields {
		if !f.optional && f.kind != labelField {
			required = append(required, f.name)
		}
	}
	return slices.ContainsFunc(b.Body.Statements, func(s Statement) bool {
		name, kind := s.name()
		_, known := info.find(kind, name)
		return !known && Nearest(name, required) != ""
	})
}

func (d *decoder) missing(b *Block, info structFields) {
	for _, f := range info.fields {
		switch {
		case f.optional || f.kind == labelField:
		case f.kind == attributeField && b.Body.Attribute(f.name) == nil:
			d.fail(b.Name, "add "+f.name+" = ...", "attribute %q is missing in %s", f.name, b.ID())
		case f.kind == blockField && len(b.Body.Blocks(f.name)) == 0 && !f.repeats():
			d.fail(b.Name, "add "+f.name+" { ... }", "block %q is missing in %s", f.name, b.ID())
		case f.kind == blockField && len(b.Body.Blocks(f.name)) == 0:
			d.fail(b.Name, "add "+f.name+" { ... }", "%s needs at least one block %q", b.ID(), f.name)
		}
	}
}
