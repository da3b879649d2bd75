package wal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Listing is what lies in the folder of a log.
type Listing struct {
	// Owner is the id of the component that the folder belongs to, empty when it says none.
	Owner string
	// Delivered holds the saved positions of the endpoints.
	Delivered map[string]Position
	// Checkpoint is the number of the last segment that the checkpoint replaces, -1 without a checkpoint.
	Checkpoint int
	// Files are those of the checkpoint, then the segments.
	Files []File
	// Series are all series of which a definition was found, in the order in which they were first defined.
	Series []Series
	// Metadata is what the log says about metrics, by family.
	Metadata map[string]column.Metadata
	// Damage holds one line for each place that cannot be read.
	Damage []string
}

// File is one file of a log.
type File struct {
	Name       string // relative to the folder of the log
	Checkpoint bool
	Size       int64
	Parts      int
	Samples    int
	// Oldest and Newest are times of samples in milliseconds, both 0 when there are none.
	Oldest, Newest int64
}

// Series is one series and its samples in the order in which they were appended.
type Series struct {
	Labels  []column.Label
	Key     uint64
	Samples []Sample
	// Histograms and Exemplars are how many native histograms and exemplars there are.
	Histograms, Exemplars int
}

// Sample is one sample in a log.
type Sample struct {
	Seq   uint64
	T     int64 // milliseconds
	Value float64
	// File is the index in Listing.Files of where it lies.
	File int
}

// Inspect reads the log in dir, as given to Open, without opening it for writing: the log may be stopped, copied or in use,
// when the record being written may show as damage. Damage is data, an error means that the folder cannot be read at all.
func Inspect(dir string) (Listing, error) {
	i := inspector{dir: filepath.Join(dir, logFolder), frames: map[uint64]inspected{}, known: map[string]int{}}
	owner, err := readOwner(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return i.Listing, err
	}
	i.Owner, i.Checkpoint, i.Metadata = owner, -1, map[string]column.Metadata{}
	if text, err := os.ReadFile(filepath.Join(dir, deliveredFile)); err == nil {
		if err := json.Unmarshal(text, &i.Delivered); err != nil {
			i.note("the delivered positions: %v", err)
		}
	}
	found, err := list(i.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return i.Listing, nil
	}
	if err == nil {
		err = i.read(found)
	}
	if err != nil {
		return i.Listing, fmt.Errorf("inspect the write-ahead log: %w", err)
	}
	return i.Listing, nil
}

// inspector makes a listing.
type inspector struct {
	Listing
	dir    string
	frames map[uint64]inspected
	known  map[string]int // by encoded labels: the place in Series
}

// inspected is a frame and where its series are in the listing.
type inspected struct {
	frame  *column.Frame
	series []int
}

func (i *inspector) note(format string, args ...any) {
	i.Damage = append(i.Damage, fmt.Sprintf(format, args...))
}

func (i *inspector) read(found listing) error {
	if i.Checkpoint = found.checkpoint; i.Checkpoint >= 0 {
		paths, err := checkpointFiles(i.dir, i.Checkpoint)
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := i.file(path, true); err != nil {
				return err
			}
		}
	}
	for _, index := range found.segments {
		if err := i.file(segmentName(i.dir, index), false); err != nil {
			return err
		}
	}
	return nil
}

func (i *inspector) file(path string, checkpoint bool) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(i.dir, path)
	if err != nil {
		return err
	}
	i.Files = append(i.Files, File{Name: filepath.ToSlash(name), Checkpoint: checkpoint, Size: info.Size()})
	_, err = scanFile(path, info.Size(), func(record []byte) error {
		if err := checkRecord(record); err != nil {
			i.note("%s: %v", name, err)
			return nil
		}
		i.record(record)
		return nil
	}, func(d *damage) { i.note("%s: %v", name, d) })
	return err
}

func (i *inspector) record(record []byte) {
	switch record[0] {
	case recordFrame:
		i.frame(record)
	case recordColumns:
		for c := readColumns(record); c.next(); {
			i.part(&c.part)
		}
	case recordMetadata:
		i.metadata(record)
	}
}

func (i *inspector) frame(record []byte) {
	def, _ := decodeFrame(record)
	series, err := unpackSeries(def.packed)
	if err != nil {
		i.note("frame %d: %v", def.id, err)
		return
	}
	f := inspected{frame: &column.Frame{ID: def.id, Key: def.key, Series: series}}
	for _, s := range series {
		encoded := string(appendLabels(nil, s.Labels))
		at, known := i.known[encoded]
		if !known {
			at = len(i.Series)
			i.known[encoded] = at
			i.Series = append(i.Series, Series{Labels: s.Labels, Key: def.key})
		}
		f.series = append(f.series, at)
	}
	i.frames[def.id] = f
}

func (i *inspector) part(raw *rawPart) {
	f, known := i.frames[raw.frame]
	if !known || !raw.suits(len(f.series)) {
		i.note("part %d: its frame %d is missing", raw.seq, raw.frame)
		return
	}
	part, _, err := raw.decode(f.frame, nil)
	if err != nil {
		i.note("part %d: %v", raw.seq, err)
		return
	}
	at := len(i.Files) - 1
	for n := range part.Len() {
		s := &i.Series[f.series[part.Member(n)]]
		switch part.Kind() {
		case column.Samples:
			s.Samples = append(s.Samples, Sample{Seq: part.Seq, T: part.Time(n), Value: part.Values[n], File: at})
			i.Files[at].take(part.Time(n))
		case column.Histograms:
			s.Histograms++
		case column.Exemplars:
			s.Exemplars++
		}
	}
	i.Files[at].Parts++
}

func (i *inspector) metadata(record []byte) {
	all, _, _ := decodeMetadata(record)
	for _, m := range all {
		i.Metadata[m.Family] = m
	}
}

func (f *File) take(t int64) {
	if f.Samples == 0 {
		f.Oldest, f.Newest = t, t
	}
	f.Oldest, f.Newest = min(f.Oldest, t), max(f.Newest, t)
	f.Samples++
}
