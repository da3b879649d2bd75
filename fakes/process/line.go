package process

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// line is one request in words: when, which fake, the answer, what it was, whose, and what it carried.
func (f *running) line(e journal.Exchange) string {
	parts := []string{e.Arrived.Format("15:04:05.000"), fmt.Sprintf("%-10s", f.name), answer(e), e.Kind}
	if tenant := e.Header.Get("X-Scope-OrgID"); tenant != "" {
		parts = append(parts, "tenant="+quoteIfNeeded(tenant))
	}
	return printable(strings.Join(append(parts, f.describe(e)), "  "))
}

// answer is the status, or how the request ended without one.
func answer(e journal.Exchange) string {
	if e.Status == 0 {
		return e.Outcome
	}
	if e.Outcome != "replied" {
		return fmt.Sprintf("%d (%s)", e.Status, e.Outcome)
	}
	return strconv.Itoa(e.Status)
}

func describeWrite(r mimir.Request) string {
	switch {
	case r.DecodeError != "":
		return "not decoded: " + r.DecodeError
	case r.Kind == mimir.KindOther:
		return r.Method + " " + r.Path
	case r.Kind == mimir.KindMetadata:
		first := r.Metadata[0]
		return fmt.Sprintf("metadata of %s, such as %s: %s, %q", plural(len(r.Metadata), "metric"), first.Metric, first.Type, first.Help)
	case len(r.Series) == 0:
		return "nothing in it"
	}
	samples, histograms, exemplars := 0, 0, 0
	for _, s := range r.Series {
		samples += len(s.Samples)
		histograms += len(s.Histograms)
		exemplars += len(s.Exemplars)
	}
	text := fmt.Sprintf("%s, %d series", plural(samples, "sample"), len(r.Series))
	if histograms > 0 {
		text += ", " + plural(histograms, "histogram")
	}
	if exemplars > 0 {
		text += ", " + plural(exemplars, "exemplar")
	}
	return text + ", such as " + exampleSeries(r.Series)
}

// exampleSeries is the first series with its last value.
func exampleSeries(all []mimir.Series) string {
	one := all[0]
	text := one.Labels.String()
	if n := len(one.Samples); n > 0 {
		text += " " + strconv.FormatFloat(one.Samples[n-1].Value, 'g', -1, 64)
	}
	return text
}

func describePush(p pyroscope.Push) string {
	switch {
	case p.DecodeError != "":
		return "not decoded: " + p.DecodeError
	case p.Kind == pyroscope.KindOther:
		return p.Method + " " + p.Path
	case len(p.Profiles) == 0:
		return "nothing in it"
	}
	texts := make([]string, len(p.Profiles))
	for i, one := range p.Profiles {
		texts[i] = fmt.Sprintf("%s %s, %s", one.Labels, contents(one), plural(len(one.Raw), "byte"))
	}
	return strings.Join(texts, "; ")
}

// contents is what a profile counts and how many samples it has.
func contents(p pyroscope.Profile) string {
	if p.Parsed == nil {
		return "(" + p.ParseError + ")"
	}
	return sampleTypes(p.Parsed) + ", " + plural(len(p.Parsed.Sample), "sample")
}

func sampleTypes(p *profile.Profile) string {
	types := make([]string, len(p.SampleType))
	for i, t := range p.SampleType {
		types[i] = t.Type + "/" + t.Unit
	}
	return strings.Join(types, " ")
}

func describeScrape(e journal.Exchange) string {
	target := e.Path
	if e.Query != "" {
		target += "?" + e.Query
	}
	text := e.Method + " " + target
	if e.ReplyBody != nil {
		text += ", " + plural(len(e.ReplyBody), "byte") + " served"
	}
	return text
}

func quoteIfNeeded(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }) {
		return strconv.Quote(text)
	}
	return text
}

// printable replaces what a terminal would obey: anything may have been pushed.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
