// Package proto reads protobuf messages field by field, without generated code and without copying. Start with [NewReader] and
// [Reader.Next]. It writes nothing, knows no schema and resolves no groups: a message that holds one is refused.
//
// The fakes use it so that what an agent encodes with one library is read back by another.
package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Type is how a field is laid out on the wire.
type Type uint8

// The wire types of protobuf, groups left out.
const (
	Varint  Type = 0
	Fixed64 Type = 1
	Bytes   Type = 2
	Fixed32 Type = 5
)

// String names the type as protobuf's documentation does.
func (t Type) String() string {
	switch t {
	case Varint:
		return "varint"
	case Fixed64:
		return "64-bit"
	case Bytes:
		return "length-delimited"
	case Fixed32:
		return "32-bit"
	default:
		return fmt.Sprintf("wire type %d", uint8(t))
	}
}

var (
	errCut      = errors.New("the message is cut off")
	errOverlong = errors.New("a varint is longer than ten bytes")
	errNumber   = errors.New("a field's number is 0 or too large")
)

// Reader walks over the fields of one message. It is a value to keep on the stack: copying it copies the position.
//
//	for r := proto.NewReader(message); r.Next(); {
//		switch r.Number {
//		case 1:
//			name = string(r.Bytes())
//		}
//	}
//	if err := r.Err(); err != nil { ... }
//
// A method that reads a value of another type than the field has makes the reader fail and returns zero. Fields that nobody
// reads are skipped.
type Reader struct {
	// Number and Type describe the field that [Reader.Next] found.
	Number int
	Type   Type

	rest  []byte
	value uint64 // of a varint or fixed field
	data  []byte // of a length-delimited field
	err   error
}

// NewReader returns a reader before the first field of message.
func NewReader(message []byte) Reader {
	return Reader{rest: message}
}

// Next moves to the next field and reports whether there is one; false at the end and at the first error.
func (r *Reader) Next() bool {
	if len(r.rest) == 0 || r.err != nil {
		return false
	}
	tag := r.uvarint()
	r.Number, r.Type = int(tag>>3), Type(tag&7)
	if r.err == nil && (r.Number <= 0 || tag>>3 > math.MaxInt32) {
		r.err = errNumber
	}
	if r.err != nil {
		return false
	}
	r.read()
	return r.err == nil
}

// read takes the value of the field whose tag was just read.
func (r *Reader) read() {
	switch r.Type {
	case Varint:
		r.value = r.uvarint()
	case Fixed64:
		if data := r.take(8); data != nil {
			r.value = binary.LittleEndian.Uint64(data)
		}
	case Fixed32:
		if data := r.take(4); data != nil {
			r.value = uint64(binary.LittleEndian.Uint32(data))
		}
	case Bytes:
		r.data = r.take(r.uvarint())
	default:
		r.err = fmt.Errorf("field %d: %s is not supported", r.Number, r.Type)
	}
}

// take cuts n bytes off, nil when there are fewer.
func (r *Reader) take(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.rest)) {
		r.err = errCut
		return nil
	}
	data := r.rest[:n:n]
	r.rest = r.rest[n:]
	return data
}

func (r *Reader) uvarint() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 {
		value := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return value
	}
	value, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.err = errCut
		if n < 0 || len(r.rest) >= binary.MaxVarintLen64 {
			r.err = errOverlong
		}
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

// Err returns why the reader stopped before the end, nil if it did not.
func (r *Reader) Err() error {
	return r.err
}

// Fail makes the reader stop with the error, unless it has one already: for a nested message that does not decode.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *Reader) want(want Type) bool {
	if r.Type == want {
		return r.err == nil
	}
	r.Fail(fmt.Errorf("field %d is %s, want %s", r.Number, r.Type, want))
	return false
}

// Bytes returns the field's bytes, a part of the message and not a copy.
func (r *Reader) Bytes() []byte {
	if !r.want(Bytes) {
		return nil
	}
	return r.data
}

// Uint64 returns the field as an unsigned varint (uint64, uint32, enum, bool).
func (r *Reader) Uint64() uint64 {
	if !r.want(Varint) {
		return 0
	}
	return r.value
}

// Int64 returns the field as a two's complement varint (int64, int32).
func (r *Reader) Int64() int64 {
	return int64(r.Uint64())
}

// Sint64 returns the field as a zigzag varint (sint64, sint32).
func (r *Reader) Sint64() int64 {
	return zigzag(r.Uint64())
}

// Double returns the field as a float of 64 bits, its NaN payload kept.
func (r *Reader) Double() float64 {
	if !r.want(Fixed64) {
		return 0
	}
	return math.Float64frombits(r.value)
}

func zigzag(value uint64) int64 {
	return int64(value>>1) ^ -int64(value&1)
}
