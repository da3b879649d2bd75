package wal

import (
	"fmt"
	"os"
)

// checkpointer copies what is still needed of the oldest files of a log into a checkpoint.
type checkpointer struct {
	wal  *WAL
	upTo int
	limits
	continuity

	out   writer
	batch batch
	parts uint64
}

// writeCheckpoint writes the checkpoint that replaces the present one and the segments up to upTo. It is complete on disk
// before it gets its name.
func (w *WAL) writeCheckpoint(upTo int, l limits) error {
	name := checkpointName(w.dir, upTo)
	fresh := name + unfinishedSuffix
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return err
	}
	c := &checkpointer{wal: w, upTo: upTo, limits: l}
	c.out = writer{dir: fresh, limit: int64(w.opts.SegmentSize), create: w.opts.create}
	err := c.run()
	if finishErr := c.out.finish(); err == nil {
		err = finishErr
	}
	if err == nil {
		err = syncFolder(fresh)
	}
	if err == nil {
		err = os.Rename(fresh, name)
	}
	if err != nil {
		os.RemoveAll(fresh)
		return fmt.Errorf("write checkpoint %08d: %w", upTo, err)
	}
	return syncFolder(w.dir)
}

func (c *checkpointer) run() error {
	before, segments, head := c.wal.replaced(c.upTo)
	c.batch.add(head.append(nil))
	for _, record := range c.wal.metadataRecords() {
		c.batch.add(record)
	}
	if _, err := c.out.next(0, &c.batch); err != nil {
		return err
	}
	c.batch.reset()
	for _, path := range before {
		if _, err := scanFile(path, -1, c.copy, c.damaged(path)); err != nil {
			return err
		}
	}
	c.known = false
	for _, s := range segments {
		path := segmentName(c.wal.dir, s.index)
		if _, err := scanFile(path, s.end, c.copySegment, c.damaged(path)); err != nil {
			return err
		}
	}
	c.wal.mu.Lock()
	c.wal.stats.LostParts += c.lost
	c.wal.mu.Unlock()
	c.batch.bytes = end{parts: c.parts}.append(c.batch.bytes)
	c.batch.end()
	return c.flush()
}

// metadataRecords returns all metadata that is known. What older records said goes.
func (w *WAL) metadataRecords() [][]byte {
	w.write.Lock()
	defer w.write.Unlock()
	return w.catalog.families.records()
}

// replaced returns the files that a checkpoint replaces, and the mark that it begins with.
func (w *WAL) replaced(upTo int) (before []string, segments []segment, head mark) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.disk.checkpoint >= 0 {
		before, _ = checkpointFiles(w.dir, w.disk.checkpoint)
	}
	for _, s := range w.disk.segments {
		if s.index > upTo {
			head = mark{last: s.first - 1, next: s.first}
			break
		}
		segments = append(segments, s)
	}
	return before, segments, head
}

func (c *checkpointer) damaged(path string) func(*damage) {
	return func(d *damage) { c.wal.damaged(path, d) }
}

// copySegment copies a record of a segment and watches for missing parts.
func (c *checkpointer) copySegment(record []byte) error {
	if checkRecord(record) != nil {
		return nil
	}
	switch record[0] {
	case recordMark:
		m, _ := decodeMark(record)
		c.mark(m)
	case recordColumns:
		for r := readColumns(record); r.next(); {
			c.part(r.part.seq)
		}
	}
	return c.copy(record)
}

// copy keeps the records of frames that are in use, and of each record of parts what is not spare.
func (c *checkpointer) copy(record []byte) error {
	if checkRecord(record) != nil {
		return nil
	}
	switch record[0] {
	case recordFrame:
		f, _ := decodeFrame(record)
		if !c.inUse(f.id) {
			return nil
		}
		c.batch.add(record)
	case recordColumns:
		c.copyParts(record)
	}
	if len(c.batch.bytes) < flushAt {
		return nil
	}
	return c.flush()
}

func (c *checkpointer) inUse(id uint64) bool {
	f := c.wal.catalog.frames.get(id)
	return f != nil && !f.goneBy(c.upTo)
}

// copyParts copies the parts that are not spare, without decoding their values.
func (c *checkpointer) copyParts(record []byte) {
	b := &c.batch
	next, base := uint64(0), int64(0)
	for r := readColumns(record); r.next(); {
		p := r.part
		if c.spare(p.seq, p.t) || !c.inUse(p.frame) {
			continue
		}
		if next == 0 {
			next, base = p.seq, p.t
			b.bytes = appendColumns(b.bytes, p.seq, base)
		}
		b.bytes = appendPartHead(b.bytes, p, p.seq-next, base)
		b.bytes = append(b.bytes, p.body...)
		next = p.seq + 1
		c.parts++
	}
	if next != 0 {
		b.end()
	}
}

func (c *checkpointer) flush() error {
	var err error
	if c.out.fits(&c.batch) {
		err = c.out.write(&c.batch)
	} else {
		err = c.nextFile()
	}
	c.batch.reset()
	return err
}

func (c *checkpointer) nextFile() error {
	index := c.out.index
	full, err := c.out.next(index+1, &c.batch)
	if err != nil {
		return err
	}
	return finishFile(full, index)
}
