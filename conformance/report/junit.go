package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJUnit writes the report as the XML that continuous integration servers read: one suite for each agent and lane, one test for
// each case. A test fails when the case fails the run: see [Report.Exit]. Known deviations, and deviations from clauses that do not bind, count as skipped
// and say why. Entries of lists that are stale are failures in a suite of their own.
func WriteJUnit(w io.Writer, r *Report) error {
	doc := junitDocument{Name: "touchstone", Time: seconds(r.Ended.Sub(r.Began))}
	for _, col := range r.columns() {
		doc.add(r.junitSuite(col))
	}
	if len(r.Stale) > 0 {
		doc.add(r.junitStale())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitCounts are the attributes that documents and suites share.
type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitDocument struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Time   string       `xml:"time,attr"`
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Time  string      `xml:"time,attr"`
	At    string      `xml:"timestamp,attr"`
	Cases []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitNote `xml:"failure"`
	Error   *junitNote `xml:"error"`
	Skipped *junitNote `xml:"skipped"`
}

type junitNote struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (d *junitDocument) add(s junitSuite) {
	d.Tests, d.Failures, d.Errors, d.Skipped = d.Tests+s.Tests, d.Failures+s.Failures, d.Errors+s.Errors, d.Skipped+s.Skipped
	d.Suites = append(d.Suites, s)
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// junitSuite is what one agent did on one lane.
func (r *Report) junitSuite(col column) junitSuite {
	s := junitSuite{Name: col.agent + ", " + col.lane, At: r.Began.UTC().Format("2006-01-02T15:04:05")}
	var took time.Duration
	for _, c := range r.Cases {
		if c.Agent == col.agent && c.Lane == col.lane {
			took += c.Took
			s.add(r.junitCase(c))
		}
	}
	s.Time = seconds(took)
	return s
}

func (r *Report) junitCase(c Case) junitCase {
	path, _, _ := strings.Cut(c.ID, "#")
	out := junitCase{Class: strings.ReplaceAll(path, "/", "."), Name: c.ID, Time: seconds(c.Took)}
	var text strings.Builder
	c.write(&text)
	note := &junitNote{Message: c.Sentence, Text: text.String()}
	switch {
	case c.Verdict == Error:
		out.Error = note
	case r.failed(c):
		out.Failure = note
	case c.Verdict == Skip:
		out.Skipped = &junitNote{Message: c.Reason}
	case c.Verdict == KnownDeviation:
		out.Skipped = &junitNote{Message: "known: " + c.KnownReason()}
	case c.Verdict != Pass:
		out.Skipped = &junitNote{Message: "does not hold, and does not bind: " + c.Sentence, Text: text.String()}
	}
	return out
}

// KnownReason is why the first known deviation of the case is known; empty when it has none.
func (c Case) KnownReason() string {
	for _, chk := range c.Checks {
		if chk.Verdict == KnownDeviation {
			return chk.Reason
		}
	}
	return ""
}

func (r *Report) junitStale() junitSuite {
	s := junitSuite{Name: "known deviations", Time: "0", At: r.Began.UTC().Format("2006-01-02T15:04:05")}
	for _, stale := range r.Stale {
		s.add(junitCase{Class: "known." + stale.Agent, Name: stale.Entry, Time: "0", Failure: &junitNote{Message: stale.Why}})
	}
	return s
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
