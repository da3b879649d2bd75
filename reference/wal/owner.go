package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// What lies in the folder of a log.
const (
	logFolder     = "wal"
	deliveredFile = "delivered"
	lockFile      = "lock"
	ownerFile     = "owner"
)

// ownerHead is the first line of the owner file; the second is the owner.
const ownerHead = "touchstone write-ahead log, version 1"

// lockFolder makes sure that only one log is open in the folder. The lock ends with the process or with the file.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the write-ahead log %q: %w", dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("the write-ahead log %q is in use by another process: stop it or choose another storage path", dir)
	}
	return nil, fmt.Errorf("lock the write-ahead log %q: %w", dir, err)
}

// claim makes the folder ours, or says whose it is. Only a folder without a log can be claimed.
func claim(dir, owner string) error {
	switch found, err := readOwner(dir); {
	case err == nil && found == owner:
		return nil
	case err == nil:
		return fmt.Errorf("the write-ahead log %q belongs to %q, not to %q: move it away or choose another storage path", dir, found, owner)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	entries, err := os.ReadDir(filepath.Join(dir, logFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look into the write-ahead log: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("the write-ahead log %q was written by another program (it has no file %q): move it away or choose another storage path",
			dir, ownerFile)
	}
	return sign(dir, owner)
}

// sign writes the owner file. It is durable before the log has a segment: a power failure must not leave a log without an
// owner, which would be refused for ever.
func sign(dir, owner string) error {
	name := filepath.Join(dir, ownerFile)
	if err := replaceFile(name, []byte(ownerHead+"\n"+owner+"\n"), true); err != nil {
		return err
	}
	return syncFolder(dir)
}

// readOwner returns the owner of a folder; the error is fs.ErrNotExist when there is none.
func readOwner(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, ownerFile))
	if err != nil {
		return "", fmt.Errorf("read the owner of the write-ahead log %q: %w", dir, err)
	}
	head, rest, _ := strings.Cut(string(text), "\n")
	if head != ownerHead {
		return "", fmt.Errorf("the write-ahead log %q is of another kind, its owner file begins with %.60q: move it away or choose another storage path", dir, head)
	}
	owner, _, _ := strings.Cut(rest, "\n")
	return owner, nil
}

// replaceFile puts a file in place as a whole: whoever reads it sees the old text or the new one. With durable that holds after
// a power failure too.
func replaceFile(name string, text []byte, durable bool) error {
	fresh := name + ".tmp"
	if err := writeFile(fresh, text, durable); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	if err := os.Rename(fresh, name); err != nil {
		return fmt.Errorf("replace %q: %w", name, err)
	}
	return nil
}

func writeFile(name string, text []byte, durable bool) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && durable {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
