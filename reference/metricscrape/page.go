package metricscrape

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// page turns the pages of one target into columns. It remembers the series of the last page by their raw bytes, so a
// page with the same series in the same order costs one comparison and one number a sample.
//
// Not safe for concurrent use: a target has one page and one loop.
type page struct {
	label    labeller
	settings pageSettings

	known map[string]*known // by raw bytes, as of the last page
	last  []*known          // the last page's samples, in order
	lines []sample          // the page being read
	own   ownTimes

	natives  natives
	examples []example // of the page being read
	comments comments
	metadata []column.Metadata
	places   map[*column.Layout]map[*column.Label]int

	layout *column.Layout
	values []float64
}

// pageSettings say how pages are read.
type pageSettings struct {
	limits
	// ignoreTimes drops the times that samples carry (honor_timestamps = false).
	ignoreTimes bool
	// native takes native histograms, classic also takes the classic ones of those that have both.
	native, classic bool
}

// known is a series that the target exposed before.
type known struct {
	raw    string
	series column.Series
	id     string // the labels in one string, to find duplicates
	lastT  int64  // the last explicit time taken, if timed
	timed  bool   // exposed with a time of its own on the last page
	// examples identify the exemplars that the last page had for it.
	examples []string
}

// sample is one line of a page.
type sample struct {
	known *known
	value float64
	time  int64
	timed bool
}

// reading is what one page gave.
type reading struct {
	// columns are to be appended; their values are valid until the next page is read.
	columns []column.Column
	// samples counts the samples and native histograms, added the series that were not on the last page.
	samples, added int
	// gone are series of the last page that this one lacks; they get a staleness marker.
	gone *column.Layout
}

func newPage(l labeller, settings pageSettings) *page {
	return &page{label: l, settings: settings, known: map[string]*known{}}
}

// read parses a page of the given content type. Samples without a time of their own get time now, in milliseconds. On an
// error nothing of the page counts and the page before is still the last one.
func (p *page) read(body []byte, contentType string, now int64) (reading, error) {
	p.lines, p.natives.lines, p.examples = p.lines[:0], p.natives.lines[:0], p.examples[:0]
	err := p.scan(body, contentType)
	samples := len(p.lines) + len(p.natives.lines)
	if err == nil {
		err = p.settings.checkSamples(samples)
	}
	if err != nil {
		p.forgetNew()
		p.comments.forget()
		return reading{samples: samples}, err
	}
	return p.assemble(now), nil
}

func (p *page) scan(body []byte, contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && media == "application/vnd.google.protobuf" {
		return p.scanLibrary(body, contentType)
	}
	if err := p.scanText(body, err == nil && media == "application/openmetrics-text"); err != nil {
		return err
	}
	if metadata, news := p.comments.finish(); news {
		p.describe(metadata)
	}
	return nil
}

// describe takes what the page says about its metrics. When that has changed, so has the layout.
func (p *page) describe(metadata []column.Metadata) {
	if slices.Equal(metadata, p.metadata) {
		return
	}
	p.metadata = metadata
	if p.layout != nil {
		p.layout = &column.Layout{Series: p.layout.Series, Metadata: metadata}
	}
}

// scanText reads the text format, version 0.0.4, or OpenMetrics. It is the hot path: see BenchmarkPage.
func (p *page) scanText(body []byte, open bool) error {
	for number := 1; len(body) > 0; number++ {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if len(line) > 0 && line[0] != '#' {
			if err := p.scanLine(line, open); err != nil {
				return fmt.Errorf("line %d: %w", number, err)
			}
			continue
		}
		switch {
		case !open && len(line) == 0:
		case !open || len(line) > 0 && string(line) != "# EOF":
			p.comments.read(line)
		case len(line) == 0:
			return fmt.Errorf("line %d: it is empty", number)
		case len(body) > 0:
			return fmt.Errorf("line %d: the page goes on after # EOF", number+1)
		default:
			return nil
		}
	}
	if open {
		return errors.New("the page ends without # EOF")
	}
	return nil
}

func (p *page) scanLine(line []byte, open bool) error {
	if err := p.checkRoom(); err != nil {
		return err
	}
	k, rest := p.expected(line)
	if k == nil {
		var err error
		if k, rest, err = p.lookUp(line); err != nil {
			return err
		}
	}
	s := sample{known: k}
	text, after := field(rest)
	var err error
	if s.value, err = parseValue(text); err != nil {
		return fmt.Errorf("value %.40q of %.80s is not a number", text, k.raw)
	}
	if len(after) > 0 {
		if err := p.scanRest(&s, after, open); err != nil {
			return err
		}
	}
	p.lines = append(p.lines, s)
	return nil
}

