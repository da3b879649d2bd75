package sabotage

import (
	"net/http"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// shape is where the parts of a push stand in its message: field numbers of the list of series, and of what each series has.
type shape struct {
	series, labels, samples, exemplars, histograms protowire.Number
}

var (
	// first is remote write 1.0, and push.v1 as far as it goes: a list of series, labels first and samples second.
	first = shape{series: 1, labels: 1, samples: 2, exemplars: 3, histograms: 4}
	// second is remote write 2.0.
	second = shape{series: 5, labels: 1, samples: 2, exemplars: 4, histograms: 3}
)

// Fields of metadata. Version 1.0 has a list of entries beside the series; 2.0 has one entry in each series.
const (
	fieldEntries      = 3 // of the message of 1.0
	fieldDescription  = 5 // of a series of 2.0
	fieldMetadataType = 1 // of the metadata of both
)

// metrics tells whether a push is remote write; otherwise it carries profiles.
func metrics(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-protobuf")
}

func shapeOf(r *http.Request) shape {
	if metrics(r) && strings.Contains(r.Header.Get("Content-Type"), "io.prometheus.write.v2.Request") {
		return second
	}
	return first
}

// inSeries makes an edit of every series of a push.
func inSeries(edit func(r *http.Request, s shape, series []byte) []byte) wireEdit {
	return message(func(r *http.Request, msg []byte) []byte {
		s := shapeOf(r)
		return each(msg, s.series, func(series []byte) []byte { return edit(r, s, series) })
	})
}
