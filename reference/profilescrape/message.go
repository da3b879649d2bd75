package profilescrape

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// fields is the wire form of the fields of a message, by number: v is a number, p are numbers that may be packed, b are bytes.
// Other fields are not known and passed over.
type fields string

// The messages of profile.proto.
const (
	profileFields   fields = ".bbbbbbvvvvbvpvv"
	valueTypeFields fields = ".vv"
	sampleFields    fields = ".ppb"
	labelFields     fields = ".vvvv"
	mappingFields   fields = ".vvvvvvvvvv"
	locationFields  fields = ".vvvbv"
	lineFields      fields = ".vvv"
	functionFields  fields = ".vvvvv"
)

func (f fields) of(number protowire.Number) byte {
	if int(number) >= len(f) {
		return '.'
	}
	return f[number]
}

var errCutShort = errors.New("a message in it is cut short")

// each calls yield with each value of a message's known fields, in order: a number, or bytes that lie in b. It allocates nothing,
// whatever b is, and ends with the first error.
func (f fields) each(b []byte, yield func(number int, v uint64, inside []byte) error) error {
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errCutShort
		}
		value := b[n:]
		size := protowire.ConsumeFieldValue(number, wire, value)
		if size < 0 || wire == protowire.StartGroupType {
			return errCutShort
		}
		if err := f.one(number, wire, value[:size], yield); err != nil {
			return err
		}
		b = value[size:]
	}
	return nil
}

// one yields the values of one field.
func (f fields) one(number protowire.Number, wire protowire.Type, value []byte, yield func(int, uint64, []byte) error) error {
	switch kind := f.of(number); {
	case kind == '.':
		return nil
	case kind == 'b' && wire == protowire.BytesType:
		inside, _ := protowire.ConsumeBytes(value)
		return yield(int(number), 0, inside)
	case kind == 'p' && wire == protowire.BytesType:
		packed, _ := protowire.ConsumeBytes(value)
		return unpack(packed, func(v uint64) error { return yield(int(number), v, nil) })
	case kind != 'b' && wire == protowire.VarintType:
		v, _ := protowire.ConsumeVarint(value)
		return yield(int(number), v, nil)
	}
	return fmt.Errorf("a field %d in it has the wrong form", number)
}

func unpack(packed []byte, yield func(uint64) error) error {
	for len(packed) > 0 {
		v, n := protowire.ConsumeVarint(packed)
		if n < 0 {
			return errCutShort
		}
		if err := yield(v); err != nil {
			return err
		}
		packed = packed[n:]
	}
	return nil
}
