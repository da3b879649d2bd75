package mimir

import (
	"context"
	"fmt"
)

// WaitFor returns nil as soon as the condition holds for the accepted data, at once if it holds already. It wakes when something is
// accepted, never by a timer, so it works in virtual time. When the context ends first, the error wraps its cause and tells what came
// nearest; a selector that cannot be read is an error at once. On a fake that [StartT] started, an error ends the test.
func (s *Server) WaitFor(ctx context.Context, c Condition) error {
	if s.t != nil {
		s.t.Helper()
	}
	err := s.waitFor(ctx, c)
	if err != nil && s.t != nil {
		s.t.Fatalf("%v", err)
	}
	return err
}

func (s *Server) waitFor(ctx context.Context, c Condition) error {
	if c.err != nil {
		return fmt.Errorf("fake mimir: wait for %s: %w", c, c.err)
	}
	if s.options.Discard {
		return fmt.Errorf("fake mimir: wait for %s: Options.Discard keeps no data; use WaitForCounts", c)
	}
	p := c.begin()
	for seq := 0; ; {
		changed := s.accepted.Changed()
		for _, e := range s.accepted.Since(seq) {
			p.take(e)
			seq = e.seq
		}
		if p.done(s.Accepted) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("fake mimir: wait for %s: %w%s", c, context.Cause(ctx), s.explain(p))
		}
	}
}

// WaitForCounts returns nil as soon as done says yes to the numbers of what was accepted, also when the fake discards the data. It wakes
// as WaitFor does.
func (s *Server) WaitForCounts(ctx context.Context, done func(Counts) bool) error {
	for {
		changed := s.changed()
		counts := s.Counts()
		if done(counts) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("fake mimir: wait for counts (%+v so far): %w", counts, context.Cause(ctx))
		}
	}
}

func (s *Server) changed() <-chan struct{} {
	if s.options.Discard {
		return s.bell.Next()
	}
	return s.accepted.Changed()
}
