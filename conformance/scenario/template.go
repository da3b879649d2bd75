package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fill replaces every {{NAME}} in text by what lookup knows under that name. The error names the first template that it does
// not know.
func Fill(text string, lookup func(name string) (string, bool)) (string, error) {
	filled, err := replace(text, func(name string, _ int) (string, error) {
		value, ok := lookup(name)
		if !ok {
			return "", fmt.Errorf("fill in {{%s}}: no such value", name)
		}
		return value, nil
	})
	return filled, err
}

// replace hands every template to fill, with its offset in the text.
func replace(text string, fill func(name string, offset int) (string, error)) (string, error) {
	var b strings.Builder
	offset := 0
	for {
		before, after, found := strings.Cut(text[offset:], "{{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		at := offset + len(before)
		name, _, closed := strings.Cut(after, "}}")
		if !closed || strings.ContainsAny(name, "\n{") {
			// Two braces that no template begins with, as in a map of maps, are text.
			b.WriteString("{{")
			offset = at + len("{{")
			continue
		}
		value, err := fill(strings.TrimSpace(name), at)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		offset = at + len("{{") + len(name) + len("}}")
	}
}

// fakeProperties are what templates can ask of a fake.
var fakeProperties = []string{"url", "addr", "host", "port", "ca", "ca.pem", "client.cert", "client.key",
	"client.cert.pem", "client.key.pem", "token_url"}

// runtimeNames are the templates known at run time only that belong to no fake.
var runtimeNames = []string{"dir", "scrape"}

// Date tells whether a template asks for a date, as date+30s does, and how far ahead. It fails when that is no duration.
func Date(name string) (ahead time.Duration, dated bool, err error) {
	text, dated := strings.CutPrefix(name, "date+")
	if !dated {
		return 0, false, nil
	}
	ahead, err = time.ParseDuration(text)
	if err != nil || ahead < 0 {
		return 0, true, fmt.Errorf("template {{%s}}: want a duration behind date+, as in {{date+30s}}", name)
	}
	return ahead, true, nil
}

// values are the axes and lets of one case, and what of them was used.
type values struct {
	s     *Scenario
	lane  Lane
	texts map[string]string
	used  map[string]bool // names of axes, lets and files
	fakes map[string]Pos  // declared anywhere in the case
}

// fill replaces the templates that are known when a scenario is expanded and checks the names of the others. config tells
// which lines of inserted files to keep.
func (v *values) fill(text string, place func(offset int) Pos, lines variant) (string, *Error) {
	return v.fillDeep(text, place, lines, nil)
}

func (v *values) fillDeep(text string, place func(int) Pos, lines variant, inside []string) (string, *Error) {
	problem := v.unclosed(text, place)
	if problem != nil {
		return "", problem
	}
	filled, err := replace(text, func(name string, offset int) (string, error) {
		value, err := v.value(name, place(offset), lines, inside)
		if err != nil {
			problem = err
			return "", err
		}
		return value, nil
	})
	if err != nil {
		return "", problem
	}
	if len(filled) > mostText {
		return "", errorf(place(0), "the templates here grow to more than %d bytes", mostText)
	}
	return filled, nil
}

// opened is what may be a template whose end is missing: a name behind two braces, then one brace or the end of the line.
var opened = regexp.MustCompile(`(?m)\{\{ *([a-z][a-z0-9_]*)[a-z0-9_. ]*(?:\}(?:[^}]|$)|$)`)

// unclosed refuses a template that is not closed. Two braces before anything but a name that is known are text.
func (v *values) unclosed(text string, place func(int) Pos) *Error {
	for _, at := range opened.FindAllStringSubmatchIndex(text, -1) {
		name := text[at[2]:at[3]]
		_, fake := v.fakes[name]
		if fake || name == "lane" || slices.Contains(runtimeNames, name) || slices.Contains(v.s.names(), name) {
			return errorf(place(at[0]), "the template {{%s is not closed with }}", name)
		}
	}
	return nil
}

// mostText is the longest text that templates may grow to, in bytes.
const mostText = 1 << 20

func (v *values) value(name string, pos Pos, lines variant, inside []string) (string, *Error) {
	if file, ok := strings.CutPrefix(name, "include "); ok {
		return v.insert(strings.TrimSpace(file), pos, lines, inside)
	}
	if name == "lane" {
		return string(v.lane), nil
	}
	head, property, _ := strings.Cut(name, ".")
	if value, ok := v.texts[head]; ok {
		v.used[head] = true
		// A let may have taken an attached file in, marked lines and all.
		value = File{Text: value}.keep(lines).Text
		return v.part(head, value, property, pos, lines, inside)
	}
	if _, dated, err := Date(name); err != nil {
		return "", errorf(pos, "%v", err)
	} else if dated || slices.Contains(runtimeNames, name) {
		return "{{" + name + "}}", nil
	}
	if _, ok := v.fakes[head]; ok && slices.Contains(fakeProperties, property) {
		return "{{" + name + "}}", nil
	}
	return "", v.unknown(name, pos)
}

// part resolves what may follow the name of an axis or let: nothing, text, a number, or a number and text.
func (v *values) part(name, value, property string, pos Pos, lines variant, inside []string) (string, *Error) {
	if property == "" {
		return value, nil
	}
	whole, rest := []string{value}, property
	parts := strings.Split(value, "+")
	number, tail, _ := strings.Cut(property, ".")
	if n, err := strconv.Atoi(number); err == nil {
		if n < 1 || n > len(parts) {
			return "", errorf(pos, "{{%s.%s}}: the value %q has %d parts", name, property, value, len(parts))
		}
		parts, whole, rest = parts[n-1:n], parts[n-1:n], tail
	}
	switch rest {
	case "":
		return whole[0], nil
	case "text":
		var b strings.Builder
		for _, part := range parts {
			text, err := v.insert(name+"/"+part, pos, lines, inside)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		}
		return strings.TrimSuffix(b.String(), "\n"), nil
	}
	return "", errorf(pos, "unknown template {{%s.%s}}: want {{%s}}, {{%s.text}}, {{%s.1}} or {{%s.1.text}}", name, property, name, name, name, name)
}

// insert returns the filled text of an attached file.
func (v *values) insert(file string, pos Pos, lines variant, inside []string) (string, *Error) {
	if slices.Contains(inside, file) {
		return "", errorf(pos, "the file %q includes itself", file)
	}
	f, err := v.file(file, pos)
	if err != nil {
		return "", err
	}
	f = f.keep(lines)
	return v.fillDeep(f.Text, f.placed, lines, append(inside, file))
}

// file finds an attached file.
func (v *values) file(name string, pos Pos) (File, *Error) {
	var names []string
	for _, f := range v.s.Files {
		if f.Name == name {
			v.used["file "+name] = true
			return f, nil
		}
		names = append(names, f.Name)
	}
	e := errorf(pos, "no file %q is attached", name)
	e.Hint = nearest(name, names)
	return File{}, e
}

func (v *values) unknown(name string, pos Pos) *Error {
	candidates := append([]string{"lane"}, runtimeNames...)
	candidates = append(candidates, v.s.names()...)
	for fake := range v.fakes {
		for _, property := range fakeProperties {
			candidates = append(candidates, fake+"."+property)
		}
	}
	slices.Sort(candidates)
	e := errorf(pos, "unknown template {{%s}}", name)
	e.Hint = nearest(name, candidates)
	return e
}
