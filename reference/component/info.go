package component

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Health tells whether a component works as configured.
type Health struct {
	// State is "healthy" or "unhealthy". An endpoint or target that is down makes no component unhealthy.
	State string `json:"state"`
	// Message is the reason when it is unhealthy.
	Message string `json:"message,omitempty"`
	// Since is when this state began.
	Since time.Time `json:"since,omitzero"`
}

// Info is what a component shows of itself. Secrets in it are hidden.
type Info struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Label  string `json:"label"`
	Health Health `json:"health"`
	// References are the components that this one refers to.
	References []string       `json:"references"`
	Arguments  map[string]any `json:"arguments"`
	// Exports are the names that others may refer to.
	Exports   map[string]any `json:"exports"`
	DebugInfo any            `json:"debugInfo,omitempty"`
	// Delivery is how the component's destinations do. It is for people: the pages give writers no debug information, so
	// programs do not get it.
	Delivery any `json:"-"`
}

// Components returns the components in force, dependencies before dependants.
func (g *Graph) Components() []Info {
	order, refused := g.inForce()
	names := receivers(order)
	infos := make([]Info, len(order))
	for i, n := range order {
		infos[i] = n.info(refused[n.id], names)
	}
	return infos
}

// Component returns the one of that name, false if there is none in force.
func (g *Graph) Component(id string) (Info, bool) {
	order, refused := g.inForce()
	for _, n := range order {
		if n.id == id {
			return n.info(refused[id], receivers(order)), true
		}
	}
	return Info{}, false
}

// Overview returns the components in force like Components, but only what stands in a list: who they are, whom they refer to
// and their health.
func (g *Graph) Overview() []Info {
	order, refused := g.inForce()
	infos := make([]Info, len(order))
	for i, n := range order {
		infos[i] = n.overview(refused[n.id])
	}
	return infos
}

// Unhealthy returns the overview of the unhealthy components.
func (g *Graph) Unhealthy() []Info {
	return slices.DeleteFunc(g.Overview(), func(info Info) bool { return info.Health.State == healthy })
}

func (g *Graph) inForce() ([]*node, map[string]Health) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.order, g.refused
}

const (
	healthy   = "healthy"
	unhealthy = "unhealthy"
)

func (n *node) overview(refused Health) Info {
	info := Info{
		ID: n.id, Name: n.name, Label: strings.TrimPrefix(n.id, n.name+"."), Health: n.health(), References: []string{},
	}
	if refused.State != "" {
		info.Health = refused
	}
	_, uses := n.arguments()
	for _, u := range uses {
		info.References = append(info.References, u.id)
	}
	return info
}

func (n *node) info(refused Health, names namer) Info {
	info := n.overview(refused)
	args, _ := n.arguments()
	info.Arguments, info.Exports = river.Describe(args, names.name), map[string]any{}
	if exports, ok := n.exports.(map[string]any); ok {
		for name, v := range exports {
			info.Exports[name] = names.name(v)
		}
	}
	if d, ok := n.component.(Debugger); ok {
		info.DebugInfo = d.DebugInfo()
	}
	if d, ok := n.component.(Deliverer); ok {
		info.Delivery = d.Delivery()
	}
	return info
}

// namer gives the values that components export their names, to be shown where arguments hold them.
type namer map[any]string

func receivers(order []*node) namer {
	names := namer{}
	for _, n := range order {
		exports, _ := n.exports.(map[string]any)
		for field, v := range exports {
			if nameable(v) {
				names[v] = n.id + "." + field
			}
		}
	}
	return names
}

// nameable tells whether a value is an object of its own, and not a literal that many exports may share.
func nameable(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Struct, reflect.Chan:
		return r.Comparable()
	}
	return false
}

func (names namer) name(v any) string {
	if nameable(v) && names[v] != "" {
		return names[v]
	}
	return "(value)"
}

// Gather implements prometheus.Gatherer with the metrics of all components in force. What a component registered is gone
// with it.
func (g *Graph) Gather() ([]*dto.MetricFamily, error) {
	g.mu.Lock()
	all := make(prometheus.Gatherers, 0, len(g.order))
	for _, n := range g.order {
		all = append(all, n.registry)
	}
	g.mu.Unlock()
	return all.Gather()
}
