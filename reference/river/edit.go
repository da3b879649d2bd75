package river

import "slices"

// Attribute returns the attribute of that name that stands directly in the body, or nil.
func (b *Body) Attribute(name string) *Attribute {
	for _, s := range b.Statements {
		if a, ok := s.(*Attribute); ok && a.Name.Text == name {
			return a
		}
	}
	return nil
}

// Attributes returns the attributes directly in the body, in order.
func (b *Body) Attributes() []*Attribute {
	var found []*Attribute
	for _, s := range b.Statements {
		if a, ok := s.(*Attribute); ok {
			found = append(found, a)
		}
	}
	return found
}

// Blocks returns the blocks directly in the body that have one of the names, in order; without names all of them.
func (b *Body) Blocks(names ...string) []*Block {
	var found []*Block
	for _, s := range b.Statements {
		block, ok := s.(*Block)
		if ok && (len(names) == 0 || slices.Contains(names, block.Name.Text)) {
			found = append(found, block)
		}
	}
	return found
}

// Select returns all blocks that are reached by a path of names, one nesting level each:
// Select("prometheus.remote_write", "endpoint", "basic_auth"). A "*" stands for any name.
func (b *Body) Select(path ...string) []*Block {
	if len(path) == 0 {
		return nil
	}
	level := b.Blocks(path[0])
	if path[0] == "*" {
		level = b.Blocks()
	}
	if len(path) == 1 {
		return level
	}
	var found []*Block
	for _, block := range level {
		found = append(found, block.Body.Select(path[1:]...)...)
	}
	return found
}

// Walk calls visit for every statement, outer ones first, with the blocks around it, outermost first. When visit returns
// false for a block, its inside is left out. The visitor may change values and names, but not add or remove statements
// of a body that is being walked; the slice of blocks is only valid during the call.
func (b *Body) Walk(visit func(around []*Block, s Statement) bool) {
	b.walk(nil, visit)
}

func (b *Body) walk(around []*Block, visit func([]*Block, Statement) bool) {
	for _, s := range b.Statements {
		if !visit(around, s) {
			continue
		}
		if block, ok := s.(*Block); ok {
			block.Body.walk(append(around, block), visit)
		}
	}
}

// Set gives the attribute a new value. A new attribute is put after the last attribute of the body, before its blocks.
func (b *Body) Set(name string, value Expr) *Attribute {
	if a := b.Attribute(name); a != nil {
		a.Value = value
		return a
	}
	a := &Attribute{Name: Name{Text: name}, Value: value}
	at := 0
	for i, s := range b.Statements {
		if _, ok := s.(*Attribute); ok {
			at = i + 1
		}
	}
	b.Statements = slices.Insert(b.Statements, at, Statement(a))
	return a
}

// Remove takes the statement out of the body, with its comments, and tells whether it was there.
func (b *Body) Remove(s Statement) bool {
	i := slices.Index(b.Statements, s)
	if i < 0 {
		return false
	}
	b.Statements = slices.Delete(b.Statements, i, i+1)
	return true
}

// RemoveAttribute takes every attribute of that name out of the body and tells whether there was one.
func (b *Body) RemoveAttribute(name string) bool {
	return b.removeIf(func(s Statement) bool {
		a, ok := s.(*Attribute)
		return ok && a.Name.Text == name
	})
}

// RemoveBlocks takes the blocks of that name out of the body and tells whether there was one.
func (b *Body) RemoveBlocks(name string) bool {
	return b.removeIf(func(s Statement) bool {
		block, ok := s.(*Block)
		return ok && block.Name.Text == name
	})
}

func (b *Body) removeIf(unwanted func(Statement) bool) bool {
	before := len(b.Statements)
	b.Statements = slices.DeleteFunc(b.Statements, unwanted)
	return len(b.Statements) < before
}

// Rename gives all attributes and blocks of a name directly in the body another one, and tells whether there was one.
func (b *Body) Rename(from, to string) bool {
	found := false
	for _, s := range b.Statements {
		switch s := s.(type) {
		case *Attribute:
			if s.Name.Text == from {
				s.Name, found = Name{Text: to}, true
			}
		case *Block:
			if s.Name.Text == from {
				s.Name, found = Name{Text: to}, true
			}
		}
	}
	return found
}

// Add appends statements at the end of the body.
func (b *Body) Add(s ...Statement) { b.Statements = append(b.Statements, s...) }

// NewBlock makes a block that stands nowhere yet. The label may be empty.
func NewBlock(name, label string, statements ...Statement) *Block {
	return &Block{Name: Name{Text: name}, Label: Name{Text: label}, Body: Body{Statements: statements}}
}

// NewAttribute makes an attribute that stands nowhere yet.
func NewAttribute(name string, value Expr) *Attribute {
	return &Attribute{Name: Name{Text: name}, Value: value}
}

// Clone returns a deep copy, to edit while the original stays as it is. Positions still point into the parsed text.
func (f *File) Clone() *File {
	return &File{Name: f.Name, Body: f.Body.clone()}
}

// Clone returns a deep copy of the block.
func (b *Block) Clone() *Block {
	c := *b
	c.Body = b.Body.clone()
	return &c
}

func (b *Body) clone() Body {
	c := Body{Trailing: b.Trailing}
	for _, s := range b.Statements {
		switch s := s.(type) {
		case *Attribute:
			a := *s
			a.Value = CloneExpr(s.Value)
			c.Statements = append(c.Statements, &a)
		case *Block:
			c.Statements = append(c.Statements, s.Clone())
		}
	}
	return c
}
