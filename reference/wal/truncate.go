package wal

import (
	"errors"
	"fmt"
	"math"
	"os"
)

// limits say which parts a truncation may remove.
type limits struct {
	cutoff, floor int64
	delivered     uint64 // every endpoint has had the parts up to here
}

// spare tells whether a part whose newest sample has time t is no longer needed: it is older than the floor, or it is older
// than the cutoff and no endpoint waits for it.
func (l limits) spare(seq uint64, t int64) bool {
	return t < l.floor || t < l.cutoff && seq <= l.delivered
}

// deleted counts series that are no longer known but may still lie in segments up to the given one.
type deleted struct {
	series  int
	segment int
}

// Truncate forgets series without samples since cutoff and removes the lower two thirds of the segments; what is still
// needed of them goes into a checkpoint, where readers find it. Samples before cutoff go when every endpoint with a delivered
// position has had them, samples before floor always; both are milliseconds, see Cutoff. Appends and readers go on
// meanwhile. After an error nothing is lost and the next truncation tries again.
func (w *WAL) Truncate(cutoff, floor int64) error {
	w.truncating.Lock()
	defer w.truncating.Unlock()
	l := limits{cutoff: max(cutoff, floor), floor: floor, delivered: math.MaxUint64}
	if seq, ok := w.positions.lowest(); ok {
		l.delivered = seq
	}
	w.RaiseFloor(floor)
	if err := w.collect(l); err != nil {
		return err
	}
	first, last, err := w.startSegment()
	if err != nil {
		return fmt.Errorf("truncate the write-ahead log: %w", err)
	}
	upTo, ok := RemovableSegments(first, last)
	if !ok {
		return nil
	}
	if err := w.writeCheckpoint(upTo, l); err != nil {
		return fmt.Errorf("truncate the write-ahead log: %w", err)
	}
	return w.removeFiles(w.release(upTo))
}

// startSegment starts a new segment and returns the range of those before it.
func (w *WAL) startSegment() (first, last int, err error) {
	w.write.Lock()
	defer w.write.Unlock()
	w.mu.Lock()
	first, last = w.disk.segments[0].index, w.disk.last().index
	w.mu.Unlock()
	return first, last, w.roll()
}

// release makes the checkpoint part of the log in place of the segments it replaces, and returns the paths of what is no
// longer needed.
func (w *WAL) release(upTo int) (obsolete []string) {
	for _, f := range w.catalog.frames.all() {
		if f.goneBy(upTo) {
			w.catalog.frames.delete(f.id)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.disk.checkpoint >= 0 {
		obsolete = append(obsolete, checkpointName(w.dir, w.disk.checkpoint))
	}
	for w.disk.segments[0].index <= upTo {
		obsolete = append(obsolete, segmentName(w.dir, w.disk.segments[0].index))
		w.disk.segments = w.disk.segments[1:]
	}
	w.disk.checkpoint = upTo
	w.disk.epoch++
	w.tail.dropThrough(w.disk.segments[0].first - 1)
	w.stats.Truncations++
	for len(w.deleted) > 0 && w.deleted[0].segment <= upTo {
		w.stats.DeletedSeries -= w.deleted[0].series
		w.stats.RemovedSeries += uint64(w.deleted[0].series)
		w.deleted = w.deleted[1:]
	}
	return obsolete
}

func (w *WAL) removeFiles(paths []string) error {
	var errs []error
	for _, path := range paths {
		errs = append(errs, os.RemoveAll(path))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove truncated segments: %w", err)
	}
	return nil
}
