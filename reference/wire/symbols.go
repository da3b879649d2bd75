package wire

import "encoding/binary"

// symbols is the table of one request: texts, each once, by the order in which they came. The first is the empty one.
type symbols struct {
	places map[string]uint32
	// text is the encoded field symbols.
	text []byte
}

func (s *symbols) reset() {
	if s.places == nil {
		s.places = map[string]uint32{}
	}
	clear(s.places)
	s.text = s.text[:0]
	s.place("")
}

// place returns where a text stands in the table, and puts it there if it does not.
func (s *symbols) place(text string) uint32 {
	if at, known := s.places[text]; known {
		return at
	}
	at := uint32(len(s.places))
	s.places[text] = at
	s.text = appendText(s.text, tag2Symbols, text)
	return at
}

// appendRefs appends a packed field of places.
func appendRefs(dst []byte, tag byte, refs []uint32) []byte {
	size := 0
	for _, ref := range refs {
		size += uvarintSize(uint64(ref))
	}
	dst = binary.AppendUvarint(append(dst, tag), uint64(size))
	for _, ref := range refs {
		dst = binary.AppendUvarint(dst, uint64(ref))
	}
	return dst
}
