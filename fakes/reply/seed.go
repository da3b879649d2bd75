package reply

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync/atomic"
)

// seed is the number that settles all draws. It may be used by several goroutines at once.
type seed struct{ number atomic.Uint32 }

// get is the number; when there is none yet, one that is drawn now.
func (s *seed) get() uint32 {
	s.number.CompareAndSwap(0, 1+rand.Uint32N(999_999_999))
	return s.number.Load()
}

// dice are those of one part of a script: how many draws other parts have made does not matter to them.
func (s *seed) dice(part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part)) // a hash takes everything
	return rand.New(rand.NewPCG(uint64(s.get()), h.Sum64()))
}

// Seed settles what is drawn: scripts with the same text and the same seed draw the same, one request after the other for each selector. When none was set,
// it is a number drawn now.
func (s *Script) Seed() uint32 {
	return s.seed.get()
}

// SetSeed begins all draws anew with this number; 0 takes one that nobody knows yet.
func (s *Script) SetSeed(n uint32) *Script {
	s.seed.number.Store(n)
	s.links.seed.number.Store(s.seed.get())
	s.mu.Lock()
	s.track.dice = nil
	for _, t := range s.keyed {
		t.dice = nil
	}
	s.mu.Unlock()
	s.links.mu.Lock()
	defer s.links.mu.Unlock()
	s.links.dice = nil
	return s
}

// IsRandom reports whether something in the script, played or not, is left to chance.
func (s *Script) IsRandom() bool {
	for _, st := range s.States() {
		if st.Default.isRandom() || slices.ContainsFunc(st.Replies, Reply.isRandom) {
			return true
		}
	}
	links := s.Connections().State()
	return links.Default.isRandom() || slices.ContainsFunc(links.Links, Link.isRandom)
}

// Chance tells people how to have what was drawn once more, for the text of a failure; it is empty when nothing is left to chance.
func (s *Script) Chance() string {
	if !s.IsRandom() {
		return ""
	}
	return fmt.Sprintf("the replies are drawn by chance with the seed %d: to have the same again, set Options.Seed or write \"seed: %[1]d\" into the script", s.Seed())
}
