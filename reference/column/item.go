package column

// Kind is what a column or a part holds.
type Kind int

// The kinds.
const (
	Samples Kind = iota
	Histograms
	Exemplars
	// Kinds is how many kinds there are: the size of a table with one entry for each.
	Kinds
)

// Histogram is a native histogram in the form in which remote write sends it: the protobuf message Histogram that its
// versions 1.0 and 2.0 share, without its timestamp. Nothing on the way looks into it. It is not to be written to.
type Histogram []byte

// Exemplar is an example of what went into a sample, for instance the trace of one request. Its labels are sorted by name.
type Exemplar struct {
	Labels []Label
	Value  float64
}

func kindOf(h []Histogram, e []Exemplar) Kind {
	switch {
	case e != nil:
		return Exemplars
	case h != nil:
		return Histograms
	}
	return Samples
}
