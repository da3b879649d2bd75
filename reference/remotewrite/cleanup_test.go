package remotewrite

import (
	"testing"
	"testing/synctest"
)

// TestFailedCleanUpIsTriedAgain cleans up a log that is closed: the cut-off does not count as done.
func TestFailedCleanUpIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newWorld(t).run(t.TempDir(), "")
		if a.truncate(7) == 7 {
			t.Error("a clean-up that went well returns the old cut-off")
		}
		a.stop()
		if got := a.truncate(7); got != 7 {
			t.Errorf("after a failure the cut-off is %d, want the one of the last time", got)
		}
	})
}
