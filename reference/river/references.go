package river

import "strings"

// Reference is a dotted path in an expression, as far as it consists of plain names: prometheus.remote_write.m.receiver.
type Reference struct {
	span
	Names []Name
}

// String joins the names with dots.
func (r Reference) String() string {
	words := make([]string, len(r.Names))
	for i, n := range r.Names {
		words[i] = n.Text
	}
	return strings.Join(words, ".")
}

// References returns every reference in the body and in the blocks inside it, in the order of the text. Functions that
// are called are references too.
func (b *Body) References() []Reference {
	var found []Reference
	b.Walk(func(_ []*Block, s Statement) bool {
		if a, ok := s.(*Attribute); ok {
			WalkExpr(a.Value, func(e Expr) bool {
				r, ok := asReference(e)
				if ok {
					found = append(found, r)
				}
				return !ok
			})
		}
		return true
	})
	return found
}

// asReference reads an expression as a path of names.
func asReference(e Expr) (Reference, bool) {
	switch e := e.(type) {
	case *Identifier:
		return Reference{e.span, []Name{e.Name}}, true
	case *Access:
		r, ok := asReference(e.Value)
		return Reference{e.span, append(r.Names, e.Name)}, ok
	}
	return Reference{}, false
}
