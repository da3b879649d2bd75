package sut

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Info is what an agent says about itself, with what its adapter knows about that version.
type Info struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Path is the program, empty for an agent inside this process.
	Path string `json:"path,omitempty"`
	// Can lists the capabilities, sorted.
	Can []Capability `json:"can"`
	// Patience is added to every wait on the real lane: what this agent takes longer than the reference until data flow.
	Patience time.Duration `json:"patience,omitempty"`
	// Metrics translates the names of metrics as the pages have them into this agent's, where those differ.
	Metrics map[string]string `json:"metrics,omitempty"`
	// Rewritten names components that the agent has under a later name only: the adapter rewrites the former to the latter, and the report
	// says so at each of their clauses.
	Rewritten map[Capability]Capability `json:"rewritten,omitempty"`
	// Unasked are clauses that cannot be asked of the agent, each with the reason. They are skipped.
	Unasked map[string]string `json:"unasked,omitempty"`
	// Notes are remarks for the report, for example that one component is rewritten to another.
	Notes []string `json:"notes,omitempty"`
}

// Capability is something that not every agent can do. Scenarios name those they need after the word needs.
type Capability string

// The capabilities. A component is a capability by its name.
const (
	CanScrapeMetrics  Capability = "prometheus.scrape"
	CanRemoteWrite    Capability = "prometheus.remote_write"
	CanScrapeProfiles Capability = "pyroscope.scrape"
	CanWriteProfiles  Capability = "pyroscope.write"
	CanScrapePhlare   Capability = "phlare.scrape"
	CanWritePhlare    Capability = "phlare.write"
	CanReload         Capability = "reload"        // takes a new configuration while running
	CanRefuse         Capability = "refuse"        // ends with a status other than 0 when the configuration is wrong
	CanExplain        Capability = "explain"       // names settings in its errors as the pages do
	CanShowMetrics    Capability = "metrics"       // serves metrics about itself
	CanShowQueue      Capability = "queue_metrics" // among them the documented ones of remote write
	CanListComponents Capability = "components"    // lists its components with their health
	CanListTargets    Capability = "targets"       // tells how the last scrape of each target went
	CanBuffer         Capability = "wal"           // buffers on disk, in a log that can be read from outside
	CanResume         Capability = "resume"        // sends after a restart what was not delivered before
	CanSendMetadata   Capability = "metadata"      // sends metadata in requests of its own
	CanSendExemplars  Capability = "exemplars"     // scrapes and sends exemplars
	CanSendHistograms Capability = "histograms"    // scrapes and sends native histograms
)

// Capabilities returns all capabilities in reading order.
func Capabilities() []Capability {
	return []Capability{CanScrapeMetrics, CanRemoteWrite, CanScrapeProfiles, CanWriteProfiles, CanScrapePhlare, CanWritePhlare,
		CanReload, CanRefuse, CanExplain, CanShowMetrics, CanShowQueue, CanListComponents, CanListTargets, CanBuffer, CanResume, CanSendMetadata,
		CanSendExemplars, CanSendHistograms}
}

// Has tells whether the agent has capability c.
func (i Info) Has(c Capability) bool { return slices.Contains(i.Can, c) }

// RewrittenNames is Rewritten in plain words, nil when there is nothing.
func (i Info) RewrittenNames() map[string]string {
	if len(i.Rewritten) == 0 {
		return nil
	}
	names := map[string]string{}
	for earlier, later := range i.Rewritten {
		names[string(earlier)] = string(later)
	}
	return names
}

// Validate refuses capabilities that do not exist, so that a misspelt claim cannot select or skip anything.
func (i Info) Validate() error {
	known := Capabilities()
	for _, c := range i.Can {
		if !slices.Contains(known, c) {
			return fmt.Errorf("agent %q claims capability %q, which does not exist: known are %s", i.Name, c, join(known))
		}
	}
	return nil
}

func join(cs []Capability) string {
	words := make([]string, len(cs))
	for i, c := range cs {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}
