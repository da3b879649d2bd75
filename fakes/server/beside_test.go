package server_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

func TestBesideIsMadeOnceForEachFakeAndKey(t *testing.T) {
	type one struct{}
	type other struct{}
	a, b := mimir.StartT(t), mimir.StartT(t)
	var made atomic.Int64
	build := func() any { return made.Add(1) }
	var asking sync.WaitGroup
	for range 10 {
		asking.Go(func() { a.Beside(one{}, build) })
	}
	asking.Wait()
	if got := a.Beside(one{}, build); got != int64(1) {
		t.Errorf("the same fake and key have %v, want 1", got)
	}
	if got := a.Beside(other{}, build); got != int64(2) {
		t.Errorf("another key has %v, want 2", got)
	}
	if got := b.Beside(one{}, build); got != int64(3) {
		t.Errorf("another fake has %v, want 3", got)
	}
}
