package sabotage

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"
)

// fieldUnknown is a field number that no message has. Receivers skip it.
const fieldUnknown = 15

// message makes an edit of the protobuf message in the body; compression is taken off before and put back. Bodies that do
// not decode pass as they are.
func message(edit func(r *http.Request, msg []byte) []byte) wireEdit {
	return request(func(r *http.Request) bool {
		body := peek(r)
		msg, compressed := body, r.Header.Get("Content-Encoding") == "snappy"
		if compressed {
			var err error
			if msg, err = s2.Decode(nil, body); err != nil {
				return false
			}
		}
		edited := edit(r, msg)
		if bytes.Equal(edited, msg) {
			return false
		}
		if compressed {
			edited = s2.EncodeSnappy(nil, edited)
		}
		replace(r, edited)
		return true
	})
}

// fields rebuilds a message from what edit returns for each field. raw is the whole field with its tag, value its content
// if it has a length. A message that does not parse is returned as it is.
func fields(msg []byte, edit func(num protowire.Number, raw, value []byte) []byte) []byte {
	out := make([]byte, 0, len(msg))
	for rest := msg; len(rest) > 0; {
		num, typ, tag := protowire.ConsumeTag(rest)
		if tag < 0 {
			return msg
		}
		n := protowire.ConsumeFieldValue(num, typ, rest[tag:])
		if n < 0 {
			return msg
		}
		var value []byte
		if typ == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(rest[tag:])
		}
		out = append(out, edit(num, rest[:tag+n], value)...)
		rest = rest[tag+n:]
	}
	return out
}

func field(num protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), value)
}

// each rebuilds the fields num of a message and keeps the others.
func each(msg []byte, num protowire.Number, edit func(value []byte) []byte) []byte {
	return fields(msg, func(n protowire.Number, raw, value []byte) []byte {
		if n != num {
			return raw
		}
		return field(num, edit(value))
	})
}

type label struct{ name, value string }

// labels makes an edit of the labels of every series. Version 2.0 of remote write, where labels are numbers of texts, is left alone.
func labels(edit func([]label) []label) wireEdit {
	return message(func(r *http.Request, msg []byte) []byte {
		if shapeOf(r) == second {
			return msg
		}
		return each(msg, first.series, func(series []byte) []byte { return relabel(series, edit) })
	})
}

func relabel(series []byte, edit func([]label) []label) []byte {
	var before []label
	rest := fields(series, func(num protowire.Number, raw, value []byte) []byte {
		if num != first.labels {
			return raw
		}
		before = append(before, parseLabel(value))
		return nil
	})
	var out []byte
	for _, l := range edit(before) {
		pair := append(field(1, []byte(l.name)), field(2, []byte(l.value))...)
		out = append(out, field(first.labels, pair)...)
	}
	return append(out, rest...)
}

func parseLabel(pair []byte) label {
	var l label
	fields(pair, func(num protowire.Number, _, value []byte) []byte {
		switch num {
		case 1:
			l.name = string(value)
		case 2:
			l.value = string(value)
		}
		return nil
	})
	return l
}

func dropLabel(name string) (wireEdit, error) {
	return labels(func(all []label) []label {
		return slices.DeleteFunc(all, func(l label) bool { return l.name == name })
	}), nil
}

func setLabel(arg string) (wireEdit, error) {
	name, value, err := pairOf(arg)
	return labels(func(all []label) []label {
		all = slices.DeleteFunc(all, func(l label) bool { return l.name == name })
		all = append(all, label{name, value})
		slices.SortFunc(all, func(a, b label) int { return strings.Compare(a.name, b.name) })
		return all
	}), err
}

func unsortLabels() wireEdit {
	return labels(func(all []label) []label {
		slices.Reverse(all)
		return all
	})
}

// firstSeries makes an edit of the first series of each request. raw is the whole field.
func firstSeries(edit func(raw []byte) []byte) wireEdit {
	return message(func(r *http.Request, msg []byte) []byte {
		shape, done := shapeOf(r), false
		return fields(msg, func(num protowire.Number, raw, _ []byte) []byte {
			if num != shape.series || done {
				return raw
			}
			done = true
			return edit(raw)
		})
	})
}

func loseSeries() wireEdit {
	return firstSeries(func([]byte) []byte { return nil })
}

func doubleSeries() wireEdit {
	return firstSeries(func(raw []byte) []byte { return slices.Concat(raw, raw) })
}

// samples makes an edit of every sample of every series.
func samples(edit func(r *http.Request, sample []byte) []byte) wireEdit {
	return inSeries(func(r *http.Request, shape shape, series []byte) []byte {
		return each(series, shape.samples, func(sample []byte) []byte { return edit(r, sample) })
	})
}

func changeValues() wireEdit {
	return samples(func(r *http.Request, sample []byte) []byte {
		return fields(sample, func(num protowire.Number, raw, value []byte) []byte {
			switch {
			case num == 1 && metrics(r):
				return addOne(raw)
			case num == 1 && len(value) > 0:
				changed := slices.Clone(value)
				changed[len(changed)/2] ^= 1
				return field(1, changed)
			}
			return raw
		})
	})
}

// addOne adds 1 to a field that holds a double.
func addOne(raw []byte) []byte {
	_, typ, tag := protowire.ConsumeTag(raw)
	bits, n := protowire.ConsumeFixed64(raw[tag:])
	if typ != protowire.Fixed64Type || n < 0 {
		return raw
	}
	return protowire.AppendFixed64(slices.Clone(raw[:tag]), math.Float64bits(math.Float64frombits(bits)+1))
}

func changeTimes() wireEdit {
	return samples(func(r *http.Request, sample []byte) []byte {
		if !metrics(r) {
			return sample
		}
		return fields(sample, func(num protowire.Number, raw, _ []byte) []byte {
			_, typ, tag := protowire.ConsumeTag(raw)
			if num != 2 || typ != protowire.VarintType {
				return raw
			}
			t, _ := protowire.ConsumeVarint(raw[tag:])
			return protowire.AppendVarint(slices.Clone(raw[:tag]), t-1000)
		})
	})
}

// changeRepeats appends a field that every receiver skips: same meaning, other bytes.
func changeRepeats() wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		var t times
		changed := message(func(_ *http.Request, msg []byte) []byte {
			return protowire.AppendVarint(protowire.AppendTag(slices.Clone(msg), fieldUnknown, protowire.VarintType), 1)
		})(a, next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if t.add(r) > 0 {
				changed.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func garbleBody() wireEdit {
	return request(func(r *http.Request) bool {
		body := peek(r)
		for i := range body {
			body[i] = ^body[i]
		}
		replace(r, body)
		return len(body) > 0
	})
}

func sendPlain() wireEdit {
	return request(func(r *http.Request) bool {
		msg, err := s2.Decode(nil, peek(r))
		if err != nil || r.Header.Get("Content-Encoding") != "snappy" {
			return false
		}
		r.Header.Del("Content-Encoding")
		replace(r, msg)
		return true
	})
}

// emptyProfile is the smallest profile that parses: one type of sample and none of them.
func emptyProfile() []byte {
	valueType := []byte{1 << 3, 1, 2 << 3, 2} // type = string 1, unit = string 2, both varints
	out := field(1, valueType)
	for _, s := range []string{"", "samples", "count"} {
		out = append(out, field(6, []byte(s))...)
	}
	return out
}
