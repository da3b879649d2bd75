package mimir

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// explain tells, in lines to stand under an error, what did arrive in place of what was waited for.
func (s *Server) explain(p *progress) string {
	var b strings.Builder
	data := s.Accepted()
	line := func(format string, args ...any) { fmt.Fprintf(&b, "\n\t"+format, args...) }

	all, _ := data.Series("{}") // a selector that is known to parse
	if p.until == nil {
		line("so far %d of %d", p.have, p.want)
	}
	line("accepted: %s in %s, %s", plural(samplesIn(all), "sample"), plural(len(all), "series"), plural(data.Requests(), "request"))
	if dropped := s.accepted.Dropped(); dropped > 0 {
		line("%s more were accepted, but fell out of the journal's limits", plural(dropped, "request"))
	}
	if p.text != "" {
		if near := nearest(p.selector, all); near != "" {
			line("nearest: %s", near)
		}
	}
	for _, text := range s.notAccepted(p) {
		line("%s", text)
	}
	return b.String()
}

func samplesIn(all []Series) int {
	n := 0
	for _, one := range all {
		n += len(one.Samples)
	}
	return n
}

// nearest describes the series that a selector misses by least, or one that it finds.
func nearest(selector labels.Selector, all []Series) string {
	best, least, reason := -1, 0, ""
	for i, one := range all {
		if distance, why := selector.Miss(withTenant(one.Labels, one.Tenant)); best < 0 || distance < least {
			best, least, reason = i, distance, why
		}
	}
	if best < 0 {
		return ""
	}
	text := fmt.Sprintf("%s (%s)", all[best].Labels, plural(len(all[best].Samples), "sample"))
	if reason != "" {
		text += ": " + reason
	}
	return text
}

// maxListed is how many requests an explanation lists.
const maxListed = 5

// notAccepted lists the newest requests that were not accepted, and whether they held what was waited for.
func (s *Server) notAccepted(p *progress) []string {
	var lines []string
	left := 0
	exchanges := s.Exchanges()
	for i := len(exchanges) - 1; i >= 0; i-- {
		if isAccepted(&exchanges[i]) || isMounted(&exchanges[i]) {
			continue
		}
		if len(lines) == maxListed {
			left++
			continue
		}
		r := s.Decode(exchanges[i])
		lines = append(lines, p.describe(&r))
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("and %s before that were not accepted", plural(left, "request")))
	}
	return lines
}

// isMounted tells whether a handler answered the request in place of the fake: see [server.Server.Handle].
func isMounted(e *journal.Exchange) bool {
	return !slices.Contains([]string{"", KindSamples, KindMetadata, KindOther}, e.Kind) // "" is not read yet
}

func (p *progress) describe(r *Request) string {
	text := fmt.Sprintf("request %d was not accepted (%s %s: %s)", r.Seq, r.Method, r.Path, ending(r))
	if r.DecodeError != "" {
		return text + ": " + r.DecodeError
	}
	matching := 0
	for _, one := range r.Series {
		if p.text != "" && p.weigh != nil && p.selector.Matches(withTenant(one.Labels, one.Tenant)) {
			matching += p.weigh(one)
		}
	}
	if matching > 0 {
		text += fmt.Sprintf(", it held %d of what is waited for", matching)
	}
	return text
}

func ending(r *Request) string {
	switch {
	case r.Outcome == "":
		return "still open"
	case r.Status == 0:
		return r.Outcome
	default:
		return fmt.Sprintf("%d, %s", r.Status, r.Outcome)
	}
}

func plural(n int, noun string) string {
	if n == 1 || strings.HasSuffix(noun, "s") {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
