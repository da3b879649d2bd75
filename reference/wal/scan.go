package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// scanBuffer is how much of a segment is read at a time. It holds more than one page, so that every fragment fits.
const scanBuffer = 256 << 10

// damage says where a segment cannot be read and why.
type damage struct {
	offset int64
	cause  string
}

func (d *damage) Error() string { return fmt.Sprintf("at byte %d: %s", d.offset, d.cause) }

// scanner reads the records of one segment up to end. After damage it goes on with resync.
type scanner struct {
	file io.ReaderAt
	off  int64 // of the next fragment
	end  int64 // nothing from here on is read

	window []byte // bytes of the file from base on
	base   int64
	joined []byte // a record of several fragments

	good      int64 // end of the last good record
	resume    int64 // where to go on after damage
	resyncing bool  // since the damage no good record was found
}

// next returns the next record, valid until the following call; io.EOF at the end; *damage when it cannot be read; or the
// error of the file.
func (s *scanner) next() ([]byte, error) {
	s.joined = s.joined[:0]
	start, inside := s.off, false
	for {
		at := s.off
		kind, payload, err := s.fragment()
		if err == io.EOF && inside {
			return nil, s.damaged(start, at, "the record ends too early")
		}
		if err != nil {
			return nil, err
		}
		begins := kind == kindFull || kind == kindFirst
		if begins == inside {
			if s.resyncing && !begins {
				start = s.off
				continue
			}
			return nil, s.damaged(start, s.afterMisplaced(at, begins), "a piece of a record is missing")
		}
		if kind == kindFull {
			return s.accept(payload), nil
		}
		s.joined = append(s.joined, payload...)
		if kind == kindLast {
			return s.accept(s.joined), nil
		}
		inside = kind == kindFirst || inside
	}
}

// afterMisplaced tells where to go on: at a fragment that begins a record, or after one that belongs to a lost record.
func (s *scanner) afterMisplaced(at int64, begins bool) int64 {
	if begins {
		return at
	}
	return s.off
}

func (s *scanner) accept(record []byte) []byte {
	s.good, s.resyncing = s.off, false
	return record
}

func (s *scanner) damaged(offset, resume int64, cause string) error {
	s.resume = resume
	return &damage{offset: offset, cause: cause}
}

// resync moves behind the damage that next reported.
func (s *scanner) resync() { s.off, s.resyncing = s.resume, true }

// fragment reads one fragment, after padding if there is some.
func (s *scanner) fragment() (kind byte, payload []byte, err error) {
	head, err := s.header()
	if err != nil {
		return 0, nil, err
	}
	page := nextPage(s.off)
	kind, length := head[0], int64(binary.BigEndian.Uint16(head[1:]))
	crc := binary.BigEndian.Uint32(head[3:])
	stop := s.off + headerSize + length
	switch {
	case kind > kindLast:
		return 0, nil, s.damaged(s.off, page, fmt.Sprintf("unknown kind of fragment %d", kind))
	case stop > page:
		return 0, nil, s.damaged(s.off, page, fmt.Sprintf("a fragment of %d bytes does not fit its page", length))
	case stop > s.end:
		return 0, nil, s.damaged(s.off, s.end, "the record ends too early")
	}
	bytes, err := s.bytes(int(headerSize + length))
	if err != nil {
		return 0, nil, err
	}
	if payload = bytes[headerSize:]; crc32.Checksum(payload, castagnoli) != crc {
		if s.resyncing {
			stop = page
		}
		return 0, nil, s.damaged(s.off, stop, "wrong checksum")
	}
	s.off = stop
	return kind, payload, nil
}

// header skips padding and returns the header of the next fragment.
func (s *scanner) header() ([]byte, error) {
	for {
		if s.off >= s.end {
			return nil, io.EOF
		}
		page := nextPage(s.off)
		n := int(min(page, s.end) - s.off)
		first, err := s.bytes(min(n, headerSize))
		if err != nil {
			return nil, err
		}
		if first[0] != kindPadding {
			if n < headerSize {
				return nil, s.damaged(s.off, min(page, s.end), "the record ends too early")
			}
			return first, nil
		}
		rest, err := s.bytes(n)
		if err != nil {
			return nil, err
		}
		for _, b := range rest {
			if b != 0 {
				return nil, s.damaged(s.off, min(page, s.end), "padding that is not empty")
			}
		}
		s.off += int64(n)
	}
}

// bytes returns n bytes from off on without moving.
func (s *scanner) bytes(n int) ([]byte, error) {
	from := s.off - s.base
	if from < 0 || from+int64(n) > int64(len(s.window)) {
		if err := s.fill(); err != nil {
			return nil, err
		}
		if from = 0; n > len(s.window) {
			return nil, s.damaged(s.off, s.end, "the file is shorter than it was")
		}
	}
	return s.window[from : from+int64(n)], nil
}

// fill reads the window from off on.
func (s *scanner) fill() error {
	if s.window == nil {
		s.window = make([]byte, scanBuffer)
	}
	s.window = s.window[:min(int64(cap(s.window)), s.end-s.off)]
	n, err := s.file.ReadAt(s.window, s.off)
	s.window, s.base = s.window[:n], s.off
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}

func nextPage(off int64) int64 { return (off/pageSize + 1) * pageSize }