// scanRest reads what follows a value: a time, and in OpenMetrics an exemplar.
func (p *page) scanRest(s *sample, rest []byte, open bool) error {
	text, after := field(rest)
	var err error
	if !open {
		if s.time, err = parseTimestamp(text); err != nil || len(after) > 0 {
			return fmt.Errorf("time %.40q of %.80s is not a number of milliseconds", text, s.known.raw)
		}
		s.timed = !p.settings.ignoreTimes
		return nil
	}
	if string(text) != "#" {
		if s.time, err = parseSeconds(text); err != nil {
			return fmt.Errorf("time %.40q of %.80s is not a number of seconds", text, s.known.raw)
		}
		s.timed = !p.settings.ignoreTimes
		if text, after = field(after); len(text) == 0 {
			return nil
		}
	}
	after = bytes.TrimLeft(after, " ")
	if string(text) != "#" || len(after) == 0 || after[0] != '{' {
		return fmt.Errorf("what follows the value of %.80s is not an exemplar", s.known.raw)
	}
	return p.readExample(s.known, after)
}

// expected tells whether the line is of the series that stood at this place last time.
func (p *page) expected(line []byte) (*known, []byte) {
	i := len(p.lines)
	if i >= len(p.last) {
		return nil, nil
	}
	k := p.last[i]
	n := len(k.raw)
	if len(line) > n && (line[n] == ' ' || line[n] == '\t') && string(line[:n]) == k.raw {
		return k, line[n:]
	}
	return nil, nil
}

// lookUp finds the series of a line among all known ones, or gets to know it.
func (p *page) lookUp(line []byte) (*known, []byte, error) {
	n := seriesLength(line)
	if k := p.known[string(line[:n])]; k != nil {
		return k, line[n:], nil
	}
	set, err := parseSeries(line[:n])
	if err != nil {
		return nil, nil, err
	}
	k, err := p.learn(line[:n], set)
	return k, line[n:], err
}

func (p *page) learn(raw []byte, set labels.Labels) (*known, error) {
	series, id := p.label.series(set)
	if err := p.settings.checkLabels(series); err != nil {
		return nil, err
	}
	k := &known{raw: string(raw), series: series, id: id}
	p.known[k.raw] = k
	return k, nil
}

// parseSeries reads name and labels of one line. The library gets the line alone, without its TYPE, so that it leaves
// the values of le and quantile as they were exposed.
func parseSeries(raw []byte) (labels.Labels, error) {
	var set labels.Labels
	line := append(append(make([]byte, 0, len(raw)+3), raw...), " 1\n"...)
	parser := textparse.NewPromParser(line, labels.NewSymbolTable(), false)
	entry, err := parser.Next()
	if err != nil || entry != textparse.EntrySeries {
		return set, fmt.Errorf("series %.80q is malformed", raw)
	}
	parser.Labels(&set)
	if duplicate, has := set.HasDuplicateLabelNames(); has {
		return set, fmt.Errorf("series %.80q has the label %.40q twice", raw, duplicate)
	}
	return set, nil
}

// forgetNew drops what a page that turned out malformed had taught.
func (p *page) forgetNew() {
	clear(p.known)
	for _, k := range p.last {
		p.known[k.raw] = k
	}
	for _, k := range p.natives.last {
		p.known[k.raw] = k
	}
}

// seriesLength is the length of name and labels at the start of a line. Braces and blanks inside quotes do not count.
func seriesLength(line []byte) int {
	quoted, braces := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			braces = true
		case c == '}':
			return i + 1
		case (c == ' ' || c == '\t') && !braces && !opensBrace(line[i:]):
			return i
		}
	}
	return len(line)
}

// opensBrace tells whether only blanks stand before an opening brace: the format allows "name {...}".
func opensBrace(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	return len(rest) > 0 && rest[0] == '{'
}

// field splits off the first blank-separated word.
func field(text []byte) (word, rest []byte) {
	start := 0
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	end := start
	for end < len(text) && text[end] != ' ' && text[end] != '\t' {
		end++
	}
	return text[start:end], text[end:]
}
