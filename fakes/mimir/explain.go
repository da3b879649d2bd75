package mimir

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
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
		if near := p.nearest(all); near != "" {
			line("%s", near)
		}
	}
	if p.metric != "" {
		line("metadata came of: %s", described(data.Metadata()))
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

// nearest describes the series that the selector misses by least, or one that it finds.
func (p *progress) nearest(all []Series) string {
	best, least, reason := -1, 0, ""
	for i, one := range all {
		if distance, why := p.selector.Miss(withTenant(one.Labels, one.Tenant)); best < 0 || distance < least {
			best, least, reason = i, distance, why
		}
	}
	if best < 0 {
		return ""
	}
	one := all[best]
	text := fmt.Sprintf("%s (%s)", one.Labels, plural(len(one.Samples), "sample"))
	switch {
	case reason != "":
		return "nearest: " + text + ": " + reason
	case p.weigh(one) == 0:
		return "nearest: " + text + ": it has no " + p.noun
	}
	return "found: " + text
}

// described names the metrics that metadata came of.
func described(all []Metadata) string {
	var names []string
	for _, m := range all {
		if !slices.Contains(names, m.Metric) {
			names = append(names, m.Metric)
		}
	}
	if len(names) == 0 {
		return "no metric"
	}
	slices.Sort(names)
	text := strings.Join(names[:min(len(names), maxListed)], ", ")
	if more := len(names) - maxListed; more > 0 {
		text += fmt.Sprintf(" and %d others", more)
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
	ending := r.Exchange
	if r.DecodeError != "" {
		ending.ReplyBody = nil // it says the same
	}
	text := fmt.Sprintf("request %d was not accepted (%s %s: %s)", r.Seq, r.Method, r.Path, server.Ending(&ending))
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

func plural(n int, noun string) string {
	if n == 1 || strings.HasSuffix(noun, "s") {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
