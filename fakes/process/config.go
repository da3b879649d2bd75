package process

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// Config is which fakes to run and where. Its fields are those of a configuration file:
//
//	control: 127.0.0.1:9990
//	fakes:
//	- kind: mimir
//	  addr: 127.0.0.1:9009
//	  script: 503*3 200
type Config struct {
	// Control is host:port of the control API, or a port; empty means a free port of 127.0.0.1.
	Control string `json:"control"`
	// ControlHosts are names under which the control API may be spoken to, beside localhost and IP addresses.
	ControlHosts []string `json:"controlHosts"`
	// Expose must be set for the control API to listen beyond loopback: who may connect may do everything.
	Expose bool `json:"expose"`
	// Bind is the host at which fakes listen whose addr has none; empty means 127.0.0.1.
	Bind string `json:"bind"`
	// Quiet prints the addresses only.
	Quiet bool `json:"quiet"`
	// Fakes are what to run.
	Fakes []api.Spec `json:"fakes"`
}

// ReadConfig reads a configuration file, as YAML or JSON. Keys that are not known, keys that come twice and values of the wrong type are errors, with their
// line and column; so is a script that cannot be read.
func ReadConfig(name string, source []byte) (c Config, err error) {
	defer func() { // the library was not written for hostile files
		if problem := recover(); problem != nil {
			err = fmt.Errorf("read %s: it is no YAML that can be read: %v", name, problem)
		}
	}()
	if err := yaml.UnmarshalWithOptions(source, &c, yaml.Strict()); err != nil {
		return c, fmt.Errorf("read %s: %s", name, located(err))
	}
	return c, c.check(name)
}

// located is an error of the library on one line, with its place first.
func located(err error) string {
	text, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	place, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "] ")
	line, column, two := strings.Cut(place, ":")
	if !ok || !two {
		return text
	}
	return fmt.Sprintf("line %s column %s: %s", line, column, rest)
}

func (c Config) check(name string) error {
	if len(c.Fakes) == 0 {
		return fmt.Errorf("read %s: it names no fakes: want a list such as\nfakes:\n- kind: mimir", name)
	}
	for i, spec := range c.Fakes {
		if _, err := reply.Parse(spec.Script); err != nil {
			return fmt.Errorf("read %s: fakes[%d]: script: %w", name, i, err)
		}
	}
	return nil
}

// All is a configuration with a fake of each kind, on free ports.
func All() []api.Spec {
	var all []api.Spec
	for _, kind := range control.Kinds() {
		all = append(all, api.Spec{Kind: kind})
	}
	return all
}
