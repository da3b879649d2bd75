package wal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// replayer rebuilds what is in memory from the files.
type replayer struct {
	*WAL
	continuity
	first   uint64 // of the segment being read
	pending bool   // the segment has had no mark or part yet
	unknown uint64 // parts whose frame is missing
	repairs uint64
	parts   uint64 // in the checkpoint
	scratch []byte
}

// replay reads the log, repairs it where needed, and returns the index of the newest segment, -1 when there is none.
func (w *WAL) replay() (newest int, err error) {
	began := time.Now()
	found, err := list(w.dir)
	if err != nil {
		return 0, err
	}
	for _, name := range found.stale {
		if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
			return 0, err
		}
	}
	r := &replayer{WAL: w}
	w.disk.checkpoint = found.checkpoint
	if err := r.checkpoint(found.checkpoint); err != nil {
		return 0, err
	}
	newest = found.checkpoint
	for i, index := range found.segments {
		if err := r.segment(index, i == len(found.segments)-1); err != nil {
			return 0, err
		}
		newest = index
	}
	r.finish(time.Since(began))
	return newest, nil
}

// finish takes the numbers over. Positions delivered may be ahead of what is left after damage: no Seq is given twice.
func (r *replayer) finish(took time.Duration) {
	w := r.WAL
	w.lastSeq = r.last
	w.catalog.families.publish()
	w.nextSeq = max(r.last, w.positions.highest()) + 1
	w.tail = tail{end: w.nextSeq - 1, limit: w.opts.TailSamples}
	w.stats.ActiveSeries, w.stats.CreatedSeries = len(w.catalog.index), w.catalog.created
	w.stats.Repairs, w.stats.LostParts = r.repairs, r.lost+r.unknown
	if w.stats.LostParts > 0 {
		w.logger.Error("parts of the write-ahead log are lost", "parts", w.stats.LostParts)
	}
	w.logger.Debug("replayed the write-ahead log", "series", w.stats.ActiveSeries, "seq", w.nextSeq-1, "took", took)
}

