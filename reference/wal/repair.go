package wal

import (
	"errors"
	"os"
)

// flushAt is how many bytes of records are collected before they are written.
const flushAt = 1 << 20

var errFound = errors.New("found")

// markOf returns the newest Seq before the segment as its first record tells, 0 when it cannot be told.
func (r *replayer) markOf(index int) (last uint64) {
	_, _ = scanFile(segmentName(r.dir, index), -1, func(record []byte) error {
		if checkRecord(record) == nil && record[0] == recordMark {
			m, _ := decodeMark(record)
			last = m.last
		}
		return errFound
	}, func(*damage) {})
	return last
}

// repairer writes the good records of a file anew.
type repairer struct {
	out    writer
	batch  batch
	last   uint64 // Seq of the newest part written
	frames uint64
}

// repair replaces the file by one with its good records only. Where parts are missing it leaves a mark, so that they are
// counted as lost once and not at each start. before is the newest Seq before the file and after the newest one that was in
// it, 0 when unknown.
func (r *replayer) repair(path string, before, after uint64) error {
	fresh := path + repairSuffix
	file, err := createFile(fresh)
	if err != nil {
		return err
	}
	p := repairer{out: writer{file: file}, last: before}
	_, err = scanFile(path, -1, p.copy, func(*damage) {})
	if err == nil {
		p.missing(after + 1)
		err = p.flush()
	}
	if finishErr := p.out.finish(); err == nil {
		err = finishErr
	}
	if err == nil {
		err = os.Rename(fresh, path)
	}
	return err
}

func (p *repairer) copy(record []byte) error {
	if checkRecord(record) != nil {
		return nil
	}
	switch record[0] {
	case recordEnd:
		return nil // its count is no longer true
	case recordMark:
		m, _ := decodeMark(record)
		p.missing(m.last + 1)
		p.last, p.frames = max(p.last, m.next-1), m.frame
	case recordColumns:
		for c, first := readColumns(record), true; c.next(); first = false {
			if first {
				p.missing(c.part.seq)
			}
			p.last = c.part.seq
		}
	}
	p.batch.add(record)
	if len(p.batch.bytes) < flushAt {
		return nil
	}
	return p.flush()
}

// missing leaves a mark if parts before next are missing.
func (p *repairer) missing(next uint64) {
	if p.last > 0 && next > p.last+1 {
		p.batch.add(mark{last: p.last, next: next, frame: p.frames}.append(nil))
		p.last = next - 1
	}
}

func (p *repairer) flush() error {
	err := p.out.write(&p.batch)
	p.batch.reset()
	return err
}
