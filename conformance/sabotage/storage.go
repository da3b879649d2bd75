package sabotage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

func wipeStorage() processEdit {
	return processEdit{setup: func(a *Act, setup sut.Setup) error {
		entries, err := os.ReadDir(setup.Storage)
		if err != nil || len(entries) == 0 {
			return nil // not there yet: the first start
		}
		a.touch()
		return empty(setup.Storage)
	}}
}

// freezeStorage keeps a copy of the folder from before each start, and puts it back before the next.
func freezeStorage() processEdit {
	var mu sync.Mutex
	copies := map[string]string{} // guarded by mu; by setup.Folder: the copy from before the last start
	starts := 0                   // guarded by mu
	return processEdit{setup: func(a *Act, setup sut.Setup) error {
		mu.Lock()
		defer mu.Unlock()
		before, again := copies[setup.Folder]
		starts++
		now := filepath.Join(setup.Folder, fmt.Sprintf("frozen-%d", starts))
		if err := copyFolder(now, setup.Storage); err != nil {
			return err
		}
		copies[setup.Folder] = now
		if !again {
			return nil
		}
		a.touch()
		if err := empty(setup.Storage); err != nil {
			return err
		}
		return copyFolder(setup.Storage, before)
	}}
}

// copyFolder copies what lies in from; a folder that does not exist is empty.
func copyFolder(to, from string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return os.CopyFS(to, os.DirFS(from))
}

// empty removes what lies in a folder.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
