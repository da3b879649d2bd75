package wal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	checkpointPrefix = "checkpoint."
	unfinishedSuffix = ".tmp"
	repairSuffix     = ".repair"
)

// checkpointName is the path of the checkpoint that replaces the segments up to index.
func checkpointName(dir string, index int) string {
	return filepath.Join(dir, fmt.Sprintf("%s%08d", checkpointPrefix, index))
}

// segment is a file of the log and what is known about it.
type segment struct {
	index int
	first uint64 // Seq of its first part, if it has any
	end   int64  // its records end here
}

// files are the checkpoint and the segments that make up the log.
type files struct {
	checkpoint int       // -1 when there is none
	segments   []segment // ascending
	epoch      int       // grows when a truncation replaces files
}

func (f *files) last() *segment { return &f.segments[len(f.segments)-1] }

// holding returns the segment where the part seq is or would be. ok is false when it is in the checkpoint.
func (f *files) holding(seq uint64) (s segment, ok bool) {
	i, _ := slices.BinarySearchFunc(f.segments, seq+1, func(s segment, seq uint64) int {
		if s.first < seq {
			return -1
		}
		return 1
	})
	if i > 0 {
		return f.segments[i-1], true
	}
	return f.segments[0], f.checkpoint < 0
}

// find returns the segment with the index, nil when it is gone, and the one after it, nil when it is the newest.
func (f *files) find(index int) (at, after *segment) {
	i := slices.IndexFunc(f.segments, func(s segment) bool { return s.index == index })
	if i < 0 {
		return nil, nil
	}
	if i+1 < len(f.segments) {
		after = &f.segments[i+1]
	}
	return &f.segments[i], after
}

// listing is what lies in the folder of a log.
type listing struct {
	checkpoint int
	segments   []int
	stale      []string // names of what an interrupted truncation or repair left behind
}

func list(dir string) (listing, error) {
	l := listing{checkpoint: -1}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return l, err
	}
	var checkpoints []int
	for _, e := range entries {
		name := e.Name()
		digits, isCheckpoint := strings.CutPrefix(name, checkpointPrefix)
		index, err := strconv.Atoi(digits)
		switch {
		case strings.HasSuffix(name, unfinishedSuffix), strings.HasSuffix(name, repairSuffix):
			l.stale = append(l.stale, name)
		case err != nil || index < 0:
		case isCheckpoint:
			checkpoints = append(checkpoints, index)
		default:
			l.segments = append(l.segments, index)
		}
	}
	l.settle(checkpoints)
	return l, nil
}

// settle picks the newest checkpoint; what it replaces is stale.
func (l *listing) settle(checkpoints []int) {
	slices.Sort(l.segments)
	slices.Sort(checkpoints)
	for i, index := range checkpoints {
		if l.checkpoint = index; i < len(checkpoints)-1 {
			l.stale = append(l.stale, filepath.Base(checkpointName("", index)))
		}
	}
	for len(l.segments) > 0 && l.segments[0] <= l.checkpoint {
		l.stale = append(l.stale, filepath.Base(segmentName("", l.segments[0])))
		l.segments = l.segments[1:]
	}
}

// checkpointFiles returns the paths of a checkpoint's segments in order.
func checkpointFiles(dir string, index int) ([]string, error) {
	folder := checkpointName(dir, index)
	l, err := list(folder)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(l.segments))
	for i, s := range l.segments {
		paths[i] = segmentName(folder, s)
	}
	return paths, nil
}

// scanFile reads the records of a file up to end, or to the end of the file if that is negative. Damage is reported and
// passed over. good is where the last good record ends.
func scanFile(path string, end int64, record func([]byte) error, broken func(*damage)) (good int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if end < 0 {
		if end, err = f.Seek(0, io.SeekEnd); err != nil {
			return 0, err
		}
	}
	s := scanner{file: f, end: end}
	for {
		r, err := s.next()
		var d *damage
		switch {
		case errors.Is(err, io.EOF):
			return s.good, nil
		case errors.As(err, &d):
			broken(d)
			s.resync()
		case err != nil:
			return s.good, fmt.Errorf("%s: %w", path, err)
		default:
			if err := record(r); err != nil {
				return s.good, err
			}
		}
	}
}

// continuity watches the numbers of parts and counts those that are missing.
type continuity struct {
	last  uint64 // the newest part so far
	known bool   // last is known
	lost  uint64
}

// mark takes a mark record. Parts between its last and next never existed.
func (c *continuity) mark(m mark) {
	if c.known && m.last > c.last {
		c.lost += m.last - c.last
	}
	c.last, c.known = max(c.last, m.next-1), true
}

// part takes the number of a part.
func (c *continuity) part(seq uint64) {
	if c.known && seq > c.last+1 {
		c.lost += seq - c.last - 1
	}
	c.last, c.known = max(c.last, seq), true
}

// syncFolder makes renames and removals in the folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
