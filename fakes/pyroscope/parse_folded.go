package pyroscope

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// maxFrames is how many frames the lines of one profile may have together.
const maxFrames = 1_000_000

// folder turns lines of stacks into a profile.
type folder struct {
	profile   *profile.Profile
	locations map[string]*profile.Location
	frames    int
}

// parseFolded reads lines of "main;work;inner 12": the outermost frame first, then how often; of the format lines, without the number.
func (p *Profile) parseFolded() (*profile.Profile, error) {
	unit := "count"
	if p.Ingest != nil && p.Ingest.Units != "" {
		unit = p.Ingest.Units
	}
	f := folder{
		profile:   &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: unit}}},
		locations: map[string]*profile.Location{},
	}
	number := 0
	for line := range strings.Lines(string(p.Raw)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if err := f.line(line, p.format == IngestFolded); err != nil {
			return nil, fmt.Errorf("parse line %d: %w", number, err)
		}
	}
	if len(f.profile.Sample) == 0 {
		return nil, errEmpty
	}
	return f.profile, nil
}

func (f *folder) line(line string, counted bool) error {
	stack, value := line, int64(1)
	if counted {
		space := strings.LastIndexByte(line, ' ')
		if space < 0 {
			return fmt.Errorf("%q has no number at the end", shorten(line))
		}
		n, err := strconv.ParseInt(line[space+1:], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", shorten(line[space+1:]))
		}
		stack, value = strings.TrimSpace(line[:space]), n
	}
	names := strings.Split(stack, ";")
	if f.frames += len(names); f.frames > maxFrames {
		return fmt.Errorf("more than %d frames", maxFrames)
	}
	sample := &profile.Sample{Value: []int64{value}}
	for i := len(names) - 1; i >= 0; i-- { // a profile has the innermost frame first
		sample.Location = append(sample.Location, f.location(names[i]))
	}
	f.profile.Sample = append(f.profile.Sample, sample)
	return nil
}

func (f *folder) location(name string) *profile.Location {
	if l, ok := f.locations[name]; ok {
		return l
	}
	id := uint64(len(f.locations) + 1)
	function := &profile.Function{ID: id, Name: name, SystemName: name}
	location := &profile.Location{ID: id, Line: []profile.Line{{Function: function}}}
	f.profile.Function = append(f.profile.Function, function)
	f.profile.Location = append(f.profile.Location, location)
	f.locations[name] = location
	return location
}

func shorten(text string) string {
	const longest = 60
	if len(text) > longest {
		return text[:longest] + "..."
	}
	return text
}
