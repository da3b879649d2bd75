package exposition

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// Format is how generated metrics are written.
type Format string

// The formats.
const (
	Text        Format = "text"        // the text format 0.0.4
	OpenMetrics Format = "openmetrics" // OpenMetrics 1.0.0, with exemplars
	Protobuf    Format = "protobuf"    // delimited io.prometheus.client.MetricFamily, with exemplars and native histograms
)

var contentTypes = map[Format]string{
	Text:        "text/plain; version=0.0.4; charset=utf-8",
	OpenMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
	Protobuf:    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
}

// negotiate picks the format that the client likes best among those allowed; none of them is the first allowed.
func negotiate(accept string, allowed []Format) Format {
	if len(allowed) == 0 {
		allowed = []Format{Text, OpenMetrics, Protobuf}
	}
	best, bestQuality := allowed[0], 0.0
	for _, part := range strings.Split(accept, ",") {
		f, quality := acceptable(part)
		if quality > bestQuality && slices.Contains(allowed, f) {
			best, bestQuality = f, quality
		}
	}
	return best
}

// acceptable reads one element of an Accept header.
func acceptable(part string) (Format, float64) {
	media, params, err := mime.ParseMediaType(part)
	if err != nil {
		return "", 0
	}
	quality := 1.0
	if q, given := params["q"]; given {
		if quality, err = strconv.ParseFloat(q, 64); err != nil {
			return "", 0
		}
	}
	switch {
	case media == "text/plain":
		return Text, quality
	case media == "application/openmetrics-text":
		return OpenMetrics, quality
	case media == "application/vnd.google.protobuf" && params["encoding"] == "delimited" && strings.EqualFold(params["proto"], "io.prometheus.client.MetricFamily"):
		return Protobuf, quality
	}
	return "", 0
}
