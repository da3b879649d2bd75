package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// What a page shows of one request.
const (
	mostLines  = 40
	mostServed = 2 << 10
)

// detail is what lies behind one row of the timeline: the headers of the request, then what was in it or what it was answered with.
func detail(r *observe.Request) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(r.Header[name], ", "))
	}
	lines := decoded(r)
	left := len(lines) - mostLines
	for _, line := range lines[:min(mostLines, len(lines))] {
		fmt.Fprintf(&b, "\n%s", line)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\nand %d more", left)
	}
	if served := r.Served[:min(mostServed, len(r.Served))]; isText(served) {
		fmt.Fprintf(&b, "\n%s", served)
	}
	return strings.TrimSpace(b.String())
}

// decoded are the parts of a push, one a line.
func decoded(r *observe.Request) []string {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, s := range r.Series {
		for _, v := range s.Samples {
			say("%s = %s at %s", s.Labels, v.V, clock(v.T))
		}
		for _, e := range s.Exemplars {
			say("%s exemplar %s = %s at %s", s.Labels, e.Labels, e.V, clock(e.T))
		}
		for _, h := range s.Histograms {
			say("%s histogram of %s observations, sum %s, at %s", s.Labels, h.Count, h.Sum, clock(h.T))
		}
	}
	for _, m := range r.Metadata {
		say("%s is of type %s, help %q", m.Metric, m.Type, m.Help)
	}
	for _, p := range r.Profiles {
		say("%s profile of %d bytes", p.Labels, len(p.Raw))
	}
	return lines
}

// clock words a time in milliseconds since 1970.
func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05.000") }

// isText tells whether a body can be read by people. The last letter may be cut.
func isText(body []byte) bool {
	for len(body) > 0 {
		c, size := utf8.DecodeRune(body)
		if c == utf8.RuneError && len(body) >= utf8.UTFMax || unicode.IsControl(c) && !unicode.IsSpace(c) {
			return false
		}
		body = body[size:]
	}
	return true
}