func (r *replayer) checkpoint(index int) error {
	if index < 0 {
		return nil
	}
	paths, err := checkpointFiles(r.dir, index)
	if err != nil {
		return err
	}
	for _, path := range paths {
		broken, err := r.file(path, r.checkpointRecord)
		if err != nil {
			return err
		}
		if broken != nil {
			r.known = false // how far it went may be lost, so the next segment says
			if err := r.repair(path, 0, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *replayer) segment(index int, newest bool) error {
	path := segmentName(r.dir, index)
	before := r.last
	r.first, r.pending = before+1, true
	broken, err := r.file(path, r.record)
	if err != nil {
		return err
	}
	if broken != nil {
		if newest && broken.torn() {
			err = os.Truncate(path, broken.good)
		} else {
			err = r.repair(path, before, r.markOf(index+1))
		}
	}
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	r.disk.segments = append(r.disk.segments, segment{index: index, first: r.first, end: info.Size()})
	return nil
}

// wound is what is wrong with a file.
type wound struct {
	first damage
	good  int64 // end of the last good record
}

// torn tells whether only the end of the file is unreadable, as after a crash in the middle of a write.
func (d *wound) torn() bool { return d.first.offset >= d.good }

// file reads one file. Damage is logged and counted, and does not end the reading.
func (r *replayer) file(path string, apply func([]byte) error) (*wound, error) {
	var found *wound
	note := func(d *damage) {
		r.repairs++
		r.logger.Warn("the write-ahead log is damaged and is repaired", "file", path, "offset", d.offset, "err", d.cause)
		if found == nil {
			found = &wound{first: *d}
		}
	}
	offset := int64(0)
	good, err := scanFile(path, -1, func(record []byte) error {
		if err := checkRecord(record); err != nil {
			note(&damage{offset: offset, cause: err.Error()})
			return nil
		}
		return apply(record)
	}, func(d *damage) { offset = d.offset; note(d) })
	if found != nil {
		found.good = good
	}
	return found, err
}

// checkRecord tells whether a record makes sense by itself.
func checkRecord(record []byte) error {
	if len(record) == 0 {
		return unknownRecord(record)
	}
	switch record[0] {
	case recordMark:
		_, err := decodeMark(record)
		return err
	case recordEnd:
		_, err := decodeEnd(record)
		return err
	case recordFrame:
		_, err := decodeFrame(record)
		return err
	case recordColumns:
		c := readColumns(record)
		for c.next() {
		}
		return c.err
	case recordMetadata:
		_, _, err := decodeMetadata(record)
		return err
	}
	return unknownRecord(record)
}

// record takes a record of a segment.
func (r *replayer) record(record []byte) error {
	switch record[0] {
	case recordMark:
		m, _ := decodeMark(record)
		r.mark(m)
		r.begin(m.next)
		r.catalog.next = max(r.catalog.next, m.frame)
	case recordFrame:
		r.frame(record)
	case recordColumns:
		for c := readColumns(record); c.next(); {
			r.begin(c.part.seq)
			r.part(c.part.seq)
			r.apply(&c.part)
		}
	case recordMetadata:
		r.metadata(record)
	}
	return nil
}

// metadata takes what is known from here on.
func (r *replayer) metadata(record []byte) {
	all, t, _ := decodeMetadata(record)
	for _, m := range all {
		r.catalog.families.set(m, t)
	}
}

// begin notes the first Seq of a segment.
func (r *replayer) begin(seq uint64) {
	if r.pending {
		r.first, r.pending = seq, false
	}
}

// checkpointRecord takes a record of a checkpoint, where gaps between parts are what truncation is for.
func (r *replayer) checkpointRecord(record []byte) error {
	switch record[0] {
	case recordMark:
		m, _ := decodeMark(record)
		r.mark(m)
		r.catalog.next = max(r.catalog.next, m.frame)
	case recordFrame:
		r.frame(record)
	case recordColumns:
		for c := readColumns(record); c.next(); r.parts++ {
			r.last = max(r.last, c.part.seq)
			r.apply(&c.part)
		}
	case recordMetadata:
		r.metadata(record)
	case recordEnd:
		if e, _ := decodeEnd(record); e.parts > r.parts {
			r.lost += e.parts - r.parts
		}
	}
	return nil
}

// frame takes the record of a frame. Its series stay packed until somebody needs them.
func (r *replayer) frame(record []byte) {
	def, _ := decodeFrame(record)
	r.catalog.next = max(r.catalog.next, def.id+1)
	if r.catalog.frames.get(def.id) != nil {
		return
	}
	members := make([]identity, 0, def.n)
	raw, err := inflate(def.packed, r.scratch)
	if err == nil {
		r.scratch = raw
		_, err = eachMember(raw, func(encoded []byte) { members = append(members, r.catalog.hasher.sum(encoded)) })
	}
	if err != nil || len(members) != def.n {
		r.repairs++
		r.logger.Warn("a frame in the write-ahead log cannot be read", "frame", def.id, "err", err)
		return
	}
	f := newFrame(def.id, def.key, members)
	f.defined, f.series.packed = true, bytes.Clone(def.packed)
	r.catalog.register(f)
}

// apply notes what a part says about its frame.
func (r *replayer) apply(p *rawPart) {
	r.catalog.next = max(r.catalog.next, p.frame+1)
	f := r.catalog.frames.get(p.frame)
	if f == nil || !p.suits(len(f.members)) {
		r.unknown++
		return
	}
	f.touch(p.seq, p.t, p.flags&flagSparse == 0)
	for _, member := range p.index() {
		f.raise(int(member), p.t)
	}
}

// suits tells whether the part can belong to a frame of this size.
func (p *rawPart) suits(members int) bool {
	index := p.index()
	if index == nil {
		return p.n == members && p.kind() != column.Exemplars
	}
	for i, member := range index {
		if int(member) >= members || i > 0 && (member < index[i-1] || member == index[i-1] && p.kind() != column.Exemplars) {
			return false
		}
	}
	return true
}
