package metrics

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// series is a label set with all that was accepted for it. Its lists are only appended to, or replaced: who holds a part of one may read
// it without the store's lock.
type series struct {
	labels    labels.Labels
	named     labels.Labels // with the tenant's name; made when first asked for
	samples   samples
	disorder  bool // samples are not in order of time
	exemplars []exemplar
	newest    int // the request that brought the last
}

// exemplar is one that was accepted.
type exemplar struct {
	*mimir.Exemplar
	seq int
}

func (s *series) add(seq int, sent mimir.Series) {
	s.newest = seq
	for _, one := range sent.Samples {
		s.append(sample{t: one.Timestamp, start: one.Start, value: one.Value, seq: seq})
	}
	for i := range sent.Histograms {
		if h := &sent.Histograms[i]; valid(h) {
			s.append(sample{t: h.Timestamp, start: h.Start, histogram: h, seq: seq})
		}
	}
	for i := range sent.Exemplars {
		s.exemplars = append(s.exemplars, exemplar{&sent.Exemplars[i], seq})
	}
}

func (s *series) append(one sample) {
	if n := len(s.samples); n > 0 && one.t <= s.samples[n-1].t {
		s.disorder = true
	}
	s.samples = append(s.samples, one)
}

// upTo returns what was accepted up to a request, in order of time.
func (s *series) upTo(seq int) samples {
	if s.newest > seq {
		return s.before(seq + 1).inOrder()
	}
	if s.disorder {
		s.samples, s.disorder = s.samples.inOrder(), false
	}
	return s.samples
}

// before returns a copy of what was accepted before a request.
func (s *series) before(seq int) samples {
	return slices.DeleteFunc(slices.Clone(s.samples), func(one sample) bool { return one.seq >= seq })
}

// forget drops what came before the oldest request.
func (s *series) forget(oldest int) {
	gone := func(one sample) bool { return one.seq < oldest }
	if slices.ContainsFunc(s.samples, gone) {
		s.samples = slices.DeleteFunc(slices.Clone(s.samples), gone)
	}
	old := func(one exemplar) bool { return one.seq < oldest }
	if slices.ContainsFunc(s.exemplars, old) {
		s.exemplars = slices.DeleteFunc(slices.Clone(s.exemplars), old)
	}
}

func (s *series) empty() bool { return len(s.samples) == 0 && len(s.exemplars) == 0 }

// withTenant are the labels with the tenant's name among them.
func (s *series) withTenant(name string) labels.Labels {
	if s.named.IsEmpty() {
		s.named = labels.NewBuilder(s.labels).Set(mimir.TenantLabel, name).Labels()
	}
	return s.named
}
