package reply

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// Key is what a script may tell requests apart by.
type Key struct {
	Kind   string `json:"kind,omitempty"`   // what the request is for, in the fake's words: samples, metadata, profile, scrape, token
	Path   string `json:"path,omitempty"`   // as sent, without the query
	Tenant string `json:"tenant,omitempty"` // X-Scope-OrgID
	Token  string `json:"token,omitempty"`  // of Authorization: Bearer
}

// Match selects requests: an empty field fits all.
type Match Key

// AnyKind as the kind of a [Match] selects all kinds, also those that are not the fake's main ones.
const AnyKind = "*"

func (m Match) fits(k Key) bool {
	return (m.Kind == "" || m.Kind == AnyKind || m.Kind == k.Kind) && (m.Path == "" || m.Path == k.Path) &&
		(m.Tenant == "" || m.Tenant == k.Tenant) && (m.Token == "" || m.Token == k.Token)
}

// weight is how much a match names: the more, the earlier it is asked.
func (m Match) weight() int {
	n := 0
	for _, s := range []string{m.Kind, m.Path, m.Tenant, m.Token} {
		if s == AnyKind {
			n++
		} else if s != "" {
			n += 2
		}
	}
	return n
}

// Script is the replies of a fake in order. It may be changed while the fake runs; all methods may be called by several goroutines
// at once. The zero value leaves everything to the fake.
type Script struct {
	links Links
	seed  seed

	mu    sync.Mutex // guards all below
	main  []string
	track track
	keyed []*track
}

// track is the list of replies for one selector.
type track struct {
	match  Match
	steps  []Reply
	played int
	end    Reply
	after  int
	dice   *rand.Rand // nil until the first draw
}

// New makes an empty script whose replies without selector are for these kinds only; without kinds, for all.
func New(mainKinds ...string) *Script { return &Script{main: mainKinds} }

// Then appends replies.
func (s *Script) Then(replies ...Reply) *Script { return s.For(Match{}).Then(replies...).script }

// ThenStatus appends replies that are only a status.
func (s *Script) ThenStatus(codes ...int) *Script { return s.For(Match{}).ThenStatus(codes...).script }

// Default sets what comes when the list is at its end.
func (s *Script) Default(r Reply) *Script { return s.For(Match{}).Default(r).script }

// For selects the replies for some requests only. A request belongs to the one selector that fits it and names most (among equals,
// to the latest made), whether or not its list is at its end.
func (s *Script) For(m Match) Selection { return Selection{script: s, match: m} }

// Connections are the replies of the layer below: what happens to each connection that is accepted.
func (s *Script) Connections() *Links {
	s.links.seed.number.CompareAndSwap(0, s.seed.get())
	return &s.links
}

// Selection is the part of a script that is for some requests only. It is a view: it changes its script.
type Selection struct {
	script *Script
	match  Match
}

// Then appends replies.
func (v Selection) Then(replies ...Reply) Selection {
	v.change(func(t *track) { t.steps = append(t.steps, replies...) })
	return v
}

// ThenStatus appends replies that are only a status.
func (v Selection) ThenStatus(codes ...int) Selection {
	replies := make([]Reply, len(codes))
	for i, code := range codes {
		replies[i] = Status(code)
	}
	return v.Then(replies...)
}

// Default sets what comes when the list is at its end.
func (v Selection) Default(r Reply) Selection {
	v.change(func(t *track) { t.end = r })
	return v
}

func (v Selection) change(f func(*track)) {
	v.script.mu.Lock()
	defer v.script.mu.Unlock()
	f(v.script.find(v.match))
}

// find returns the track of a match, and makes it if there is none. The lock is held.
func (s *Script) find(m Match) *track {
	if m == (Match{}) {
		return &s.track
	}
	for _, t := range s.keyed {
		if t.match == m {
			return t
		}
	}
	t := &track{match: m}
	s.keyed = append(s.keyed, t)
	return t
}

// Next takes the reply for a request: it counts.
func (s *Script) Next(k Key) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.choose(k)
	if t == nil {
		return OK()
	}
	next := t.next()
	if !next.isRandom() {
		return next
	}
	if t.dice == nil {
		t.dice = s.seed.dice(t.match.String())
	}
	return next.draw(t.dice)
}

func (t *track) next() Reply {
	if t.played < len(t.steps) {
		t.played++
		return t.steps[t.played-1]
	}
	t.after++
	return t.end
}

func (s *Script) choose(k Key) *track {
	var best *track
	for _, t := range s.keyed {
		if t.match.fits(k) && (best == nil || t.match.weight() >= best.match.weight()) {
			best = t
		}
	}
	if best != nil {
		return best
	}
	if len(s.main) > 0 && !slices.Contains(s.main, k.Kind) {
		return nil
	}
	return &s.track
}

// Clear forgets all replies, defaults and counts of both layers.
func (s *Script) Clear() {
	s.mu.Lock()
	s.track, s.keyed = track{}, nil
	s.mu.Unlock()
	s.links.Clear()
}

// State is how far one part of a script has come.
type State struct {
	Match   Match   `json:"match"`
	Replies []Reply `json:"replies"`
	Default Reply   `json:"default"`
	// Played is how many of Replies were given, AfterEnd how often the default was.
	Played   int `json:"played"`
	AfterEnd int `json:"afterEnd"`
}

// Left is how many replies are still to come before the default.
func (st State) Left() int { return len(st.Replies) - st.Played }

// States tells how far the script has come: the part without selector first, then the others in the order they were made.
func (s *Script) States() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []State{s.track.state()}
	for _, t := range s.keyed {
		states = append(states, t.state())
	}
	return states
}

func (t *track) state() State {
	return State{Match: t.match, Replies: slices.Clone(t.steps), Default: t.end, Played: t.played, AfterEnd: t.after}
}
