package river

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

// Diagnostic is one thing that is wrong in a configuration.
type Diagnostic struct {
	// Pos is where it is wrong, End where that place ends. Pos is invalid for a file that was not parsed from text.
	Pos, End Pos
	// Message says what is wrong, in lower case, and names the offender.
	Message string
	// Hint says what to do about it; it may be empty.
	Hint string
	// secret hides the text at the place itself, because it may be a secret.
	secret bool
	// unclosed is set for a string or a comment that has no end.
	unclosed bool
	// undefined is set when the message quotes a name of the text that means nothing.
	undefined bool
}

// Error is one line: file:line:column: message (hint).
func (d Diagnostic) Error() string {
	text := d.Message
	if d.Pos.IsValid() {
		text = d.Pos.String() + ": " + text
	}
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	return text
}

// Diagnostics is what Parse and Decode return as their error: everything found wrong, in the order of the text.
type Diagnostics []Diagnostic

// Error is one line: the first diagnostic and how many more there are.
func (ds Diagnostics) Error() string {
	switch len(ds) {
	case 0:
		return "no errors"
	case 1:
		return ds[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", ds[0].Error(), len(ds)-1)
}

// err avoids the error that is not nil but holds nothing.
func (ds Diagnostics) err() error {
	if len(ds) == 0 {
		return nil
	}
	ds.Sort()
	return ds
}

// Sort brings diagnostics about one file into the order of its text.
func (ds Diagnostics) Sort() {
	sort.SliceStable(ds, func(i, k int) bool { return ds[i].Pos.offset < ds[k].Pos.offset })
}

// upToUnclosed leaves out what follows a string or comment that is never closed: it is about what may belong inside.
func (ds Diagnostics) upToUnclosed() Diagnostics {
	end := math.MaxInt
	for _, d := range ds {
		if d.unclosed {
			end = min(end, d.Pos.offset)
		}
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d Diagnostic) bool { return d.Pos.offset > end })
}

// Explain renders an error for people: for each diagnostic in it a line with the place and the message, the line of the
// configuration with a caret under the place, and what to do. Strings that are not themselves at the place are masked,
// because they may be secrets. Other errors are rendered as their text. The result ends with a newline.
func Explain(err error) string {
	var list Diagnostics
	var one Diagnostic
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = Diagnostics{one}
	default:
		return err.Error() + "\n"
	}
	var out strings.Builder
	for _, d := range list[:min(len(list), maxErrors)] {
		d.explain(&out)
	}
	if more := len(list) - maxErrors; more > 0 {
		fmt.Fprintf(&out, "and %d more\n", more)
	}
	return out.String()
}

func (d Diagnostic) explain(out *strings.Builder) {
	if d.Pos.IsValid() {
		fmt.Fprintf(out, "%s: ", d.Pos)
	}
	fmt.Fprintln(out, d.Message)
	if d.Pos.IsValid() {
		excerpt(out, d)
	}
	if d.Hint != "" {
		fmt.Fprintf(out, "  %s\n", d.Hint)
	}
}

// FieldError lets a Validate method name the argument that it refuses, so that the message can carry its position.
type FieldError struct {
	// Field is the name of an attribute or block, as written in a configuration. "endpoint[1]" is the second block named
	// endpoint, "endpoint[1].url" its attribute url. "targets[1]" is the second element of the list in the attribute targets.
	Field string
	Err   error
	// Masked keeps the value of the argument out of what is shown, although its type is no secret.
	Masked bool
}

// Error is the text of the error inside.
func (e *FieldError) Error() string { return e.Err.Error() }

// Unwrap returns the error inside.
func (e *FieldError) Unwrap() error { return e.Err }

// Fieldf makes a FieldError with a formatted message.
func Fieldf(field, format string, args ...any) error {
	return &FieldError{Field: field, Err: fmt.Errorf(format, args...)}
}

// Within makes an error about the arguments inside a block one about those around it: the field of a *FieldError gets the
// block's name and a dot in front, any other error becomes a *FieldError of the block. Joined errors stay joined, a nil error
// stays nil, and without a block the error stays as it is.
func Within(block string, err error) error {
	if err == nil || block == "" {
		return err
	}
	var all []error
	for _, e := range flatten(err) {
		all = append(all, within(block, e))
	}
	return errors.Join(all...)
}

func within(block string, err error) error {
	var inner *FieldError
	if errors.As(err, &inner) {
		return &FieldError{Field: block + "." + inner.Field, Err: err, Masked: inner.Masked}
	}
	return &FieldError{Field: block, Err: err}
}

// ErrorAt makes a diagnostic about a node. The hint may be empty.
func ErrorAt(n Node, hint, format string, args ...any) Diagnostic {
	return Diagnostic{Pos: n.Start(), End: n.End(), Message: fmt.Sprintf(format, args...), Hint: hint}
}
