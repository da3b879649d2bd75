package wal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// A segment is a file of pages, a page holds fragments and padding, a record is one or more fragments in one segment. The
// bytes are those of Prometheus' write-ahead log, so its tools and its reader accept our segments.
const (
	pageSize   = 32 << 10
	headerSize = 7 // kind, big-endian length (2) and CRC-32C (4) of the payload
)

// The kinds of fragments.
const (
	kindPadding byte = iota
	kindFull
	kindFirst
	kindMiddle
	kindLast
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// segmentName is the path of a segment in a folder.
func segmentName(dir string, index int) string {
	return filepath.Join(dir, fmt.Sprintf("%08d", index))
}

// appendFramed adds the record to dst as fragments. dst will lie at offset start of its segment.
func appendFramed(dst []byte, start int64, record []byte) []byte {
	for fragment := 0; ; fragment++ {
		room := pageSize - int((start+int64(len(dst)))%pageSize)
		if room <= headerSize {
			dst = append(dst, make([]byte, room)...)
			room = pageSize
		}
		n := min(len(record), room-headerSize)
		dst = appendFragment(dst, fragmentKind(fragment == 0, n == len(record)), record[:n])
		if record = record[n:]; len(record) == 0 {
			return dst
		}
	}
}

func fragmentKind(first, last bool) byte {
	switch {
	case first && last:
		return kindFull
	case first:
		return kindFirst
	case last:
		return kindLast
	}
	return kindMiddle
}

func appendFragment(dst []byte, kind byte, payload []byte) []byte {
	dst = append(dst, kind)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(payload)))
	dst = binary.BigEndian.AppendUint32(dst, crc32.Checksum(payload, castagnoli))
	return append(dst, payload...)
}

// batch collects records that are written together, with one write.
type batch struct {
	bytes []byte
	ends  []int
}

func (b *batch) reset() { b.bytes, b.ends = b.bytes[:0], b.ends[:0] }

// end closes the record that was appended to bytes.
func (b *batch) end() { b.ends = append(b.ends, len(b.bytes)) }

// add appends a whole record.
func (b *batch) add(record []byte) {
	b.bytes = append(b.bytes, record...)
	b.end()
}

// framedSize is the most that the batch takes in a segment.
func (b *batch) framedSize() int64 {
	pages := len(b.bytes)/(pageSize-headerSize) + 2
	return int64(len(b.bytes) + headerSize*(len(b.ends)+2*pages))
}

// segmentFile is what a writer needs of a file; tests put failing ones in its place.
type segmentFile interface {
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

func createFile(name string) (segmentFile, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
}

// writer writes batches to one segment after another. It is not safe for concurrent use.
type writer struct {
	dir    string
	limit  int64
	create func(name string) (segmentFile, error)

	file  segmentFile
	index int
	end   int64 // everything before it is whole records
	out   []byte
}

// fits tells whether the batch may go into the present segment. A batch larger than a segment goes into one of its own.
func (w *writer) fits(b *batch) bool {
	return w.end <= pageSize || w.end+b.framedSize() <= w.limit
}

// write stores the batch wholly or not at all. After an error the segment ends where it did before: what was half written is
// cut off, or if even that fails the next write puts itself over it and nobody reads so far.
func (w *writer) write(b *batch) error {
	w.out = w.out[:0]
	from := 0
	for _, to := range b.ends {
		w.out = appendFramed(w.out, w.end, b.bytes[from:to])
		from = to
	}
	if _, err := w.file.WriteAt(w.out, w.end); err != nil {
		_ = w.file.Truncate(w.end)
		return fmt.Errorf("write segment %08d: %w", w.index, err)
	}
	w.end += int64(len(w.out))
	return nil
}

// next starts segment index with the batch and returns the file of the segment before, which the caller syncs and closes.
// After an error the present segment stays.
func (w *writer) next(index int, b *batch) (segmentFile, error) {
	name := segmentName(w.dir, index)
	file, err := w.create(name)
	if err != nil {
		return nil, fmt.Errorf("create segment %08d: %w", index, err)
	}
	fresh := writer{dir: w.dir, limit: w.limit, create: w.create, file: file, index: index, out: w.out}
	if err := fresh.write(b); err != nil {
		file.Close()
		os.Remove(name)
		return nil, err
	}
	before := w.file
	*w = fresh
	return before, nil
}

// finish makes the present segment durable and closes it.
func (w *writer) finish() error { return finishFile(w.file, w.index) }

func finishFile(file segmentFile, index int) error {
	if file == nil {
		return nil
	}
	syncErr, closeErr := file.Sync(), file.Close()
	if syncErr != nil {
		return fmt.Errorf("sync segment %08d: %w", index, syncErr)
	}
	if closeErr != nil {
		return fmt.Errorf("close segment %08d: %w", index, closeErr)
	}
	return nil
}
