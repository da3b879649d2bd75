package adapter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// pipeline is a configuration in River as agents without components see it: what is scraped, and where it is sent.
type pipeline struct {
	agent   string
	scrapes []*river.Block // prometheus.scrape
	writes  []*river.Block // prometheus.remote_write
}

// newPipeline reads a configuration. Components other than scraping and remote write, and scrapes that do not go
// everywhere, are unsupported: such agents send everything to all servers.
func newPipeline(agent string, config []byte) (*pipeline, error) {
	file, err := river.Parse("config.river", config)
	if err != nil {
		return nil, &sut.Unsupported{Agent: agent, Setting: "this configuration", Why: "it is not valid River"}
	}
	p := &pipeline{agent: agent}
	for _, s := range file.Body.Statements {
		block, ok := s.(*river.Block)
		if !ok {
			return nil, p.unsupported("attributes outside of components", "")
		}
		switch block.Name.Text {
		case "prometheus.scrape":
			p.scrapes = append(p.scrapes, block)
		case "prometheus.remote_write":
			p.writes = append(p.writes, block)
		default:
			return nil, p.unsupported(block.Name.Text, "")
		}
	}
	return p, p.checkForwarding()
}

func (p *pipeline) unsupported(setting, why string) error {
	return &sut.Unsupported{Agent: p.agent, Setting: setting, Why: why}
}

func (p *pipeline) checkForwarding() error {
	var all []string
	for _, w := range p.writes {
		all = append(all, w.ID()+".receiver")
	}
	slices.Sort(all)
	for _, s := range p.scrapes {
		to, err := p.receivers(s)
		if err != nil {
			return err
		}
		if !slices.Equal(to, all) {
			return p.unsupported("prometheus.scrape > forward_to",
				fmt.Sprintf("%s forwards to [%s], and it can only send everything everywhere", s.ID(), strings.Join(to, ", ")))
		}
	}
	return nil
}

// receivers are the references in forward_to, sorted and without duplicates.
func (p *pipeline) receivers(scrape *river.Block) ([]string, error) {
	a := scrape.Body.Attribute("forward_to")
	if a == nil {
		return nil, p.unsupported("prometheus.scrape without forward_to", "")
	}
	list, ok := a.Value.(*river.List)
	if !ok {
		return nil, p.unsupported("prometheus.scrape > forward_to", "it is no plain list")
	}
	var to []string
	for _, e := range list.Elements {
		name, ok := dotted(e.Value)
		if !ok {
			return nil, p.unsupported("prometheus.scrape > forward_to", "it holds something other than receivers")
		}
		to = append(to, name)
	}
	slices.Sort(to)
	return slices.Compact(to), nil
}

// dotted is the dotted form of an expression like a.b.c.
func dotted(e river.Expr) (string, bool) {
	switch e := e.(type) {
	case *river.Identifier:
		return e.Text, true
	case *river.Access:
		inner, ok := dotted(e.Value)
		return inner + "." + e.Name.Text, ok
	}
	return "", false
}

// constant evaluates a setting. Translated agents know no references between components, so everything is constant.
func (p *pipeline) constant(path string, e river.Expr) (any, error) {
	v, err := river.Eval(e, river.Builtins(func(string) string { return "" }))
	if err != nil {
		return nil, p.unsupported(path, "its value cannot be worked out")
	}
	if secret, ok := v.(river.Secret); ok {
		return string(secret), nil
	}
	return v, nil
}
