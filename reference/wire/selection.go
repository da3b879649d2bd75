package wire

import "github.com/touchstone-telemetry/touchstone/reference/column"

// selection is which series of a frame are sent.
type selection struct {
	// lacking tells for each series whether it is not sent; nil when all are.
	lacking []bool
	// kept are the others.
	kept []uint16
}

// lack notes that series i of n is not sent.
func (s *selection) lack(i, n int) {
	if s.lacking == nil {
		s.lacking = make([]bool, n)
	}
	s.lacking[i] = true
}

// settle is called when all series are known.
func (s *selection) settle() {
	for i, lacks := range s.lacking {
		if !lacks {
			s.kept = append(s.kept, uint16(i))
		}
	}
}

// from returns the items of a part that are sent.
func (s *selection) from(p column.Part) column.Part {
	switch {
	case s.lacking == nil:
		return p
	case p.Index != nil || p.Times != nil || p.Values == nil:
		return p.Pick(func(i int) bool { return !s.lacking[p.Member(i)] })
	}
	values := make([]float64, len(s.kept))
	for i, member := range s.kept {
		values[i] = p.Values[member]
	}
	p.Values, p.Index = values, s.kept
	return p
}
