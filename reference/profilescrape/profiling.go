package profilescrape

import (
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
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

// PyroscopeProfiling is profiling_config as pyroscope.scrape has it: with the profiles of programs that compute the
// difference to the profile before by themselves.
type PyroscopeProfiling struct {
	Profiling         `river:",squash"`
	GoDeltaProfMemory GoDeltaProf `river:"profile.godeltaprof_memory,block,optional"`
	GoDeltaProfMutex  GoDeltaProf `river:"profile.godeltaprof_mutex,block,optional"`
	GoDeltaProfBlock  GoDeltaProf `river:"profile.godeltaprof_block,block,optional"`
}

// GoDeltaProf is one of the godeltaprof blocks. Its profiles are forwarded under the name of what they measure: memory,
// mutex or block, with a label that says that they are differences already.
type GoDeltaProf struct {
	Enabled bool   `river:"enabled,attr,optional"`
	Path    string `river:"path,attr,optional"`
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

// SetDefaults sets the documented defaults, those of the embedded struct included.
func (p *PyroscopeProfiling) SetDefaults() {
	p.Profiling.SetDefaults()
	p.GoDeltaProfMemory = GoDeltaProf{Path: "/debug/pprof/delta_heap"}
	p.GoDeltaProfMutex = GoDeltaProf{Path: "/debug/pprof/delta_mutex"}
	p.GoDeltaProfBlock = GoDeltaProf{Path: "/debug/pprof/delta_block"}
}

// Validate refuses enabled profiles without a path, and custom profiles whose label is used twice or is that of an enabled
// profile: their data could not be told apart.
func (p *Profiling) Validate() error { return validateKinds(p.kinds()) }

// Validate refuses what Profiling refuses, the godeltaprof profiles included.
func (p *PyroscopeProfiling) Validate() error { return validateKinds(p.kinds()) }

func validateKinds(all []kind) error { return errors.Join(checkLabels(all), checkPaths(all)) }

// checkLabels refuses custom profiles with a label that is taken, by an enabled profile or by a custom one above.
func checkLabels(all []kind) error {
	taken := make(map[string]bool)
	for _, k := range all {
		if !k.custom && k.enabled {
			taken[k.name] = true
		}
	}
	var problems []error
	for _, k := range all {
		if !k.custom {
			continue
		}
		if taken[k.name] {
			problems = append(problems, river.Fieldf(k.block, "profile.custom %q has the label of another profile: choose one that is not in use", k.name))
		}
		taken[k.name] = true
	}
	return errors.Join(problems...)
}

// checkPaths refuses profiles that are scraped from nowhere.
func checkPaths(all []kind) error {
	var problems []error
	for _, k := range enabled(all) {
		if k.path == "" {
			problems = append(problems, river.Fieldf(k.block+".path", "path of the %s must not be empty", k.title()))
		}
	}
	return errors.Join(problems...)
}

// kind is one type of profile as it is scraped.
type kind struct {
	name    string
	block   string // where it is configured, as in "profile.custom[1]"
	custom  bool
	enabled bool
	path    string
	delta   bool
	changes bool // what is served is what has changed since the last scrape
}

// title is what the configuration calls it.
func (k kind) title() string {
	if k.changes {
		return fmt.Sprintf("profile %q", "godeltaprof_"+k.name)
	}
	return fmt.Sprintf("profile %q", k.name)
}

// labels are those that tell a backend what kind of profile it is, and that changes need not be computed again.
func (k kind) labels() []profile.Label {
	named := []profile.Label{{Name: profile.NameLabel, Value: k.name}}
	if k.changes {
		named = append(named, profile.Label{Name: profile.DeltaLabel, Value: "false"})
	}
	return named
}

// kinds lists all profiles in the order of the page, whether they are enabled or not.
func (p *Profiling) kinds() []kind {
	all := []kind{
		p.Memory.kind("memory"),
		p.Block.kind("block"),
		p.Goroutine.kind("goroutine"),
		p.Mutex.kind("mutex"),
		p.ProcessCPU.kind("process_cpu"),
		p.FGProf.kind("fgprof"),
	}
	for i, c := range p.Custom {
		block := fmt.Sprintf("profile.custom[%d]", i)
		all = append(all, kind{name: c.Name, block: block, custom: true, enabled: c.Enabled, path: c.Path, delta: c.Delta})
	}
	return all
}

func (p *PyroscopeProfiling) kinds() []kind {
	return append(p.Profiling.kinds(),
		p.GoDeltaProfMemory.kind("memory"),
		p.GoDeltaProfMutex.kind("mutex"),
		p.GoDeltaProfBlock.kind("block"),
	)
}

func (p Profile) kind(name string) kind {
	return kind{name: name, block: "profile." + name, enabled: p.Enabled, path: p.Path, delta: p.Delta}
}

func (p GoDeltaProf) kind(name string) kind {
	return kind{name: name, block: "profile.godeltaprof_" + name, enabled: p.Enabled, path: p.Path, changes: true}
}

// enabled returns what is to be scraped.
func enabled(all []kind) []kind {
	return slices.DeleteFunc(all, func(k kind) bool { return !k.enabled })
}
