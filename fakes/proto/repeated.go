package proto

import "slices"

// The methods below read a repeated number, which a sender may pack into one field or send one by one.

// AppendUint64 appends the field's varints.
func (r *Reader) AppendUint64(to []uint64) []uint64 {
	if r.Type != Bytes {
		return append(to, r.Uint64())
	}
	packed := Reader{rest: r.data}
	for len(packed.rest) > 0 && packed.err == nil {
		to = append(to, packed.uvarint())
	}
	r.Fail(packed.err)
	return to
}

// AppendSint64 appends the field's zigzag varints.
func (r *Reader) AppendSint64(to []int64) []int64 {
	if r.Type != Bytes {
		return append(to, r.Sint64())
	}
	packed := Reader{rest: r.data}
	to = slices.Grow(to, countVarints(r.data))
	for len(packed.rest) > 0 && packed.err == nil {
		if b := packed.rest[0]; b < 0x80 { // most are this small
			to, packed.rest = append(to, zigzag(uint64(b))), packed.rest[1:]
			continue
		}
		to = append(to, zigzag(packed.uvarint()))
	}
	r.Fail(packed.err)
	return to
}

// AppendDouble appends the field's floats.
func (r *Reader) AppendDouble(to []float64) []float64 {
	if r.Type != Bytes {
		return append(to, r.Double())
	}
	packed := Reader{rest: r.data, Type: Fixed64}
	to = slices.Grow(to, len(r.data)/8)
	for len(packed.rest) > 0 {
		packed.read()
		if packed.err != nil {
			break
		}
		to = append(to, packed.Double())
	}
	r.Fail(packed.err)
	return to
}

// countVarints is how many varints there are, each of which ends with a byte below 128.
func countVarints(packed []byte) (n int) {
	for _, b := range packed {
		n += int(^b >> 7)
	}
	return n
}
