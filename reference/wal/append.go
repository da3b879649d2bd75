package wal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Append stores the columns as one unit: after a crash all of them are there or none. When it returns they are in the
// operating system's hands; they are forced to the platter when a segment is full and by Close. An error means that nothing
// was kept, and the next Append works again if its cause is gone. Columns of layouts with equal, unsorted or empty label
// names, or with a wrong number of values, are refused. Safe for concurrent use.
func (w *WAL) Append(ctx context.Context, columns ...column.Column) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.write.Lock()
	defer w.write.Unlock()
	if w.closed {
		return ErrClosed
	}
	parts, plans, samples, err := w.cut(columns)
	if err != nil {
		return fmt.Errorf("append to the write-ahead log: %w", err)
	}
	if len(parts) == 0 {
		return nil
	}
	if err := w.store(parts, plans); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stats.FailedWrites++
		return fmt.Errorf("append to the write-ahead log: %w", err)
	}
	w.commit(parts, plans, samples)
	return nil
}

// cut copies the values and makes parts of them. A column without values gives none.
func (w *WAL) cut(columns []column.Column) (parts []column.Part, plans []*plan, samples int, err error) {
	groups := 0
	plans = make([]*plan, len(columns))
	for i := range columns {
		if err := checkColumn(&columns[i]); err != nil {
			return nil, nil, 0, fmt.Errorf("column %d: %w", i, err)
		}
		if plans[i], err = w.catalog.plan(columns[i].Layout); err != nil {
			return nil, nil, 0, fmt.Errorf("column %d: %w", i, err)
		}
		groups += len(plans[i].groups)
		samples += len(columns[i].Values)
	}
	parts = make([]column.Part, 0, groups)
	slab := make([]float64, 0, samples)
	for i := range columns {
		parts, slab = plans[i].cut(parts, slab, &columns[i])
	}
	for i := range parts {
		parts[i].Seq = w.nextSeq + uint64(i)
	}
	return parts, plans, samples, nil
}

func checkColumn(c *column.Column) error {
	switch {
	case c.Layout == nil:
		return errors.New("it has no layout")
	case len(c.Values) != len(c.Layout.Series):
		return fmt.Errorf("it has %d values for a layout of %d series", len(c.Values), len(c.Layout.Series))
	case c.Times != nil && len(c.Times) != len(c.Values):
		return fmt.Errorf("it has %d times for %d values", len(c.Times), len(c.Values))
	}
	return nil
}

// cut appends the parts of one column. Their values lie in the slab.
func (p *plan) cut(parts []column.Part, slab []float64, c *column.Column) ([]column.Part, []float64) {
	for i := range p.groups {
		g := &p.groups[i]
		from := len(slab)
		slab = gather(slab, g, c.Values)
		part := column.Part{Frame: g.series, T: c.T, Index: g.index, Values: slab[from:len(slab):len(slab)]}
		if c.Times != nil {
			part.T, part.Times = shareTime(gather(nil, g, c.Times))
		}
		parts = append(parts, part)
	}
	return parts, slab
}

// gather appends what belongs to the group.
func gather[T any](dst []T, g *group, from []T) []T {
	if g.pick == nil {
		return append(dst, from[g.from:g.from+g.size]...)
	}
	for _, i := range g.pick {
		dst = append(dst, from[i])
	}
	return dst
}

// shareTime returns the newest time, and no times when all are the same.
func shareTime(times []int64) (newest int64, each []int64) {
	newest = slices.Max(times)
	if slices.Min(times) == newest {
		return newest, nil
	}
	return newest, times
}

// store writes the parts, after those of their frames that are not in the log yet, with one write.
func (w *WAL) store(parts []column.Part, plans []*plan) error {
	b := &w.batch
	b.reset()
	for _, p := range plans {
		for i := range p.groups {
			if g := &p.groups[i]; !g.frame.defined {
				b.bytes, w.scratch = appendFrame(b.bytes, g.series, w.scratch)
				b.end()
			}
		}
	}
	base := parts[0].T
	b.bytes = appendColumns(b.bytes, parts[0].Seq, base)
	for i := range parts {
		b.bytes = appendPart(b.bytes, &parts[i], base)
	}
	b.end()
	if !w.writer.fits(b) {
		if err := w.roll(); err != nil {
			return err
		}
	}
	return w.writer.write(b)
}

// roll starts a new segment.
func (w *WAL) roll() error {
	var head batch
	head.add(mark{last: w.lastSeq, next: w.nextSeq, frame: w.catalog.next}.append(nil))
	index := w.writer.index
	before, err := w.writer.next(index+1, &head)
	if err != nil {
		return err
	}
	if before != nil {
		w.background.Go(func() { w.finishSegment(before, index) })
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk.segments = append(w.disk.segments, segment{index: w.writer.index, first: w.nextSeq, end: w.writer.end})
	return nil
}

// finishSegment makes a full segment durable without holding up appends.
func (w *WAL) finishSegment(file segmentFile, index int) {
	if err := finishFile(file, index); err != nil {
		w.logger.Error("a finished segment of the write-ahead log may not be durable", "err", err)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stats.FailedWrites++
	}
}

// commit makes stored parts known.
func (w *WAL) commit(parts []column.Part, plans []*plan, samples int) {
	next := 0
	for _, p := range plans {
		for i := range p.groups {
			g, part := &p.groups[i], &parts[next]
			next++
			g.frame.defined = true
			g.frame.touch(part.Seq, part.T, g.index == nil)
			g.last = max(g.last, part.T)
		}
	}
	w.nextSeq += uint64(len(parts))
	w.lastSeq = w.nextSeq - 1
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk.last().end = w.writer.end
	w.tail.push(parts, samples)
	w.stats.SamplesAppended += uint64(samples)
	w.stats.ActiveSeries, w.stats.CreatedSeries = len(w.catalog.index), w.catalog.created
	w.wakeReaders()
}
