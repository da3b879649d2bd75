package sabotage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// configEdit changes a parsed configuration and returns how many places it changed.
type configEdit func(file *river.File) int

// plain makes the constructor of an edit that has no argument.
func plain(edit configEdit) func(string) (configEdit, error) {
	return func(string) (configEdit, error) { return edit, nil }
}

func (a *Act) editConfig(name string, src []byte) []byte {
	file, err := river.Parse(name, src)
	if err != nil {
		return src
	}
	changed := a.config(file)
	if changed == 0 {
		return src
	}
	a.touched.Add(int64(changed))
	return file.Bytes()
}

func forget(path string) (configEdit, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	return func(file *river.File) int {
		return removeAll(file, func(p place) bool { return p.matches(path) })
	}, nil
}

// removeAll takes out every statement that is unwanted and returns how many there were.
func removeAll(file *river.File, unwanted func(place) bool) int {
	n := 0
	for _, p := range places(file) {
		if unwanted(p) && p.in.Remove(p.statement) {
			n++
		}
	}
	return n
}

func set(arg string) (configEdit, error) {
	path, text, ok := strings.Cut(arg, "=")
	if !ok {
		return nil, fmt.Errorf("argument %q: want PATH=VALUE", arg)
	}
	if err := checkPath(path); err != nil {
		return nil, err
	}
	value, err := river.ParseExpr(text)
	if err != nil {
		return nil, fmt.Errorf("value %q: %w", text, err)
	}
	return func(file *river.File) int { return setAll(file, path, value) }, nil
}

// setAll gives the attributes at path a value. Where none is, it is added to all blocks that stand where it should be.
func setAll(file *river.File, path string, value river.Expr) int {
	n := 0
	for _, p := range places(file) {
		if a, ok := p.statement.(*river.Attribute); ok && p.matches(path) {
			a.Value = river.CloneExpr(value)
			n++
		}
	}
	if n > 0 {
		return n
	}
	for _, body := range parents(file, path) {
		body.Set(path[strings.LastIndex(path, ".")+1:], river.CloneExpr(value))
		n++
	}
	return n
}

// parents are the bodies to which an attribute is added that stands nowhere. HTTP client settings need no path: all HTTP clients have
// them, those of the endpoints and those of the scrapers.
func parents(file *river.File, path string) []*river.Body {
	var bodies []*river.Body
	if i := strings.LastIndex(path, "."); i >= 0 {
		for _, b := range blocks(file, path[:i]) {
			bodies = append(bodies, &b.Body)
		}
		return bodies
	}
	if !slices.Contains(clientSettings, path) {
		return nil
	}
	for _, component := range file.Body.Blocks() {
		nested := strings.HasPrefix(component.Name.Text, "phlare.")
		for _, body := range clients(component) {
			if nested {
				body = &inner(body, "http_client_config").Body
			}
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// clients are the bodies that hold settings of an HTTP client: that of a scraper, and the endpoints of a writer.
func clients(component *river.Block) []*river.Body {
	if strings.HasSuffix(component.Name.Text, ".scrape") {
		return []*river.Body{&component.Body}
	}
	var bodies []*river.Body
	for _, endpoint := range component.Body.Blocks("endpoint") {
		bodies = append(bodies, &endpoint.Body)
	}
	return bodies
}

// clientSettings are the attributes of an HTTP client.
var clientSettings = []string{"bearer_token", "bearer_token_file", "proxy_url", "proxy_from_environment", "follow_redirects", "enable_http2"}

func rename(arg string) (configEdit, error) {
	path, name, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return nil, fmt.Errorf("argument %q: want PATH=NAME", arg)
	}
	if err := checkPath(path); err != nil {
		return nil, err
	}
	return func(file *river.File) int {
		n := 0
		for _, p := range places(file) {
			if !p.matches(path) {
				continue
			}
			n++
			switch s := p.statement.(type) {
			case *river.Attribute:
				s.Name = river.Name{Text: name}
			case *river.Block:
				s.Name = river.Name{Text: name}
			}
		}
		return n
	}, nil
}

func firstEndpointOnly(file *river.File) int {
	n := 0
	for _, component := range file.Body.Blocks() {
		for i, endpoint := range component.Body.Blocks("endpoint") {
			if i > 0 && component.Body.Remove(endpoint) {
				n++
			}
		}
	}
	return n
}
