package pprof

import (
	"bytes"
	"fmt"
	"path"
	"time"

	"github.com/google/pprof/profile"
)

// shape is what a kind of profile has.
type shape struct {
	types  []profile.ValueType
	period profile.ValueType
	every  int64
	grows  bool // values count from the start of the program
}

var (
	allocs = []profile.ValueType{{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
		{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"}}
	waits = []profile.ValueType{{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}}
)

// shapeOf tells the shape by the last part of a path; what is not known looks like a custom profile.
func shapeOf(name string) shape {
	space := profile.ValueType{Type: "space", Unit: "bytes"}
	switch name {
	case "allocs", "heap", "memory":
		return shape{types: allocs, period: space, every: 512 << 10, grows: true}
	case "delta_heap":
		return shape{types: allocs, period: space, every: 512 << 10}
	case "block", "mutex":
		return shape{types: waits, period: profile.ValueType{Type: "contentions", Unit: "count"}, every: 1, grows: true}
	case "delta_block", "delta_mutex":
		return shape{types: waits, period: profile.ValueType{Type: "contentions", Unit: "count"}, every: 1}
	case "profile":
		return shape{types: []profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
			period: profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, every: int64(10 * time.Millisecond)}
	case "fgprof":
		return shape{types: []profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "time", Unit: "nanoseconds"}},
			period: profile.ValueType{Type: "wallclock", Unit: "nanoseconds"}, every: int64(time.Second / 99)}
	case "goroutine", "threadcreate":
		return shape{types: []profile.ValueType{{Type: name, Unit: "count"}}, period: profile.ValueType{Type: name, Unit: "count"}, every: 1}
	}
	return shape{types: []profile.ValueType{{Type: "samples", Unit: "count"}}, period: profile.ValueType{Type: "samples", Unit: "count"}, every: 1}
}

// generate makes the profile for a scrape. With the same clock, the same scrape gives the same bytes.
func generate(ask Ask, stacks int) ([]byte, error) {
	s := shapeOf(path.Base(ask.Path))
	p := &profile.Profile{
		PeriodType:    &s.period,
		Period:        s.every,
		TimeNanos:     time.Now().Add(-ask.Waited).UnixNano(),
		DurationNanos: ask.Waited.Nanoseconds(),
		Comments:      []string{fmt.Sprintf("scrape %d of %s%s", ask.N, ask.Host, ask.Path)},
		Mapping:       []*profile.Mapping{{ID: 1, Start: 0x400000, Limit: 0x800000, File: "/usr/bin/fake", HasFunctions: true}},
	}
	for i := range s.types {
		p.SampleType = append(p.SampleType, &s.types[i])
	}
	growth := int64(1)
	if s.grows && ask.Waited == 0 {
		growth = int64(ask.N)
	}
	addStacks(p, stacks, growth)
	var body bytes.Buffer
	if err := p.Write(&body); err != nil {
		return nil, fmt.Errorf("write a generated profile: %w", err)
	}
	return body.Bytes(), nil
}

// addStacks gives main.main callees work0, work1, ..., the values of each a little larger than of the one before.
func addStacks(p *profile.Profile, stacks int, growth int64) {
	root := addFunction(p, "main.main")
	for i := range stacks {
		leaf := addFunction(p, fmt.Sprintf("main.work%d", i))
		sample := &profile.Sample{Location: []*profile.Location{leaf, root}}
		for _, t := range p.SampleType {
			sample.Value = append(sample.Value, int64(i+1)*growth*unitSize(t.Unit, p.Period))
		}
		p.Sample = append(p.Sample, sample)
	}
}

func addFunction(p *profile.Profile, name string) *profile.Location {
	id := uint64(len(p.Function) + 1)
	f := &profile.Function{ID: id, Name: name, SystemName: name, Filename: "main.go", StartLine: int64(10 * id)}
	l := &profile.Location{ID: id, Mapping: p.Mapping[0], Address: 0x400000 + 0x10*id, Line: []profile.Line{{Function: f, Line: f.StartLine + 1}}}
	p.Function, p.Location = append(p.Function, f), append(p.Location, l)
	return l
}

// unitSize makes bytes and nanoseconds look like ones.
func unitSize(unit string, period int64) int64 {
	switch unit {
	case "bytes":
		return 1024
	case "nanoseconds":
		return max(period, 1000)
	}
	return 1
}
