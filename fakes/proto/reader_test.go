package proto

import (
	"math"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func TestReaderReadsEveryType(t *testing.T) {
	var message []byte
	message = protowire.AppendTag(message, 1, protowire.VarintType)
	message = protowire.AppendVarint(message, math.MaxUint64)
	message = protowire.AppendTag(message, 2, protowire.Fixed64Type)
	message = protowire.AppendFixed64(message, 0x7ff0000000000002)
	message = protowire.AppendTag(message, 3, protowire.BytesType)
	message = protowire.AppendString(message, "text")
	message = protowire.AppendTag(message, 4, protowire.Fixed32Type)
	message = protowire.AppendFixed32(message, 7)
	message = protowire.AppendTag(message, 5000, protowire.VarintType)
	message = protowire.AppendVarint(message, protowire.EncodeZigZag(-3))

	r := NewReader(message)
	var numbers []int
	for r.Next() {
		numbers = append(numbers, r.Number)
		switch r.Number {
		case 1:
			if got := r.Int64(); got != -1 {
				t.Errorf("field 1 is %d, want -1", got)
			}
		case 2:
			if got := math.Float64bits(r.Double()); got != 0x7ff0000000000002 {
				t.Errorf("field 2 is %#x, want the stale marker", got)
			}
		case 3:
			if got := string(r.Bytes()); got != "text" {
				t.Errorf("field 3 is %q, want text", got)
			}
		case 5000:
			if got := r.Sint64(); got != -3 {
				t.Errorf("field 5000 is %d, want -3", got)
			}
		}
	}
	if err := r.Err(); err != nil {
		t.Error(err)
	}
	if want := []int{1, 2, 3, 4, 5000}; !slices.Equal(numbers, want) {
		t.Errorf("fields are %v, want %v", numbers, want)
	}
}

func TestReaderErrors(t *testing.T) {
	tests := []struct {
		name    string
		message []byte
		want    string
	}{
		{"tag cut", []byte{0x80}, "the message is cut off"},
		{"varint cut", []byte{0x08, 0xff}, "the message is cut off"},
		{"fixed cut", []byte{0x09, 1, 2, 3}, "the message is cut off"},
		{"length lies", []byte{0x0a, 5, 'a'}, "the message is cut off"},
		{"overlong varint", []byte{0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, "a varint is longer than ten bytes"},
		{"number 0", []byte{0x00, 0x00}, "a field's number is 0 or too large"},
		{"group", []byte{0x0b}, "field 1: wire type 3 is not supported"},
		{"wrong type", []byte{0x08, 0x01}, "field 1 is varint, want length-delimited"},
	}
	for _, test := range tests {
		r := NewReader(test.message)
		for r.Next() {
			r.Bytes()
		}
		if r.Err() == nil || r.Err().Error() != test.want {
			t.Errorf("%s: error is %v, want %s", test.name, r.Err(), test.want)
		}
	}
}

func TestRepeatedPackedAndSingle(t *testing.T) {
	packed := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), []byte{1, 2, 3})
	single := []byte{0x08, 1, 0x08, 2, 0x08, 3}
	for name, message := range map[string][]byte{"packed": packed, "single": single} {
		var unsigned []uint64
		var signed []int64
		r := NewReader(message)
		for r.Next() {
			unsigned, signed = r.AppendUint64(unsigned), r.AppendSint64(signed)
		}
		if r.Err() != nil {
			t.Errorf("%s: %v", name, r.Err())
		}
		if !slices.Equal(unsigned, []uint64{1, 2, 3}) || !slices.Equal(signed, []int64{-1, 1, -2}) {
			t.Errorf("%s: got %v, %v", name, unsigned, signed)
		}
	}
	floats := protowire.AppendFixed64(protowire.AppendFixed64(nil, math.Float64bits(1.5)), math.Float64bits(-2))
	message := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), floats)
	r := NewReader(message)
	if !r.Next() {
		t.Fatal(r.Err())
	}
	if got := r.AppendDouble(nil); !slices.Equal(got, []float64{1.5, -2}) {
		t.Errorf("doubles are %v, want 1.5, -2", got)
	}
}

// FuzzReader compares the walk with the one of Google's library.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0x08, 0x01, 0x12, 0x01, 'a', 0x1d, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, message []byte) {
		r := NewReader(message)
		rest, fields := message, 0
		for r.Next() {
			num, typ, n := protowire.ConsumeField(rest)
			if n < 0 {
				t.Fatalf("field %d was read, the library refuses: %v", r.Number, protowire.ParseError(n))
			}
			if int(num) != r.Number || uint8(typ) != uint8(r.Type) {
				t.Fatalf("field %d of %v, the library says %d of %d", r.Number, r.Type, num, typ)
			}
			rest = rest[n:]
			fields++
			r.AppendUint64(nil)
		}
		if r.Err() == nil && len(rest) > 0 {
			t.Fatalf("stopped after %d fields without an error, %d bytes left", fields, len(rest))
		}
	})
}
