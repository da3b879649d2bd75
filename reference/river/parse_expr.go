package river

import "strconv"

func (p *parser) expr() Expr {
	var e Expr
	p.nested(func() { e = p.binary(1) })
	return e
}

// binary reads operators of at least the given precedence.
func (p *parser) binary(least int) Expr {
	left := p.unary()
	for n := 0; ; n++ {
		op := p.peek()
		strength := op.kind.precedence()
		if strength < least {
			return left
		}
		if n >= maxDepth {
			p.fail(op, "", "expression is too long")
			return left
		}
		left = p.operand(left, op, strength)
	}
}

// operand reads the right side of an operator. Only ^ groups to the right.
func (p *parser) operand(left Expr, op token, strength int) Expr {
	p.next()
	if op.kind != "^" {
		strength++
	}
	var right Expr
	p.nested(func() { right = p.binary(strength) })
	start := op.start
	if left != nil {
		start = left.Start().offset
	}
	return &Binary{
		span: p.span(start), Operator: op.text, OperatorPos: p.src.pos(op.start), Left: left, Right: right,
	}
}

func (p *parser) unary() Expr {
	op := p.peek()
	if op.kind != "!" && op.kind != "-" {
		return p.postfix()
	}
	p.next()
	var value Expr
	p.nested(func() { value = p.unary() })
	return &Unary{span: p.span(op.start), Operator: op.text, Value: value}
}

// postfix reads a value and the .name, [index] and (arguments) after it.
func (p *parser) postfix() Expr {
	start := p.peek().start
	e := p.primary()
	for n := 0; ; n++ {
		if n >= maxDepth {
			p.fail(p.peek(), "", "expression is too long")
		}
		switch {
		case p.accept("."):
			t := p.expect(kindName, "after the dot", "")
			e = &Access{Value: e, Name: Name{p.span(t.start), t.text}, span: p.span(start)}
		case p.accept("["):
			index := p.expr()
			p.expect("]", "after the index", "")
			e = &Index{Value: e, Index: index, span: p.span(start)}
		case p.accept("("):
			arguments := p.arguments()
			e = &Call{Function: e, Arguments: arguments, span: p.span(start)}
		default:
			return e
		}
	}
}

func (p *parser) arguments() []Expr {
	var list []Expr
	for !p.is(")") && !p.is(kindEOF) {
		list = append(list, p.expr())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")", "after the arguments", "separate arguments by commas")
	return list
}

func (p *parser) primary() Expr {
	t := p.peek()
	switch t.kind {
	case kindName:
		p.next()
		return p.word(t)
	case kindNumber:
		p.next()
		return &Literal{span: p.span(t.start), Text: t.text, Value: parseNumber(t.text)}
	case kindString:
		p.next()
		// The scanner has already told about strings that cannot be read.
		value, _ := strconv.Unquote(t.text)
		return &Literal{span: p.span(t.start), Text: t.text, Value: value}
	case "(":
		p.next()
		value := p.expr()
		p.expect(")", "after the expression", "")
		return &Paren{span: p.span(t.start), Value: value}
	case "[":
		return p.list()
	case "{":
		return p.object()
	}
	p.fail(t, "", "expected a value, got %s", t.describe())
	return &Literal{span: p.span(t.start), Text: "null"}
}

func (p *parser) word(t token) Expr {
	at := p.span(t.start)
	switch t.text {
	case "null":
		return &Literal{span: at, Text: t.text}
	case "true", "false":
		return &Literal{span: at, Text: t.text, Value: t.text == "true"}
	}
	return &Identifier{Name{at, t.text}}
}

func (p *parser) list() Expr {
	open := p.next()
	list := &List{Multiline: p.opensLine(open)}
	list.Trailing = p.elements("]", "element", func(d decoration) *decoration {
		value := p.expr()
		list.Elements = append(list.Elements, Element{d, value})
		return &list.Elements[len(list.Elements)-1].decoration
	})
	list.span = p.span(open.start)
	return list
}

func (p *parser) object() Expr {
	open := p.next()
	object := &Object{Multiline: p.opensLine(open)}
	object.Trailing = p.elements("}", "field", func(d decoration) *decoration {
		f := p.field()
		f.decoration = d
		object.Fields = append(object.Fields, f)
		return &object.Fields[len(object.Fields)-1].decoration
	})
	object.span = p.span(open.start)
	return object
}

// opensLine tells whether the token after the opening bracket stands on a later line.
func (p *parser) opensLine(open token) bool {
	return p.src.lineOf(p.peek().start) > p.src.lineOf(open.start)
}

// elements reads a list of things separated by commas up to the closing bracket, with the comments around each, and
// returns the comments after the last.
func (p *parser) elements(end kind, what string, read func(decoration) *decoration) []Comment {
	outer := p.loose
	p.loose = nil
	defer func() { p.loose = append(outer, p.loose...) }()
	for !p.is(end) && !p.is(kindEOF) {
		first := p.tokens[p.at]
		d := read(decoration{Blank: p.blankBefore(first), Gap: p.gapBefore(first), Above: p.above()})
		d.Above = append(d.Above, p.loose...)
		p.loose = nil
		if !p.separator(end, what, d) {
			break
		}
	}
	var trailing []Comment
	if !p.failed {
		trailing = p.above()
	}
	p.expect(end, "after the last "+what, "separate them by commas")
	return trailing
}

// separator reads what follows an element, and tells whether another element may come.
func (p *parser) separator(end kind, what string, d *decoration) bool {
	if p.failed {
		return false
	}
	if p.is(kindNewline) {
		p.fail(p.peek(), "add a comma at the end of the line, also after the last "+what, "missing comma after %s", what)
		return false
	}
	if !p.is(",") {
		return false
	}
	p.next()
	d.Beside, p.loose = p.loose, nil
	if p.opensLine(p.tokens[p.at-1]) {
		d.Beside = append(d.Beside, p.beside()...)
	}
	return true
}

func (p *parser) field() Field {
	t := p.peek()
	f := Field{Quoted: t.kind == kindString}
	switch t.kind {
	case kindName:
		p.next()
		f.Key = Name{p.span(t.start), t.text}
	case kindString:
		p.next()
		text, _ := strconv.Unquote(t.text)
		f.Key = Name{p.span(t.start), text}
	default:
		p.fail(t, `write key = value or "key" = value`, "expected the key of a field, got %s", t.describe())
	}
	p.expect("=", "after the key of a field", `write key = value or "key" = value`)
	f.Value = p.expr()
	return f
}
