package wire

import (
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/s2"
)

// chunkSize is how much raw text is compressed in one go. Larger chunks give fewer bytes (64 KiB costs 3 % more), smaller
// ones stay in the processor's cache; a usual batch of 500 samples fits whole.
const chunkSize = 256 << 10

// scratch is the memory that one encoding needs. The elements of Snappy blocks only refer back within their own block, so
// blocks can be joined: the lengths in front are added up, the elements concatenated.
type scratch struct {
	// raw is text that is not compressed yet.
	raw []byte
	// packed are compressed elements, length is the size of what they stand for.
	packed []byte
	length int
}

func (s *scratch) reset() {
	s.raw, s.packed, s.length = s.raw[:0], s.packed[:0], 0
}

// compress moves raw to packed if there is at least so much of it.
func (s *scratch) compress(atLeast int) {
	if len(s.raw) < atLeast {
		return
	}
	s.packed = slices.Grow(s.packed, s2.MaxEncodedLen(len(s.raw)))
	free := s.packed[len(s.packed):cap(s.packed)]
	block := s2.EncodeSnappy(free, s.raw)
	_, n := binary.Uvarint(block)
	s.packed = append(s.packed, block[n:]...)
	s.length += len(s.raw)
	s.raw = s.raw[:0]
}
