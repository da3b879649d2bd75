// Package adapter knows the agents that touchstone can drive: one file each. Start with [New] for an agent by name, or
// [Reference] for the one inside this process; [Command] says how to drive any other. It plays no scenarios and judges nothing.
package adapter

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// kindOf is one row of the table of agents.
type kindOf struct {
	name string
	// program is looked for when no path is given; empty when there is no usual name.
	program string
	make    func(path string) sut.Adapter
}

func table() []kindOf {
	return []kindOf{
		{"reference", "", func(path string) sut.Adapter { return ReferenceProgram(path) }},
		{"alloy", "alloy", func(path string) sut.Adapter { return &flow{flowKind: alloyKind, path: path} }},
		{"grafana-agent", "grafana-agent-flow", func(path string) sut.Adapter { return &flow{flowKind: agentKind, path: path} }},
		{"prometheus", "prometheus", func(path string) sut.Adapter { return &prometheus{path: path} }},
		{"vmagent", "vmagent", func(path string) sut.Adapter { return &vmagent{path} }},
		{"otelcol", "otelcol", func(path string) sut.Adapter { return &otelcol{path} }},
		{"command", "", Command},
	}
}

// Names returns the names of all agents that New knows, in reading order.
func Names() []string {
	var names []string
	for _, row := range table() {
		names = append(names, row.name)
	}
	return names
}

// New returns the adapter called name for the program at path, which is looked up in PATH when it holds no slash. Without a
// path the usual name of the program is looked up; the reference then is the one inside this process. The errors list
// the agents, or name the program that is missing.
func New(name, path string) (sut.Adapter, error) {
	for _, row := range table() {
		if row.name != name {
			continue
		}
		if name == "reference" && path == "" {
			return Reference(), nil
		}
		found, err := lookUp(row, path)
		if err != nil {
			return nil, err
		}
		return row.make(found), nil
	}
	return nil, fmt.Errorf("unknown agent %q: known are %s", name, strings.Join(Names(), ", "))
}

func lookUp(row kindOf, path string) (string, error) {
	if path == "" {
		path = row.program
	}
	if path == "" {
		return "", fmt.Errorf("agent %q needs the path of its program: %s=PATH", row.name, row.name)
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("find the program of agent %q: %w", row.name, err)
	}
	// Agents run in a folder of their own.
	return filepath.Abs(found)
}

// tee writes to both; first may be nil.
func tee(first io.Writer, second io.Writer) io.Writer {
	if first == nil {
		return second
	}
	return io.MultiWriter(first, second)
}
