package reply

// Replace forgets all replies, defaults and counts of both layers and plays what a text in the syntax of this package says, in one step: no
// request comes between. When the text is wrong, the error is a [*ParseError] and nothing changes.
func (s *Script) Replace(text string) error {
	p, err := Parse(text)
	if err != nil {
		return err
	}
	if p.Seed != 0 {
		s.SetSeed(p.Seed)
	}
	p.Seed = 0
	fresh := New()
	fresh.Load(p)
	s.mu.Lock()
	s.track, s.keyed = fresh.track, fresh.keyed
	s.mu.Unlock()
	s.links.mu.Lock()
	defer s.links.mu.Unlock()
	s.links.steps, s.links.played, s.links.end = fresh.links.steps, 0, fresh.links.end
	s.links.dice = nil
	return nil
}
