package profilewrite

import (
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// change is a prepared reload.
type change struct {
	writer *Writer
	next   state
	// routes holds the new settings of endpoints that stay; those whose settings are the same are missing.
	routes map[*endpoint]*route
	// fresh are endpoints that did not exist before.
	fresh []*endpoint
	// gone are endpoints that are no longer configured.
	gone []*endpoint
}

// Prepare implements component.Component. Endpoints whose settings stay the same are left alone.
func (w *Writer) Prepare(args any) (component.Change, error) {
	wanted := args.(arguments).settings()
	old := w.snapshot().endpoints
	c := &change{
		writer: w,
		next:   state{external: maps.Clone(wanted.external)},
		routes: make(map[*endpoint]*route),
	}
	match := matchEndpoints(settingsOf(old), wanted.endpoints)
	kept := make(map[*endpoint]bool)
	var refused []error
	for i, s := range wanted.endpoints {
		var e *endpoint
		if match[i] >= 0 {
			e = old[match[i]]
			kept[e] = true
		}
		refused = append(refused, river.Within(fmt.Sprintf("endpoint[%d]", i), c.plan(e, s)))
	}
	if err := errors.Join(refused...); err != nil {
		c.Discard()
		return nil, err
	}
	for _, e := range old {
		if !kept[e] {
			c.gone = append(c.gone, e)
		}
	}
	return c, nil
}

// plan readies the settings s for the endpoint e, or for a new endpoint if e is nil.
func (c *change) plan(e *endpoint, s endpointSettings) error {
	if e != nil && reflect.DeepEqual(e.route().settings, s) {
		c.next.endpoints = append(c.next.endpoints, e)
		return nil
	}
	r, err := newRoute(s, c.writer.httpOptions())
	if err != nil {
		return err
	}
	if e == nil {
		e = newEndpoint(r)
		c.fresh = append(c.fresh, e)
	} else {
		c.routes[e] = r
	}
	c.next.endpoints = append(c.next.endpoints, e)
	return nil
}

// Commit implements component.Change. Pushes that are being retried notice at once.
func (c *change) Commit() {
	shown := map[identity]bool{}
	for _, e := range c.next.endpoints {
		if r := c.routes[e]; r != nil {
			shown[r.identity()] = true
		} else {
			shown[e.route().identity()] = true
		}
	}
	c.writer.metrics.show(shown)
	for e, r := range c.routes {
		e.replace(r)
	}
	c.writer.mu.Lock()
	c.writer.state = c.next
	c.writer.mu.Unlock()
	for _, e := range c.gone {
		e.replace(nil)
	}
}

// Discard implements component.Change.
func (c *change) Discard() {
	for _, r := range c.routes {
		r.client.Close()
	}
	for _, e := range c.fresh {
		e.route().client.Close()
	}
}

func settingsOf(endpoints []*endpoint) []endpointSettings {
	var all []endpointSettings
	for _, e := range endpoints {
		all = append(all, e.route().settings)
	}
	return all
}

// matchEndpoints decides which endpoints of a new configuration go on from which old ones: for each new one the index of
// the old one, or -1. The same name decides first, then equal settings, then the same URL; what is left is matched in
// order. So a profile that is being retried is not lost when its endpoint moves or changes.
func matchEndpoints(old, wanted []endpointSettings) []int {
	match := make([]int, len(wanted))
	for i := range match {
		match[i] = -1
	}
	taken := make([]bool, len(old))
	for _, same := range []func(i, j int) bool{
		func(i, j int) bool { return wanted[i].name != "" && wanted[i].name == old[j].name },
		func(i, j int) bool { return reflect.DeepEqual(wanted[i], old[j]) },
		func(i, j int) bool { return wanted[i].url == old[j].url },
		func(int, int) bool { return true },
	} {
		for i := range wanted {
			for j := range old {
				if match[i] < 0 && !taken[j] && same(i, j) {
					match[i], taken[j] = j, true
				}
			}
		}
	}
	return match
}
