package mimir

import (
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// Counts are numbers of what was accepted.
type Counts struct {
	Requests   int64 `json:"requests"`
	Series     int64 `json:"series"` // each time one is sent
	Samples    int64 `json:"samples"`
	Exemplars  int64 `json:"exemplars"`
	Histograms int64 `json:"histograms"`
	Metadata   int64 `json:"metadata"` // sent apart from series
	// Bytes are those of the bodies as sent.
	Bytes int64 `json:"bytes"`
}

// Counts tells how much was accepted since the start. It costs nothing and is exact, also when the journal has dropped requests.
func (s *Server) Counts() Counts { return s.counts.load() }

type counters struct {
	requests, series, samples, exemplars, histograms, metadata, bytes atomic.Int64
}

func (c *counters) add(n Counts) {
	c.series.Add(n.Series)
	c.samples.Add(n.Samples)
	c.exemplars.Add(n.Exemplars)
	c.histograms.Add(n.Histograms)
	c.metadata.Add(n.Metadata)
	c.bytes.Add(n.Bytes)
	c.requests.Add(n.Requests)
}

func (c *counters) load() Counts {
	return Counts{
		Requests:   c.requests.Load(),
		Series:     c.series.Load(),
		Samples:    c.samples.Load(),
		Exemplars:  c.exemplars.Load(),
		Histograms: c.histograms.Load(),
		Metadata:   c.metadata.Load(),
		Bytes:      c.bytes.Load(),
	}
}

func (b *batch) count() Counts {
	return Counts{
		Series:     int64(len(b.refs)),
		Samples:    int64(len(b.samples)),
		Exemplars:  int64(len(b.exemplars)),
		Histograms: int64(len(b.histograms)),
		Metadata:   int64(len(b.plainMetadata())),
	}
}

// count walks over a message of either version without taking anything out of it. Labels are skipped, not checked.
func count(version Version, message []byte) (Counts, error) {
	var n Counts
	for r := proto.NewReader(message); ; {
		if !r.Next() {
			return n, r.Err()
		}
		switch {
		case version == V1 && r.Number == 1, version == V2 && r.Number == 5:
			if err := n.countSeries(version, r.Bytes()); err != nil {
				return n, err
			}
		case version == V1 && r.Number == 3:
			n.Metadata++
		}
	}
}

func (n *Counts) countSeries(version Version, message []byte) error {
	n.Series++
	r := proto.NewReader(message)
	if version == V1 {
		r = proto.NewReader(message[leadingLabels(message):])
	}
	for r.Next() {
		switch {
		case r.Number == 2:
			n.Samples++
		case version == V1 && r.Number == 3, version == V2 && r.Number == 4:
			n.Exemplars++
		case version == V1 && r.Number == 4, version == V2 && r.Number == 3:
			n.Histograms++
		}
	}
	return r.Err()
}
