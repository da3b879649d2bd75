package profiles

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// Store knows of each profile that a fake accepted what it counts, when and for whom. The profiles themselves stay with the fake and are
// taken apart again when they are merged. It may be used by several goroutines at once.
type Store struct {
	fake *pyroscope.Server

	// turn has one place: who puts something in may read and write all below. It is no mutex, because profiles are parsed meanwhile.
	turn  chan struct{}
	seq   int // of the newest request that was looked at
	cards []card
}

type storeKey struct{}

// StoreOf returns the store of a fake, one for all who ask for it. It looks at profiles when it is asked, and at each one once.
func StoreOf(p *pyroscope.Server) *Store {
	return p.Beside(storeKey{}, func() any { return &Store{fake: p, turn: make(chan struct{}, 1)} }).(*Store)
}

// card is what is known of one profile for one of its sample types and one set of labels of its samples: what Pyroscope stores as a profile
// of its own.
type card struct {
	seq     int
	index   int // of the profile in its request
	tenant  string
	kind    kind
	labels  labels.Labels // those sent, those of the samples, and those that Pyroscope makes
	group   string        // of samples: see split
	time    time.Time
	total   int64
	profile pyroscope.Profile // not parsed
}

// all follows the fake and returns a card for each profile and sample type that it still keeps, oldest first. Profiles that could not be
// parsed have none.
func (s *Store) all() []card {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	oldest := s.fake.OldestAccepted()
	if len(s.cards) > 0 && s.cards[0].seq < oldest {
		s.cards = slices.DeleteFunc(slices.Clone(s.cards), func(c card) bool { return c.seq < oldest })
	}
	for _, a := range s.fake.AcceptedSince(s.seq) {
		for i, p := range a.Profiles {
			s.cards = append(s.cards, cardsOf(a, i, s.fake.Parse(p).Parsed)...)
		}
		s.seq = a.Seq
	}
	return s.cards[:len(s.cards):len(s.cards)]
}

// cardsOf makes a card for each sample type of a request's profile, and for each set of labels that its samples have.
func cardsOf(a pyroscope.Arrival, index int, parsed *profile.Profile) []card {
	if parsed == nil {
		return nil
	}
	p := a.Profiles[index]
	var cards []card
	groups := splitUp(parsed)
	for i := range parsed.SampleType {
		totals := groups.totals(parsed, i)
		k := kindOf(p.Labels.Get(labels.MetricName), parsed, i)
		for _, group := range slices.Sorted(maps.Keys(groups.labels)) {
			cards = append(cards, card{
				seq: a.Seq, index: index, tenant: p.Tenant, kind: k, group: group, profile: p,
				labels: k.label(joined(p.Labels, groups.labels[group])),
				time:   timeOf(a, p, parsed),
				total:  totals[group],
			})
		}
	}
	return cards
}

// timeOf is when the profile was taken: as /ingest says, as the profile says, or when it came.
func timeOf(a pyroscope.Arrival, p pyroscope.Profile, parsed *profile.Profile) time.Time {
	switch {
	case p.Ingest != nil && !p.Ingest.From.IsZero():
		return p.Ingest.From
	case parsed.TimeNanos > 0:
		return time.Unix(0, parsed.TimeNanos)
	default:
		return a.Arrived
	}
}

// kind is what Pyroscope calls a profile type.
type kind struct {
	name, sampleType, sampleUnit, periodType, periodUnit string
}

func kindOf(name string, p *profile.Profile, i int) kind {
	k := kind{name: name, sampleType: p.SampleType[i].Type, sampleUnit: p.SampleType[i].Unit}
	if p.PeriodType != nil {
		k.periodType, k.periodUnit = p.PeriodType.Type, p.PeriodType.Unit
	}
	return k
}

// id is name:sample-type:sample-unit:period-type:period-unit.
func (k kind) id() string {
	return strings.Join([]string{k.name, k.sampleType, k.sampleUnit, k.periodType, k.periodUnit}, ":")
}

// label adds the labels that Pyroscope makes of a profile type, and sorts.
func (k kind) label(sent labels.Labels) labels.Labels {
	set := slices.Concat(sent, labels.Labels{
		{Name: "__period_type__", Value: k.periodType},
		{Name: "__period_unit__", Value: k.periodUnit},
		{Name: "__profile_type__", Value: k.id()},
		{Name: "__type__", Value: k.sampleType},
		{Name: "__unit__", Value: k.sampleUnit},
	})
	if service := sent.Get("service_name"); service != "" {
		set = append(set, labels.Label{Name: "__service_name__", Value: service})
	}
	return set.Sorted()
}
