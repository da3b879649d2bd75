package wire

import "github.com/touchstone-telemetry/touchstone/reference/column"

// encoded2 is a frame as version 2.0 needs it: its texts, each once, and the labels of its series as places among them.
type encoded2 struct {
	texts  []string // the first is empty
	labels [][]uint32
	pieces []piece
	// metadata is what the pieces were taken from.
	metadata *column.Catalogue
	selection
}

// encode2 prepares a frame for an endpoint.
func encode2(frame *column.Frame, labels labeller, metadata *column.Catalogue) *encoded2 {
	n := len(frame.Series)
	e := &encoded2{texts: []string{""}, labels: make([][]uint32, n), pieces: make([]piece, n), metadata: metadata}
	places := map[string]uint32{"": 0}
	place := func(text string) uint32 {
		at, known := places[text]
		if !known {
			at = uint32(len(e.texts))
			places[text] = at
			e.texts = append(e.texts, text)
		}
		return at
	}
	var room []column.Label
	for i, s := range frame.Series {
		merged := labels.labels(&room, s.Labels)
		if len(merged) == 0 {
			e.lack(i, n)
			continue
		}
		for _, l := range merged {
			e.labels[i] = append(e.labels[i], place(l.Name), place(l.Value))
		}
		if m, known := metadata.Of(nameOf(s)); known {
			e.pieces[i] = piece{typeNumber(m.Type), place(m.Help), place(m.Unit)}
		}
	}
	e.settle()
	return e
}

func nameOf(s column.Series) string {
	for _, l := range s.Labels {
		if l.Name == "__name__" {
			return l.Value
		}
	}
	return ""
}
