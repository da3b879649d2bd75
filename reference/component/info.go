package component

import (
	"reflect"
	"strings"

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
}

// Components returns the components in force, dependencies before dependants.
func (g *Graph) Components() []Info {
	g.mu.Lock()
	order, refused := g.order, g.refused
	g.mu.Unlock()
	names := receivers(order)
	infos := make([]Info, len(order))
	for i, n := range order {
		infos[i] = n.info(refused[n.id], names)
	}
	return infos
}

// Unhealthy returns the unhealthy components.
func (g *Graph) Unhealthy() []Info {
	var list []Info
	for _, info := range g.Components() {
		if info.Health.State == unhealthy {
			list = append(list, info)
		}
	}
	return list
}

const (
	healthy   = "healthy"
	unhealthy = "unhealthy"
)

func (n *node) info(refused string, names namer) Info {
	args, uses := n.arguments()
	info := Info{
		ID: n.id, Name: n.name, Label: strings.TrimPrefix(n.id, n.name+"."), Health: Health{State: healthy},
		References: []string{}, Arguments: river.Describe(args, names.name), Exports: map[string]any{},
	}
	if err := n.failure(); err != nil {
		info.Health = Health{unhealthy, err.Error()}
	}
	if refused != "" {
		info.Health = Health{unhealthy, refused}
	}
	for _, u := range uses {
		info.References = append(info.References, u.id)
	}
	if exports, ok := n.exports.(map[string]any); ok {
		for name, v := range exports {
			info.Exports[name] = names.name(v)
		}
	}
	if d, ok := n.component.(Debugger); ok {
		info.DebugInfo = d.DebugInfo()
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
