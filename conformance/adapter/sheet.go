package adapter

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// kind says how the value of a setting is written in another language.
type kind int

const (
	plain    kind = iota
	duration      // Go's spelling becomes milliseconds
	pem           // text becomes the path of a file that holds it
	size          // a number becomes a size with its unit
)

// setting is one line of a sheet: where a River setting goes. Names are joined by " > ", as the pages write them.
type setting struct {
	river string
	to    string
	kind  kind
}

// sheet lists all settings of one block, the blocks inside included, that an agent has an equivalent for.
type sheet []setting

func (s sheet) find(path string) (setting, bool) {
	i := slices.IndexFunc(s, func(e setting) bool { return e.river == path })
	if i < 0 {
		return setting{}, false
	}
	return s[i], true
}

// without returns a copy of the sheet that lacks the setting called path.
func (s sheet) without(path string) sheet {
	return slices.DeleteFunc(slices.Clone(s), func(e setting) bool { return e.river == path })
}

// within returns the sheet as it applies to a block inside, with both sides prefixed.
func (s sheet) within(block, to string) sheet {
	inside := make(sheet, 0, len(s)+1)
	inside = append(inside, setting{river: block, to: to})
	for _, e := range s {
		inside = append(inside, setting{river: block + " > " + e.river, to: to + "." + e.to, kind: e.kind})
	}
	return inside
}

// translator turns blocks into trees of settings by a sheet.
type translator struct {
	*pipeline
	// folder takes the files that texts become.
	folder string
	files  int
}

// tree is a nested map of settings. Written as JSON it is YAML, too.
type tree map[string]any

// put sets the value at a dotted path. A nil value makes an empty map.
func (t tree) put(path string, value any) {
	head, rest, nested := strings.Cut(path, ".")
	if !nested && value != nil {
		t[head] = value
		return
	}
	inner, ok := t[head].(tree)
	if !ok {
		inner = tree{}
		t[head] = inner
	}
	if nested {
		inner.put(rest, value)
	}
}

// block translates a body by the sheet into out. The attributes and blocks named in skip are the caller's.
func (t *translator) block(body *river.Body, s sheet, title string, out tree, skip ...string) error {
	return t.inside(body, s, title, "", out, skip)
}

func (t *translator) inside(body *river.Body, s sheet, title, prefix string, out tree, skip []string) error {
	for _, statement := range body.Statements {
		name := prefix
		switch statement := statement.(type) {
		case *river.Attribute:
			name += statement.Name.Text
			if slices.Contains(skip, name) {
				continue
			}
			if err := t.attribute(statement, s, title, name, out); err != nil {
				return err
			}
		case *river.Block:
			name += statement.Name.Text
			if slices.Contains(skip, name) {
				continue
			}
			e, ok := s.find(name)
			if !ok {
				return t.unsupported(title+" > "+name, "")
			}
			out.put(e.to, nil)
			if err := t.inside(&statement.Body, s, title, name+" > ", out, skip); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *translator) attribute(a *river.Attribute, s sheet, title, name string, out tree) error {
	e, ok := s.find(name)
	if !ok {
		return t.unsupported(title+" > "+name, "")
	}
	v, err := t.constant(title+" > "+name, a.Value)
	if err != nil || v == nil {
		return err
	}
	if v, err = t.convert(v, e.kind); err != nil {
		return err
	}
	out.put(e.to, v)
	return nil
}

func (t *translator) convert(v any, k kind) (any, error) {
	text, ok := v.(string)
	switch {
	case k == duration && ok:
		return milliseconds(text), nil
	case k == size:
		return fmt.Sprintf("%vB", v), nil
	case k == pem && ok:
		t.files++
		path := filepath.Join(t.folder, fmt.Sprintf("text-%d.pem", t.files))
		return path, os.WriteFile(path, []byte(text), 0o600)
	}
	return v, nil
}

// milliseconds writes a duration without fractions. What is no duration stays as it is: refusing it is the agent's task.
func milliseconds(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}
