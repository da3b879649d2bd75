package profilescrape

import (
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Profiling is the block profiling_config: which profiles are scraped, and where they are found.
type Profiling struct {
	// PathPrefix is put in front of every path.
	PathPrefix string   `river:"path_prefix,attr,optional"`
	Memory     Profile  `river:"profile.memory,block,optional"`
	Block      Profile  `river:"profile.block,block,optional"`
	Goroutine  Profile  `river:"profile.goroutine,block,optional"`
	Mutex      Profile  `river:"profile.mutex,block,optional"`
	ProcessCPU Profile  `river:"profile.process_cpu,block,optional"`
	FGProf     Profile  `river:"profile.fgprof,block,optional"`
	Custom     []Custom `river:"profile.custom,block,optional"`
}

// Profile is one of the profile blocks. Its defaults depend on which one it is.
type Profile struct {
	Enabled bool   `river:"enabled,attr,optional"`
	Path    string `river:"path,attr,optional"`
	// Delta asks the target, with the query parameter seconds, to collect over the scrape interval less one second.
	Delta bool `river:"delta,attr,optional"`
}

// Custom is a block profile.custom. Its label is the type of the profile.
type Custom struct {
	Name    string `river:",label"`
	Enabled bool   `river:"enabled,attr"`
	Path    string `river:"path,attr"`
	Delta   bool   `river:"delta,attr,optional"`
}

// SetDefaults sets the profiles that are scraped when nothing else is said. The path of memory is that of the example and
// of all implementations; the page's table has another one, which no program serves.
func (p *Profiling) SetDefaults() {
	*p = Profiling{
		Memory:     Profile{Enabled: true, Path: "/debug/pprof/allocs"},
		Block:      Profile{Enabled: true, Path: "/debug/pprof/block"},
		Goroutine:  Profile{Enabled: true, Path: "/debug/pprof/goroutine"},
		Mutex:      Profile{Enabled: true, Path: "/debug/pprof/mutex"},
		ProcessCPU: Profile{Enabled: true, Path: "/debug/pprof/profile", Delta: true},
		FGProf:     Profile{Path: "/debug/fgprof", Delta: true},
	}
}

// Validate refuses enabled profiles without a path, and custom profiles whose label is used twice or is that of an enabled
// profile: their data could not be told apart.
func (p *Profiling) Validate() error {
	seen := make(map[string]bool)
	for _, k := range p.builtin() {
		seen[k.name] = k.enabled
	}
	for _, k := range p.custom() {
		if seen[k.name] {
			return river.Fieldf(k.block, "profile.custom %q has the label of another profile: choose one that is not in use", k.name)
		}
		seen[k.name] = true
	}
	for _, k := range p.enabled() {
		if k.path == "" {
			return river.Fieldf(k.block+".path", "path of the profile %q must not be empty", k.name)
		}
	}
	return nil
}

// kind is one type of profile as it is scraped.
type kind struct {
	name    string
	block   string // where it is configured, as in "profile.custom[1]"
	enabled bool
	path    string
	delta   bool
}

// builtin lists the profiles that have blocks of their own, in the order of the page.
func (p *Profiling) builtin() []kind {
	return []kind{
		p.Memory.kind("memory"),
		p.Block.kind("block"),
		p.Goroutine.kind("goroutine"),
		p.Mutex.kind("mutex"),
		p.ProcessCPU.kind("process_cpu"),
		p.FGProf.kind("fgprof"),
	}
}

func (p Profile) kind(name string) kind {
	return kind{name: name, block: "profile." + name, enabled: p.Enabled, path: p.Path, delta: p.Delta}
}

func (p *Profiling) custom() []kind {
	var all []kind
	for i, c := range p.Custom {
		block := fmt.Sprintf("profile.custom[%d]", i)
		all = append(all, kind{name: c.Name, block: block, enabled: c.Enabled, path: c.Path, delta: c.Delta})
	}
	return all
}

// enabled lists everything that is to be scraped.
func (p *Profiling) enabled() []kind {
	all := append(p.builtin(), p.custom()...)
	return slices.DeleteFunc(all, func(k kind) bool { return !k.enabled })
}
