package metricscrape

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// page turns the pages of one target into columns. It remembers the series of the last page by their raw bytes, so a
// page with the same series in the same order costs one comparison and one number a sample.
//
// Not safe for concurrent use: a target has one page and one loop.
type page struct {
	label labeller
	// ignoreTimes drops the times that samples carry (honor_timestamps = false).
	ignoreTimes bool

	known map[string]*known // by raw bytes, as of the last page
	last  []*known          // the last page's samples, in order
	lines []sample          // the page being read
	own   ownTimes

	layout *column.Layout
	values []float64
}

// known is a series that the target exposed before.
type known struct {
	raw    string
	series column.Series
	id     string // the labels in one string, to find duplicates
	lastT  int64  // the last explicit time taken, if timed
	timed  bool   // exposed with a time of its own on the last page
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
	// samples counts the sample lines, added the series that were not on the last page.
	samples, added int
	// gone are series of the last page that this one lacks; they get a staleness marker.
	gone *column.Layout
}

func newPage(l labeller, ignoreTimes bool) *page {
	return &page{label: l, ignoreTimes: ignoreTimes, known: map[string]*known{}}
}

// read parses a page of the given content type. Samples without a time of their own get time now, in milliseconds. On an
// error nothing of the page counts and the page before is still the last one.
func (p *page) read(body []byte, contentType string, now int64) (reading, error) {
	p.lines = p.lines[:0]
	if err := p.scan(body, contentType); err != nil {
		p.forgetNew()
		return reading{}, err
	}
	return p.assemble(now), nil
}

func (p *page) scan(body []byte, contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && media == "application/openmetrics-text" {
		return p.scanLibrary(body, contentType)
	}
	return p.scanText(body)
}

// scanText reads the text format, version 0.0.4. It is the hot path: see BenchmarkPage.
func (p *page) scanText(body []byte) error {
	for number := 1; len(body) > 0; number++ {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := p.scanLine(line); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}

func (p *page) scanLine(line []byte) error {
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
		text, after = field(after)
		if s.time, err = parseTimestamp(text); err != nil || len(after) > 0 {
			return fmt.Errorf("time %.40q of %.80s is not a number of milliseconds", text, k.raw)
		}
		s.timed = !p.ignoreTimes
	}
	p.lines = append(p.lines, s)
	return nil
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
	return p.learn(line[:n], set), line[n:], nil
}

func (p *page) learn(raw []byte, set labels.Labels) *known {
	series, id := p.label.series(set)
	k := &known{raw: string(raw), series: series, id: id}
	p.known[k.raw] = k
	return k
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

// scanLibrary reads OpenMetrics with the library.
func (p *page) scanLibrary(body []byte, contentType string) error {
	parser, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		return err
	}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return shortened(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		raw, at, value := parser.Series()
		k := p.known[string(raw)]
		if k == nil {
			var set labels.Labels
			parser.Labels(&set)
			k = p.learn(raw, set)
		}
		s := sample{known: k, value: value, timed: at != nil && !p.ignoreTimes}
		if at != nil {
			s.time = *at
		}
		p.lines = append(p.lines, s)
	}
}

// shortened bounds an error of the library, which quotes what it cannot read.
func shortened(err error) error {
	if text := err.Error(); len(text) > 300 {
		return errors.New(strings.ToValidUTF8(text[:300], "") + "...")
	}
	return err
}

// forgetNew drops what a page that turned out malformed had taught.
func (p *page) forgetNew() {
	clear(p.known)
	for _, k := range p.last {
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
