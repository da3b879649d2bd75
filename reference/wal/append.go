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
	c := &w.cutting
	defer c.reset()
	if err := w.cut(c, columns); err != nil {
		return fmt.Errorf("append to the write-ahead log: %w", err)
	}
	if len(c.parts) == 0 && len(c.news) == 0 {
		return nil
	}
	if err := w.store(c); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stats.FailedWrites++
		return fmt.Errorf("append to the write-ahead log: %w", err)
	}
	w.commit(c)
	return nil
}

// cutting is what an Append is made into before it is stored.
type cutting struct {
	parts  []column.Part // handed on, so never used again
	groups []*group      // of the parts
	plans  []*plan       // of the columns
	times  []int64       // of the columns
	counts [column.Kinds]int
	news   []column.Metadata // what was not known yet
	slab   []float64
}

// reset lets go of everything but the memory that can be used again.
func (c *cutting) reset() {
	clear(c.groups)
	clear(c.plans)
	*c = cutting{groups: c.groups[:0], plans: c.plans[:0], times: c.times[:0]}
}

func (c *cutting) items() int {
	n := 0
	for _, count := range c.counts {
		n += count
	}
	return n
}

// cut copies the values and makes parts of them. A column without items gives none.
func (w *WAL) cut(c *cutting, columns []column.Column) error {
	groups := 0
	for i := range columns {
		if err := checkColumn(&columns[i]); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
		p, err := w.catalog.plan(columns[i].Layout)
		if err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
		c.plans, c.times = append(c.plans, p), append(c.times, columns[i].T)
		c.news = w.catalog.families.news(c.news, p, columns[i].Layout)
		c.counts[columns[i].Kind()] += columns[i].Len()
		groups += len(p.groups)
	}
	c.parts = make([]column.Part, 0, groups)
	c.slab = make([]float64, 0, c.counts[column.Samples])
	for i := range columns {
		if columns[i].Kind() == column.Exemplars {
			c.addExemplars(c.plans[i], &columns[i])
		} else {
			c.add(c.plans[i], &columns[i])
		}
	}
	for i := range c.parts {
		c.parts[i].Seq = w.nextSeq + uint64(i)
	}
	return nil
}

func checkColumn(c *column.Column) error {
	switch {
	case c.Layout == nil:
		return errors.New("it has no layout")
	case c.Kind() == column.Exemplars:
		if err := checkIndex(c); err != nil {
			return err
		}
	case c.Len() != len(c.Layout.Series) || c.Histograms != nil && c.Values != nil:
		return fmt.Errorf("it has %d values for a layout of %d series", c.Len(), len(c.Layout.Series))
	}
	if c.Times != nil && len(c.Times) != c.Len() {
		return fmt.Errorf("it has %d times for %d values", len(c.Times), c.Len())
	}
	return nil
}

func checkIndex(c *column.Column) error {
	if len(c.Index) != len(c.Exemplars) || c.Len() != len(c.Exemplars) {
		return fmt.Errorf("it has %d exemplars for %d series", c.Len(), len(c.Index))
	}
	for _, i := range c.Index {
		if i < 0 || i >= len(c.Layout.Series) {
			return fmt.Errorf("it has an exemplar for series %d of a layout of %d series", i, len(c.Layout.Series))
		}
	}
	return nil
}

// add appends the parts of a column of values or histograms.
func (c *cutting) add(p *plan, from *column.Column) {
	for i := range p.groups {
		g := &p.groups[i]
		part := column.Part{Frame: g.series, T: from.T, Index: g.index}
		if from.Histograms != nil {
			part.Histograms = gather(nil, g, from.Histograms)
		} else {
			at := len(c.slab)
			c.slab = gather(c.slab, g, from.Values)
			part.Values = c.slab[at:len(c.slab):len(c.slab)]
		}
		if from.Times != nil {
			part.T, part.Times = shareTime(gather(nil, g, from.Times))
		}
		c.parts, c.groups = append(c.parts, part), append(c.groups, g)
	}
}

// addExemplars appends one part for each frame that has exemplars.
func (c *cutting) addExemplars(p *plan, from *column.Column) {
	order := make([]int, len(from.Exemplars))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.place(from.Index[a]).compare(p.place(from.Index[b])) })
	before := -1
	for _, i := range order {
		at := p.place(from.Index[i])
		if at.group != before {
			g := &p.groups[at.group]
			c.parts, c.groups = append(c.parts, column.Part{Frame: g.series, T: from.T}), append(c.groups, g)
			before = at.group
		}
		part := &c.parts[len(c.parts)-1]
		part.Exemplars, part.Index = append(part.Exemplars, from.Exemplars[i]), append(part.Index, uint16(at.member))
		if from.Times != nil {
			part.Times = append(part.Times, from.Times[i])
			part.T = slices.Max(part.Times)
		}
	}
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
func (w *WAL) store(c *cutting) error {
	b := &w.batch
	b.reset()
	if len(c.news) > 0 {
		b.add(appendMetadata(nil, c.news, slices.Max(c.times)))
	}
	w.define(c.groups)
	if len(c.parts) > 0 {
		base := c.parts[0].T
		b.bytes = appendColumns(b.bytes, c.parts[0].Seq, base)
		for i := range c.parts {
			b.bytes = appendPart(b.bytes, &c.parts[i], base)
		}
		b.end()
	}
	if !w.writer.fits(b) {
		if err := w.roll(); err != nil {
			return err
		}
	}
	return w.writer.write(b)
}

// define adds to the batch the frames that are not in the log yet.
func (w *WAL) define(groups []*group) {
	var written []*frame
	for _, g := range groups {
		if g.frame.defined || slices.Contains(written, g.frame) {
			continue
		}
		w.batch.bytes, w.scratch = appendFrame(w.batch.bytes, g.series, w.scratch)
		w.batch.end()
		written = append(written, g.frame)
	}
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
func (w *WAL) commit(c *cutting) {
	for i, g := range c.groups {
		part := &c.parts[i]
		g.frame.defined = true
		g.frame.touch(part.Seq, part.T, part.Index == nil)
		g.last = max(g.last, part.T)
	}
	w.catalog.families.learn(c.news)
	for i, p := range c.plans {
		w.catalog.families.attach(p, c.times[i])
	}
	if len(c.parts) > 0 {
		w.nextSeq += uint64(len(c.parts))
		w.lastSeq = w.nextSeq - 1
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk.last().end = w.writer.end
	if len(c.parts) > 0 {
		w.tail.push(c.parts, c.items())
	}
	w.stats.SamplesAppended += uint64(c.counts[column.Samples] + c.counts[column.Histograms])
	w.stats.ExemplarsAppended += uint64(c.counts[column.Exemplars])
	w.stats.ActiveSeries, w.stats.CreatedSeries = len(w.catalog.index), w.catalog.created
	w.wakeReaders()
}
