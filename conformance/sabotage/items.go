package sabotage

import (
	"net/http"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// dropItems leaves the fields that pick names out of every series of remote write.
func dropItems(pick func(shape) protowire.Number) func() wireEdit {
	return func() wireEdit {
		return inSeries(func(r *http.Request, s shape, series []byte) []byte {
			if !metrics(r) {
				return series
			}
			return fields(series, func(num protowire.Number, raw, _ []byte) []byte {
				if num == pick(s) {
					return nil
				}
				return raw
			})
		})
	}
}

func exemplarField(s shape) protowire.Number  { return s.exemplars }
func histogramField(s shape) protowire.Number { return s.histograms }

// changeExemplars adds 1 to the value of every exemplar, which is its second field in both versions.
func changeExemplars() wireEdit {
	return inSeries(func(r *http.Request, s shape, series []byte) []byte {
		if !metrics(r) {
			return series
		}
		return each(series, s.exemplars, func(exemplar []byte) []byte {
			return fields(exemplar, func(num protowire.Number, raw, _ []byte) []byte {
				if num == 2 {
					return addOne(raw)
				}
				return raw
			})
		})
	})
}

// changeHistograms adds 1 to the count of every native histogram, which is its first field in both versions.
func changeHistograms() wireEdit {
	return inSeries(func(r *http.Request, s shape, series []byte) []byte {
		if !metrics(r) {
			return series
		}
		return each(series, s.histograms, func(histogram []byte) []byte {
			return fields(histogram, func(num protowire.Number, raw, _ []byte) []byte {
				if num == 1 {
					return countOne(raw)
				}
				return raw
			})
		})
	})
}

// countOne adds 1 to a field that holds a whole number.
func countOne(raw []byte) []byte {
	_, typ, tag := protowire.ConsumeTag(raw)
	n, size := protowire.ConsumeVarint(raw[tag:])
	if typ != protowire.VarintType || size < 0 {
		return raw
	}
	return protowire.AppendVarint(slices.Clone(raw[:tag]), n+1)
}

// dropMetadata loses the requests that are about metadata, and takes it out of series.
func dropMetadata() wireEdit {
	stripped := dropItems(func(s shape) protowire.Number {
		if s == second {
			return fieldDescription
		}
		return fieldUnknown
	})()
	lost := lose(func() func(*http.Request) bool { return func(r *http.Request) bool { return kindOf(r) == "metadata" } })
	return func(a *Act, next http.Handler) http.Handler { return lost(a, stripped(a, next)) }
}

// changeMetadata tells another type for every metric.
func changeMetadata() wireEdit {
	return message(func(r *http.Request, msg []byte) []byte {
		if !metrics(r) {
			return msg
		}
		if shapeOf(r) == first {
			return each(msg, fieldEntries, otherType)
		}
		return each(msg, second.series, func(series []byte) []byte { return each(series, fieldDescription, otherType) })
	})
}

func otherType(metadata []byte) []byte {
	return fields(metadata, func(num protowire.Number, raw, _ []byte) []byte {
		if num == fieldMetadataType {
			return countOne(raw)
		}
		return raw
	})
}
