package metrics

import (
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"

	fakelabels "github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// Store holds what a fake accepted by tenant and series. It follows the fake when it is asked to, and forgets what the fake forgot. All who
// query a fake share one, so that data is taken over once; it may be used by several goroutines at once.
type Store struct {
	fake *mimir.Server

	mu      sync.Mutex // guards all below, and the tenants' insides
	seq     int        // of the newest request that was taken over
	oldest  int        // of the oldest request that the fake still kept
	tenants map[string]*tenant
}

type storeKey struct{}

// StoreOf returns the store of a fake, one for all who ask for it. It takes nothing over until a query wants it.
func StoreOf(m *mimir.Server) *Store {
	return m.Beside(storeKey{}, func() any {
		return &Store{fake: m, oldest: m.OldestAccepted(), tenants: map[string]*tenant{}}
	}).(*Store)
}

// follow takes over what was accepted since the last time and returns the number of the newest request. The lock is held.
func (s *Store) follow() int {
	if oldest := s.fake.OldestAccepted(); oldest > s.oldest {
		s.oldest = oldest
		s.forget(oldest)
	}
	for _, a := range s.fake.AcceptedSince(s.seq) {
		s.tenant(a.Tenant).take(a)
		s.seq = a.Seq
	}
	return s.seq
}

func (s *Store) tenant(name string) *tenant {
	t, ok := s.tenants[name]
	if !ok {
		t = newTenant()
		s.tenants[name] = t
	}
	return t
}

// forget drops what came in requests before the oldest.
func (s *Store) forget(oldest int) {
	for name, t := range s.tenants {
		if t.forget(oldest); len(t.series) == 0 && len(t.metadata) == 0 {
			delete(s.tenants, name)
		}
	}
}

// view is what tenants hold up to one request: what one query sees of the store, whatever comes meanwhile.
type view struct {
	store   *Store
	tenants []string
	label   bool // series carry the name of their tenant
	seq     int
}

// view follows the fake and settles what a query will see.
func (s *Store) view(tenants []string, label bool) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return view{store: s, tenants: tenants, label: label, seq: s.follow()}
}

// names lists the tenants that hold something.
func (s *Store) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follow()
	names := make([]string, 0, len(s.tenants))
	for name := range s.tenants {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// maxPlaces bounds the cache of a tenant; beyond it the cache starts anew.
const maxPlaces = 1_000_000

// tenant is what one tenant sent.
type tenant struct {
	index
	byKey map[string]*series
	// places caches where a label set goes, by the address of its first label: see [mimir.Arrival.Series].
	places   map[*fakelabels.Label]*series
	metadata []metadata
}

func newTenant() *tenant {
	return &tenant{byKey: map[string]*series{}, places: map[*fakelabels.Label]*series{}}
}

func (t *tenant) take(a mimir.Arrival) {
	a.Series(func(one mimir.Series) {
		t.place(one.Labels).add(a.Seq, one)
	})
	for _, m := range a.Metadata() {
		t.metadata = append(t.metadata, metadata{Metadata: m, seq: a.Seq})
	}
}

// place finds or makes the series of a label set.
func (t *tenant) place(sent fakelabels.Labels) *series {
	if len(sent) == 0 {
		return t.seriesOf(sent)
	}
	if s, ok := t.places[&sent[0]]; ok {
		return s
	}
	if len(t.places) >= maxPlaces {
		clear(t.places)
	}
	s := t.seriesOf(sent)
	t.places[&sent[0]] = s
	return s
}

func (t *tenant) seriesOf(sent fakelabels.Labels) *series {
	set := convert(sent)
	key := string(set.Bytes(nil))
	s, ok := t.byKey[key]
	if !ok {
		s = &series{labels: set}
		t.byKey[key] = s
		t.index.add(s)
	}
	return s
}

// convert makes Prometheus' labels of those sent, in whatever order. Of a name sent twice the first counts, empty ones count as none.
func convert(sent fakelabels.Labels) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, l := range slices.Backward(sent) {
		b.Set(l.Name, l.Value)
	}
	return b.Labels()
}

// forget drops what came before the oldest request, and series of which nothing is left.
func (t *tenant) forget(oldest int) {
	t.metadata = slices.DeleteFunc(t.metadata, func(m metadata) bool { return m.seq < oldest })
	var kept []*series
	for _, s := range t.series {
		if s.forget(oldest); !s.empty() {
			kept = append(kept, s)
		}
	}
	if len(kept) == len(t.series) {
		return
	}
	t.index, t.byKey = index{}, map[string]*series{}
	clear(t.places)
	for _, s := range kept {
		t.byKey[string(s.labels.Bytes(nil))] = s
		t.index.add(s)
	}
}
