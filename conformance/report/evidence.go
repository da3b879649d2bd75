package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// What a page shows of the evidence of one case.
const (
	mostRequests = 200
	mostLog      = 64 << 10
)

// pageEvidence is what was seen in a case, worded.
type pageEvidence struct {
	Requests []pageRequest
	Left     int // rows that are not shown
	Runs     []pageRun
}

// pageRequest is one row of the timeline: a request, or a TLS handshake that failed before there could be one.
type pageRequest struct {
	Fake, Request, Answer, Content string
	// Detail is what lies behind the row; empty when that is all.
	Detail string

	at time.Duration // since the agent was started
}

// At is when the request arrived.
func (r pageRequest) At() time.Duration { return r.at.Round(time.Millisecond) }

// pageRun is one start of the agent.
type pageRun struct {
	// What is the agent or a control.
	What                string
	Line                int
	Ending, Config, Log string
}

// newEvidence words an observation: the requests of all fakes in order of arrival, with the handshakes that failed among them, then
// the starts of the agent.
func newEvidence(o *observe.Observation) *pageEvidence {
	began := o.Began
	if started, ok := o.MarkAt("started"); ok {
		began = started
	}
	e := &pageEvidence{}
	for _, fake := range o.Fakes {
		for _, r := range fake.Requests {
			e.Requests = append(e.Requests, newRequest(fake.Name, &r, began))
		}
		for _, c := range fake.Connections {
			if c.TLS != nil && c.TLS.Error != "" {
				e.Requests = append(e.Requests, pageRequest{
					at: c.Opened.Sub(began), Fake: fake.Name, Request: "TLS handshake", Answer: "failed", Content: c.TLS.Error,
				})
			}
		}
	}
	slices.SortStableFunc(e.Requests, func(a, b pageRequest) int { return cmp.Compare(a.at, b.at) })
	if len(e.Requests) > mostRequests {
		e.Left, e.Requests = len(e.Requests)-mostRequests, e.Requests[:mostRequests]
	}
	e.run("control", o.Controls)
	e.run("agent", o.Runs)
	return e
}

func (e *pageEvidence) run(what string, runs []observe.Run) {
	for _, run := range runs {
		log := run.Log[max(0, len(run.Log)-mostLog):]
		e.Runs = append(e.Runs, pageRun{What: what, Line: run.Line, Ending: ending(run), Config: run.Config, Log: log})
	}
}

func newRequest(fake string, r *observe.Request, began time.Time) pageRequest {
	target := r.Path
	if r.Query != "" {
		target += "?" + r.Query
	}
	answer := r.Outcome
	switch r.Outcome {
	case "":
		answer = "open"
	case "replied":
		answer = fmt.Sprint(r.Status)
	}
	if !r.Replied.IsZero() {
		answer += " after " + round(r.Replied.Sub(r.Arrived)).String()
	}
	return pageRequest{
		at: r.Arrived.Sub(began), Fake: fake, Request: r.Method + " " + target, Answer: answer, Content: content(r), Detail: detail(r),
	}
}

// content words what a request carried.
func content(r *observe.Request) string {
	var parts []string
	say := func(n int, what, example string) {
		if n > 0 {
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s %s", n, what, example)))
		}
	}
	samples, example := 0, ""
	for _, s := range r.Series {
		samples += len(s.Samples)
		if example == "" && len(s.Samples) > 0 {
			example = fmt.Sprintf("such as %s = %s", s.Labels, s.Samples[0].V)
		}
	}
	say(samples, "samples", example)
	say(len(r.Metadata), "entries of metadata", "")
	if len(r.Profiles) > 0 {
		say(len(r.Profiles), "profiles", "such as "+r.Profiles[0].Labels.String())
	}
	say(len(r.Served), "bytes served", "")
	if r.DecodeError != "" {
		parts = append(parts, "cannot be decoded: "+r.DecodeError)
	}
	if len(parts) == 0 && r.BodySize > 0 {
		say(int(r.BodySize), "bytes", "")
	}
	return strings.Join(parts, ", ")
}

// ending words how a run of the agent ended.
func ending(run observe.Run) string {
	switch {
	case run.Exited.IsZero():
		return "it ran to the end"
	case run.Signal != "":
		return "ended by the signal " + run.Signal
	case run.Ready.IsZero():
		return fmt.Sprintf("exited with status %d and was never ready", run.Code)
	}
	return fmt.Sprintf("exited with status %d", run.Code)
}
