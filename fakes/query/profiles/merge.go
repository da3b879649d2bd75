package profiles

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// Merge adds up the profiles of a query, as Pyroscope does: one sample type, stacks added up whatever the labels of their samples. It is an
// error when there are none, or when what comes of it would have more than a million parts. Write writes the result as a pprof file.
func Merge(p *pyroscope.Server, q Query) (*profile.Profile, error) { return StoreOf(p).Merge(q) }

// Merge is as the function Merge.
func (s *Store) Merge(q Query) (*profile.Profile, error) {
	found, err := q.find(s.all())
	if err != nil {
		return nil, err
	}
	return merge(s.fake, found)
}

// maxParts is how many samples, locations and functions a merged profile may have together.
const maxParts = 1_000_000

// mergedAtOnce is how many profiles are taken apart before they are added up.
const mergedAtOnce = 32

var errTooMuch = errors.New("the merged profile would be too large: narrow the selector or the time")

// merge adds up profiles of one type, a few at a time.
func merge(p *pyroscope.Server, cards []card) (*profile.Profile, error) {
	var batch []*profile.Profile
	for len(cards) > 0 {
		same := sameProfile(cards)
		if parsed := p.Parse(cards[0].profile).Parsed; parsed != nil { // it could be parsed when its card was made
			batch = append(batch, reduce(parsed, cards[:same]))
		}
		cards = cards[same:]
		if len(batch) < mergedAtOnce {
			continue
		}
		merged, err := add(batch, maxParts)
		if err != nil {
			return nil, err
		}
		batch = append(batch[:0], merged)
	}
	return add(batch, maxParts)
}

// sameProfile is how many of the first cards are of one profile.
func sameProfile(cards []card) int {
	n := slices.IndexFunc(cards, func(c card) bool { return c.seq != cards[0].seq || c.index != cards[0].index })
	if n < 0 {
		return len(cards)
	}
	return n
}

// add is the library's merge; it is an error when the result has more parts than most. The library was not written for hostile profiles.
func add(all []*profile.Profile, most int) (merged *profile.Profile, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			merged, err = nil, fmt.Errorf("merge profiles: the library gave up: %v", cause)
		}
	}()
	if merged, err = profile.Merge(all); err != nil {
		return nil, fmt.Errorf("merge profiles: %w", err)
	}
	if len(merged.Sample)+len(merged.Location)+len(merged.Function) > most {
		return nil, errTooMuch
	}
	return merged, nil
}

// reduce keeps of a profile the sample type and the samples that its cards are for, without the samples' labels.
func reduce(p *profile.Profile, cards []card) *profile.Profile {
	index := 0
	for i := range p.SampleType {
		if kindOf(cards[0].kind.name, p, i) == cards[0].kind {
			index = i
		}
	}
	wanted, groups := map[string]bool{}, splitUp(p).groups
	for _, c := range cards {
		wanted[c.group] = true
	}
	var samples []*profile.Sample
	for i, s := range p.Sample {
		if s.Value[index] != 0 && wanted[groups[i]] {
			samples = append(samples, &profile.Sample{Location: s.Location, Value: []int64{s.Value[index]}})
		}
	}
	p.Sample = samples
	p.SampleType, p.DefaultSampleType = []*profile.ValueType{p.SampleType[index]}, ""
	if p.PeriodType == nil { // which the library cannot compare
		p.PeriodType = &profile.ValueType{}
	}
	return p
}
