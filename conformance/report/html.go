package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

//go:embed page.html.tmpl
var pageText string

// WriteHTML writes the report as one page that needs nothing else: the matrix of clauses and agents, and each case that needs attention with
// its checks. evidence returns what was seen in the case whose evidence lies in a folder; it is asked for cases that name one only,
// and where it fails, or is nil, the case stands there without the timeline, the configuration and the log of the agent.
func WriteHTML(w io.Writer, r *Report, evidence func(folder string) (*observe.Observation, error)) error {
	t, err := template.New("page").Funcs(template.FuncMap{"class": class}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := t.Execute(w, r.page(evidence)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// page is what the template shows.
type page struct {
	Report          *Report
	Outcome, Totals string
	Took            time.Duration
	Columns         []pageColumn
	Cases           []pageCase
	Known           []pageKnown
	Skips           []skipped
	Pages           []pageClauses
	Overview        []pageOverview
	Legend          []Verdict
	Width           int // columns of the matrix
}

type pageColumn struct{ Agent, Version, Lane, Cases string }

type pageCase struct {
	Case
	Anchor, Class string
	Evidence      *pageEvidence
}

// pageClauses are the clauses of one page of the specification.
type pageClauses struct {
	Name, Anchor string
	Rows         []pageRow
}

type pageRow struct {
	Clause
	Cells []pageCell
	// Good: no cell needs attention.
	Good bool
}

type pageCell struct {
	Verdict     Verdict
	Class, Link string
	// As is the component that stood for the clause's own.
	As string
}

func (r *Report) page(evidence func(string) (*observe.Observation, error)) page {
	columns := r.columns()
	p := page{
		Report: r, Outcome: r.outcome(), Totals: tally(r.Totals), Took: round(r.Ended.Sub(r.Began)), Width: len(columns) + 2,
	}
	for _, col := range columns {
		p.Columns = append(p.Columns, pageColumn{col.agent, r.version(col.agent), col.lane, tally(r.counts(col))})
	}
	for i, c := range r.Cases {
		if c.bad() {
			p.Cases = append(p.Cases, pageCase{
				Case: c, Anchor: fmt.Sprintf("case-%d", i+1), Class: class(c.Verdict), Evidence: found(c, evidence),
			})
		}
	}
	p.Known, p.Skips, p.Legend = r.known(), r.skips(), r.legend()
	p.clauses(columns)
	p.Overview = p.overview()
	return p
}

// found is the evidence of a case, nil when there is none.
func found(c Case, evidence func(string) (*observe.Observation, error)) *pageEvidence {
	if c.Evidence == "" || evidence == nil {
		return nil
	}
	o, err := evidence(c.Evidence)
	if err != nil {
		return nil // the page says all the rest
	}
	return newEvidence(o)
}

// clauses fills the matrix, page by page. The entries of one clause are together in a report.
func (p *page) clauses(columns []column) {
	for _, c := range p.Report.Clauses {
		at := slices.IndexFunc(p.Pages, func(have pageClauses) bool { return have.Name == c.Source })
		if at < 0 {
			at = len(p.Pages)
			p.Pages = append(p.Pages, pageClauses{Name: c.Source, Anchor: fmt.Sprintf("page-%d", at+1)})
		}
		rows := &p.Pages[at].Rows
		if n := len(*rows); n == 0 || (*rows)[n-1].ID != c.ID {
			*rows = append(*rows, pageRow{Clause: c, Cells: make([]pageCell, len(columns)), Good: true})
		}
		row := &(*rows)[len(*rows)-1]
		i := slices.Index(columns, column{c.Agent, c.Lane})
		if i < 0 {
			continue
		}
		row.Cells[i] = p.cell(c)
		row.Good = row.Good && (c.Verdict == Pass || c.Verdict == Skip)
	}
}

// cell links to the first case that needs attention, if there is one.
func (p *page) cell(c Clause) pageCell {
	cell := pageCell{Verdict: c.Verdict, Class: class(c.Verdict), As: c.As}
	for _, shown := range p.Cases {
		if shown.Agent == c.Agent && shown.Lane == c.Lane && slices.Contains(c.Cases, shown.ID) {
			cell.Link = shown.Anchor
			break
		}
	}
	return cell
}

// class is the style of a verdict.
func class(v Verdict) string {
	first, _, _ := strings.Cut(string(v), " ")
	return first
}
