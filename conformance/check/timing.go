package check

import (
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// first judges the time from the beginning of the window to the first arrival.
func (v *view) first() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	if v.since.IsZero() {
		return inconclusive("the window has no beginning")
	}
	got := v.requests[0].Arrived.Sub(v.since)
	ok, err := v.duration(got)
	if err != nil {
		return inconclusive("%v", err)
	}
	return verdictOf(ok, got, v.wanted())
}

// intervals judges the time between successive requests for one URL. On the real lane an interval may also be short by the slack,
// because the request before came late.
func (v *view) intervals() result {
	want, err := scenario.ParseDuration(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	_, slack := v.tolerance()
	before := map[string]time.Time{}
	judged := 0
	for _, r := range v.requests {
		url := r.Path + "?" + r.Query
		last, seen := before[url]
		before[url] = r.Arrived
		if !seen {
			continue
		}
		judged++
		got := r.Arrived.Sub(last)
		short, long := got < want.Low-slack && v.Op != "<=", got > want.High+slack && v.Op != ">="
		if short || long {
			return fail("%s comes %s after the request before, at %s: want %s", r.Path, got, v.when(r.Arrived), v.wanted())
		}
	}
	if judged == 0 {
		return inconclusive("no URL of %s was asked for twice", v.Target)
	}
	return pass()
}

// lasts judges the time from the arrival of each request to its end. What is still open at the end of the play is not judged. On the real
// lane it may also be short by the slack, because a request arrives later than the client began it.
func (v *view) lasts() result {
	want, err := scenario.ParseDuration(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	_, slack := v.tolerance()
	judged := 0
	for _, r := range v.requests {
		if r.Replied.IsZero() {
			continue
		}
		judged++
		got := r.Replied.Sub(r.Arrived)
		short, long := got < want.Low-slack && v.Op != "<=", got > want.High+slack && v.Op != ">="
		if short || long {
			return fail("request %d at %s lasted %s, want %s", r.Seq, v.when(r.Arrived), got, v.wanted())
		}
	}
	if judged == 0 {
		return v.nothing()
	}
	return pass()
}

// gaps judges the time from each answer to the next attempt of the same body.
func (v *view) gaps() result {
	got := v.pauses()
	if len(got) == 0 {
		return inconclusive("nothing was tried twice at %s", v.Target)
	}
	starts := v.Op == "starts" || v.Op == "starts~"
	jitter := v.Op == "~" || v.Op == "starts~"
	if len(got) < len(v.Values) || len(got) > len(v.Values) && !starts {
		return fail("got %d gaps: %s, want %s", len(got), durations(got), v.wanted())
	}
	for i, text := range v.Values {
		want, err := scenario.ParseDuration(text)
		if err != nil {
			return inconclusive("%v", err)
		}
		if !v.due(got[i], want, jitter) {
			return fail("gap %d is %s, want %s; all gaps: %s", i+1, got[i], text, durations(got))
		}
	}
	return pass()
}

// pauses are the times from answer to next attempt, body by body.
func (v *view) pauses() []time.Duration {
	var pauses []time.Duration
	for _, tries := range v.bodies() {
		for i, next := range tries[1:] {
			end := tries[i].Replied
			if end.IsZero() {
				end = tries[i].Arrived
			}
			pauses = append(pauses, next.Arrived.Sub(end))
		}
	}
	return pauses
}

func durations(ds []time.Duration) string {
	var texts []string
	for _, d := range ds {
		texts = append(texts, d.String())
	}
	return shorten(texts)
}

// age judges the time from a sample to its arrival.
func (v *view) age() result {
	got := v.found()
	if len(got) == 0 {
		return v.nothing()
	}
	ages := make([]time.Duration, len(got))
	for i, s := range got {
		ages[i] = s.arrived.Sub(time.UnixMilli(s.T))
	}
	extreme := slices.Max(ages)
	if v.Op == ">=" {
		extreme = slices.Min(ages)
	}
	ok, err := v.duration(extreme)
	if err != nil {
		return inconclusive("%v", err)
	}
	return verdictOf(ok, extreme, v.wanted())
}
