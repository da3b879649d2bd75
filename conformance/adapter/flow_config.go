package adapter

import (
	"fmt"
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// translate makes a configuration one for these agents. What is no River, and what needs no change, stays as it is, byte for byte.
func (a *flow) translate(config []byte) ([]byte, error) {
	file, err := river.Parse("config.river", config)
	if err != nil {
		return config, nil
	}
	changed := renamePhlare(file)
	changed = addUnits(file) || changed
	if err := a.checkSettings(file); err != nil {
		return nil, err
	}
	if !slices.Contains(a.lacks, deltaDuration) {
		changed = shortenDeltas(file) || changed
	}
	if !changed {
		return config, nil
	}
	return file.Bytes(), nil
}

// checkSettings finds settings that this version does not have.
func (a *flow) checkSettings(file *river.File) error {
	var found string
	file.Body.Walk(func(around []*river.Block, s river.Statement) bool {
		if path := settingPath(around, s); found == "" && slices.Contains(a.lacks, path) {
			found = path
		}
		return true
	})
	if found == "" {
		return nil
	}
	return &sut.Unsupported{Agent: a.name, Setting: found, Why: "this version does not have it"}
}

// settingPath is the name of a statement as the pages write it, with the component in front.
func settingPath(around []*river.Block, s river.Statement) string {
	path := ""
	for _, b := range around {
		path += b.Name.Text + " > "
	}
	switch s := s.(type) {
	case *river.Attribute:
		path += s.Name.Text
	case *river.Block:
		path += s.Name.Text
	}
	return path
}

// deltaDuration is how long a profile is collected for. Where it is not written it is 14 s whatever the interval, and intervals that are
// too short for that are refused; the pages have a second less than the interval instead.
const deltaDuration = "pyroscope.scrape > delta_profiling_duration"

const defaultDelta = 14 * time.Second

// shortenDeltas writes the duration of the pages where the interval is too short for the agent's own, and tells whether it did. It
// cannot be done for intervals of 2 s and less.
func shortenDeltas(file *river.File) bool {
	changed := false
	for _, scrape := range file.Body.Blocks("pyroscope.scrape") {
		interval, ok := durationOf(scrape.Body.Attribute("scrape_interval"))
		collected := interval - time.Second
		if !ok || collected >= defaultDelta || collected <= time.Second || scrape.Body.Attribute("delta_profiling_duration") != nil {
			continue
		}
		scrape.Body.Set("delta_profiling_duration", river.NewString(collected.String()))
		changed = true
	}
	return changed
}

// addUnits turns sizes that are numbers of bytes, as the public page of prometheus.scrape has them, into the text that the agents want, and
// tells whether there were any.
func addUnits(file *river.File) bool {
	changed := false
	for _, scrape := range file.Body.Blocks("prometheus.scrape") {
		a := scrape.Body.Attribute("body_size_limit")
		if a == nil {
			continue
		}
		if v, err := river.Constant(a.Value); err == nil {
			if n, ok := v.(int64); ok && n >= 0 {
				a.Value = river.NewString(fmt.Sprintf("%dB", n))
				changed = true
			}
		}
	}
	return changed
}

func durationOf(a *river.Attribute) (time.Duration, bool) {
	if a == nil {
		return 0, false
	}
	v, err := river.Constant(a.Value)
	text, ok := v.(string)
	if err != nil || !ok {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return d, err == nil
}
