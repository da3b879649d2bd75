// Package page shows an agent's components to a person with a browser: [Home], [Components] and [Component] write whole
// pages.
//
// The pages need no script and nothing from elsewhere, and everything in them is escaped: labels and errors come from the
// world that is scraped. The package knows no concrete component; what one says of itself is shown as its JSON has it.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
)

//go:embed *.html
var files embed.FS

//go:embed style.css
var style string

// templates and policy never change.
var (
	templates = template.Must(template.New("").Funcs(template.FuncMap{
		"path": url.PathEscape, "tone": tone, "moment": moment,
		"style": func() template.CSS { return template.CSS(style) },
	}).ParseFS(files, "*.html"))
	policy = contentPolicy()
)

// Agent is what the home page says of the agent as a whole.
type Agent struct {
	Version string
	// Ready is false once the agent stops.
	Ready bool
	// Components is how many there are, Unhealthy how many of them are.
	Components, Unhealthy int
}

// Home writes the page with the links to everything else.
func Home(w http.ResponseWriter, a Agent) { write(w, "home", a) }

// Components writes the list of all components.
func Components(w http.ResponseWriter, list []component.Info) { write(w, "list", list) }

// Component writes all there is to know of one component.
func Component(w http.ResponseWriter, c component.Info) {
	now := time.Now()
	view := struct {
		component.Info
		Sections []section
	}{Info: c}
	for _, s := range []struct {
		name, none string
		value      any
	}{
		{"Delivery", "", c.Delivery},
		{"Debug information", "", c.DebugInfo},
		{"Arguments", "It has none.", c.Arguments},
		{"Exports", "It exports nothing.", c.Exports},
	} {
		shown, err := newTree(s.value, now)
		if err != nil {
			fail(w, err)
			return
		}
		view.Sections = append(view.Sections, section{s.name, s.none, shown})
	}
	write(w, "component", view)
}

// section is one part of a component's page. An empty one says None, or is left out if that is empty too.
type section struct {
	Name, None string
	Value      tree
}

// write renders before it answers, so that half a page is never sent.
func write(w http.ResponseWriter, name string, data any) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name, data); err != nil {
		fail(w, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	w.Write(text.Bytes())
}

func fail(w http.ResponseWriter, err error) {
	http.Error(w, fmt.Sprintf("write the page: %v", err), http.StatusInternalServerError)
}

// contentPolicy forbids a browser everything but the style sheet that stands in the page.
func contentPolicy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// tone is the colour class of a word that tells a state, empty for all others.
func tone(word string) string {
	switch word {
	case "healthy", "up":
		return "good"
	case "unhealthy", "down":
		return "bad"
	case "unknown":
		return "dim"
	}
	return ""
}

// moment is a time with its distance from now.
func moment(t time.Time) tree { return newMoment(t, time.Now()) }
