// Package check judges observations: [Judge] for a whole case, [Holds] for a single expectation that is being waited for.
//
// A check is a pure function of the frozen observation and the expectation. It passes only with a witness: something that
// arrived and bears on it. Without one it is inconclusive, and so is everything else when an assumption of the scenario is
// broken. The package reads no clock, opens nothing and keeps nothing.
package check

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// Verdict is what a check found.
type Verdict string

const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
)

// Finding is the outcome of one check.
type Finding struct {
	// Line and Text are the check as it stands in the file.
	Line int    `json:"line"`
	Text string `json:"text"`
	// Given is an assumption: it proves no clause.
	Given   bool     `json:"given,omitempty"`
	Clauses []string `json:"clauses,omitempty"`
	Verdict Verdict  `json:"verdict"`
	// Detail says what was found instead; empty for a pass.
	Detail string `json:"detail,omitempty"`
}

// Judge judges every check of the case, in the order of the file. A check that would pass although an assumption of the
// scenario is broken is inconclusive; one that fails stays a failure, unless the agent never ran.
func Judge(c scenario.Case, o *observe.Observation) []Finding {
	findings := make([]Finding, len(c.Checks))
	premise := assumptions(c, o)
	for i, chk := range c.Checks {
		r := judge(chk.Expect, o)
		findings[i] = Finding{Line: chk.Place().Line, Text: chk.Text, Given: chk.Given, Clauses: chk.Clauses, Verdict: r.verdict, Detail: r.detail}
		if chk.Given && r.verdict != Pass {
			premise.doubt(fmt.Sprintf("line %d is not given: %s", chk.Place().Line, r.detail))
		}
	}
	for i, chk := range c.Checks {
		premise.apply(chk.Expect, &findings[i])
	}
	return findings
}

// Holds tells whether the expectation is met by what was observed so far, and if not, what there is instead.
func Holds(e scenario.Expect, o *observe.Observation) (bool, string) {
	r := judge(e, o)
	return r.verdict == Pass, r.detail
}

// result is what one subject says.
type result struct {
	verdict Verdict
	detail  string
}

func pass() result { return result{verdict: Pass} }

func fail(format string, args ...any) result {
	return result{verdict: Fail, detail: fmt.Sprintf(format, args...)}
}

func inconclusive(format string, args ...any) result {
	return result{verdict: Inconclusive, detail: fmt.Sprintf(format, args...)}
}

// verdictOf passes when ok, and otherwise fails with what was got and wanted.
func verdictOf(ok bool, got, want any) result {
	if ok {
		return pass()
	}
	return fail("got %v, want %v", got, want)
}

func judge(e scenario.Expect, o *observe.Observation) result {
	v, r := newView(e, o)
	if r.verdict != "" {
		return r
	}
	subject, ok := subjects[e.Subject]
	if !ok {
		return inconclusive("no judgement is known for %q", e.Subject)
	}
	return subject(v)
}

// subjects judges each subject of the language.
var subjects = map[string]func(*view) result{
	"requests":    (*view).count,
	"accepted":    (*view).accepted,
	"statuses":    (*view).statuses,
	"inflight":    (*view).inflight,
	"method":      (*view).method,
	"path":        (*view).path,
	"query":       (*view).query,
	"urls":        (*view).urls,
	"proto":       (*view).proto,
	"header":      (*view).header,
	"credentials": (*view).credentials,
	"token":       (*view).token,
	"intervals":   (*view).intervals,
	"first":       (*view).first,
	"lasts":       (*view).lasts,

	"connections": (*view).connections,
	"handshakes":  (*view).handshakes,
	"tls-version": (*view).tlsVersion,
	"tls-offered": (*view).tlsOffered,
	"server-name": (*view).serverName,
	"client-cert": (*view).clientCert,
	"alpn":        (*view).alpn,

	"attempts": (*view).attempts,
	"gaps":     (*view).gaps,
	"decodes":  (*view).decodes,
	"batch":    (*view).batch,
	"labels":   (*view).labels,
	"samples":  (*view).samples,
	"values":   (*view).sampleValues,
	"sequence": (*view).sequence,
	"age":      (*view).age,
	"metadata": (*view).metadata,
	"help":     (*view).help,
	"unit":     (*view).unit,

	"exemplars":       (*view).exemplars,
	"exemplar-values": (*view).exemplarValues,
	"exemplar-labels": (*view).exemplarLabels,
	"histograms":      (*view).histograms,
	"observations":    (*view).observations,
	"buckets":         (*view).buckets,
	"profiles":        (*view).profiles,
	"raw":             (*view).raw,

	"client":  (*view).client,
	"style":   (*view).style,
	"form":    (*view).form,
	"targets": (*view).targets,

	"ready":         (*view).ready,
	"refused":       (*view).refused,
	"exit":          (*view).exit,
	"alive":         (*view).alive,
	"reload":        (*view).reload,
	"log":           (*view).log,
	"metric":        (*view).metric,
	"metric-type":   (*view).metricType,
	"segments":      (*view).segments,
	"segment-count": (*view).segmentCount,
	"checkpoint":    (*view).checkpoint,
	"stored":        (*view).stored,
	"oldest":        (*view).oldest,
	"folder":        (*view).folder,
	"health":        (*view).health,
	"arguments":     (*view).arguments,
	"exports":       (*view).exports,
	"debug":         (*view).debug,
	"shows":         (*view).shows,

	"target-state":     (*view).targetState,
	"target-url":       (*view).targetURL,
	"target-labels":    (*view).targetLabels,
	"target-error":     (*view).targetError,
	"target-scraped":   (*view).targetScraped,
	"target-succeeded": (*view).targetSucceeded,
}
