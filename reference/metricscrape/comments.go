package metricscrape

import (
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// comments are the lines of a page that say what its metrics are. They seldom change, so a line that stands where it stood
// last time is recognised by its bytes and not looked at.
type comments struct {
	lines   []string
	at      int // how many were read of the present page
	changed bool
}

// read takes the next comment.
func (c *comments) read(line []byte) {
	if c.at < len(c.lines) && string(line) == c.lines[c.at] {
		c.at++
		return
	}
	c.lines = append(c.lines[:c.at], string(line))
	c.at, c.changed = c.at+1, true
}

// finish is called at the end of a page. It returns what the page says about its metrics, and whether that may be news.
func (c *comments) finish() ([]column.Metadata, bool) {
	if c.at < len(c.lines) {
		c.lines, c.changed = c.lines[:c.at], true
	}
	c.at = 0
	if !c.changed {
		return nil, false
	}
	c.changed = false
	var all families
	for _, line := range c.lines {
		all.comment(line)
	}
	return all.list, true
}

// forget is called after a page that does not count: the next one is read anew.
func (c *comments) forget() { *c = comments{changed: true} }

// families collects what is said about metrics.
type families struct {
	list   []column.Metadata
	places map[string]int
}

// of returns the entry of a family, to be filled.
func (f *families) of(name string) *column.Metadata {
	at, known := f.places[name]
	if !known {
		if f.places == nil {
			f.places = map[string]int{}
		}
		at = len(f.list)
		f.places[name] = at
		f.list = append(f.list, column.Metadata{Family: name, Type: "unknown"})
	}
	return &f.list[at]
}

// comment takes "# HELP name text", "# TYPE name type" or "# UNIT name unit". All other comments mean nothing.
func (f *families) comment(line string) {
	word, rest, _ := strings.Cut(strings.TrimLeft(line[1:], " \t"), " ")
	name, text, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
	if name == "" {
		return
	}
	name = strings.Trim(name, `"`)
	switch word {
	case "HELP":
		f.of(name).Help = unescape(text)
	case "TYPE":
		f.of(name).Type = typeName(strings.TrimSpace(text))
	case "UNIT":
		f.of(name).Unit = strings.TrimSpace(text)
	}
}

// typeName is the name of a type as both formats together have them.
func typeName(name string) string {
	if slices.Contains([]string{"counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"}, name) {
		return name
	}
	return "unknown"
}

// unescape resolves what the formats escape in a help text.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\"`, `"`).Replace(text)
}
