// Package sabotage makes a good agent bad in one named way, from outside, to prove that a scenario can fail.
//
// [Table] lists the ways, [Parse] picks one by name, and an [Act] is one of them at work in one case: it edits the
// configuration, stands as middleware between the agent and a fake, edits the agent's metrics page or wraps its process. It
// reaches into no agent, so the reference holds no test code and any agent can be sabotaged.
package sabotage

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Act is one sabotage with its argument. It keeps what it has seen, so every case needs its own. Safe for concurrent use.
type Act struct {
	name    string
	row     Row
	kind    string // of the pushes that it is about
	touched atomic.Int64

	config  configEdit
	push    wireEdit
	scrape  wireEdit
	token   wireEdit
	page    pageEdit
	state   stateEdit
	target  targetEdit
	process *processEdit

	given atomic.Pointer[string] // the last configuration
}

// Parse readies the sabotage called text, which is a name of [Table], with its argument after a colon if it takes one:
// drops-header:Accept. A wire edit on pushes is about samples and profiles, or about what its row says; @metadata, @data or @any behind
// its name restricts it otherwise: never-retries@metadata. The error for a name that does not exist lists those that do.
func Parse(text string) (*Act, error) {
	name, arg, has := strings.Cut(text, ":")
	name, kind, err := splitKind(name)
	if err != nil {
		return nil, err
	}
	row, err := find(name)
	if err != nil {
		return nil, err
	}
	if kind != "" && row.push == nil {
		return nil, fmt.Errorf("sabotage %q is not about pushes: leave out @%s", name, kind)
	}
	if row.Argument == "" && has {
		return nil, fmt.Errorf("sabotage %q takes no argument", name)
	}
	if row.Argument != "" && arg == "" {
		return nil, fmt.Errorf("sabotage %q needs an argument: %s:%s", name, name, row.Argument)
	}
	a := &Act{name: text, row: row, kind: cmp.Or(kind, row.kind, "data")}
	if err := a.ready(arg); err != nil {
		return nil, fmt.Errorf("sabotage %q: %w", text, err)
	}
	return a, nil
}

func (a *Act) ready(arg string) (err error) {
	switch {
	case a.row.config != nil:
		a.config, err = a.row.config(arg)
	case a.row.push != nil:
		a.push, err = a.row.push(arg)
	case a.row.scrape != nil:
		a.scrape, err = a.row.scrape(arg)
	case a.row.token != nil:
		a.token, err = a.row.token(arg)
	case a.row.state != nil:
		a.state, err = a.row.state(arg)
	case a.row.target != nil:
		a.target, err = a.row.target(arg)
	case a.row.page != nil:
		a.page, err = a.row.page(arg)
	default:
		a.process, err = a.row.process(arg)
	}
	return err
}

// Name is the name with its argument, as written in scenarios.
func (a *Act) Name() string { return a.name }

// Sentence says what the agent does wrong.
func (a *Act) Sentence() string { return a.row.Sentence }

// Touched counts how often the sabotage found something to make wrong. A case in which it is 0 proves nothing.
func (a *Act) Touched() int { return int(a.touched.Load()) }

func (a *Act) touch() { a.touched.Add(1) }

// Config edits a configuration in River. The text comes back unchanged when this sabotage is about something else, or when
// it is not River at all: telling that is the agent's business.
func (a *Act) Config(name string, src []byte) []byte {
	text := string(src)
	a.given.Store(&text)
	if a.config == nil {
		return src
	}
	return a.editConfig(name, src)
}

// Push puts the sabotage in front of a fake that is pushed to.
func (a *Act) Push(next http.Handler) http.Handler {
	if a.push == nil {
		return next
	}
	return a.wrap(only(a.kind, a.push), next)
}

// Scrape puts the sabotage in front of a fake that is scraped.
func (a *Act) Scrape(next http.Handler) http.Handler { return a.wrap(a.scrape, next) }

// Token puts the sabotage in front of a fake that gives tokens out.
func (a *Act) Token(next http.Handler) http.Handler { return a.wrap(a.token, next) }

func (a *Act) wrap(edit wireEdit, next http.Handler) http.Handler {
	if edit == nil {
		return next
	}
	return edit(a, next)
}

// Metrics edits a page of the agent's own metrics in the text format.
func (a *Act) Metrics(page []byte) []byte {
	if a.page == nil {
		return page
	}
	return a.page(a, page)
}

// Components edits what the agent tells about its components.
func (a *Act) Components(list []observe.Component) []observe.Component {
	if a.state == nil {
		return list
	}
	return a.state(a, list)
}

// Targets edits what the agent tells about what it scrapes.
func (a *Act) Targets(list []observe.Target) []observe.Target {
	if a.target == nil {
		return list
	}
	return a.target(a, list)
}

// Adapter returns adapter, with its processes made wrong if that is what this sabotage does.
func (a *Act) Adapter(adapter sut.Adapter) sut.Adapter {
	if a.process == nil {
		return adapter
	}
	return &wrapped{Adapter: adapter, act: a}
}
