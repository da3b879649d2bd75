package mimir

import (
	"context"
	"errors"
	"fmt"
)

// WaitFor returns nil as soon as the condition holds for the accepted data, at once if it holds already. It wakes when something is
// accepted, never by a timer, so it works in virtual time. When the context ends first, the error wraps its cause and tells what came
// nearest; a selector that cannot be read is an error at once. On a fake that [StartT] started, an error ends the test.
func (s *Server) WaitFor(ctx context.Context, c Condition) error {
	s.Test().Helper()
	if err := s.check(c); err != nil {
		return s.Fail(fmt.Errorf("fake mimir: wait for %s: %w", c, err))
	}
	if err := s.waitFor(ctx, c); err != nil {
		return s.GiveUp(err)
	}
	return nil
}

var errDiscards = errors.New("the fake only counts (Options.Discard) and keeps no data: use WaitForCounts")

// check finds what makes it useless to wait.
func (s *Server) check(c Condition) error {
	if c.err == nil && s.Discards() {
		return errDiscards
	}
	return c.err
}

func (s *Server) waitFor(ctx context.Context, c Condition) error {
	p := c.begin()
	if err := s.accepted.Follow(ctx, p.take, func() bool { return p.done(s.Accepted) }); err != nil {
		return fmt.Errorf("fake mimir: wait for %s: %w%s", c, err, s.explain(p))
	}
	return nil
}

// WaitForCounts returns nil as soon as done says yes to the numbers of what was accepted, also when the fake discards the data. It wakes
// as WaitFor does.
func (s *Server) WaitForCounts(ctx context.Context, done func(Counts) bool) error {
	for {
		changed := s.bell.Next()
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
