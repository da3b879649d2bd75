package wal

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPositionsThatCannotBeSaved fails for half a minute as on a full disk: that is logged once, and nothing is forgotten.
func TestPositionsThatCannotBeSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		name := filepath.Join(t.TempDir(), deliveredFile)
		if err := os.Mkdir(name+".tmp", 0o755); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		p := loadPositions(name, slog.New(slog.NewTextHandler(&log, nil)))
		p.start()
		w := &WAL{positions: p}
		w.SetDelivered("a", 7, 8)
		time.Sleep(30 * time.Second)
		if err := os.Remove(name + ".tmp"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		text, err := os.ReadFile(name)
		if want := `{"a":{"seq":7,"time":8}}` + "\n"; string(text) != want || err != nil {
			t.Errorf("got %s, %v, want %s", text, err, want)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
		if got := log.String(); strings.Count(got, "cannot be saved") != 1 || strings.Count(got, "are saved again") != 1 {
			t.Errorf("want one failure and one recovery, got\n%s", got)
		}
	})
}
