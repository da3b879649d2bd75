package check

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// bodies groups the requests by what they carry, in order of first arrival.
func (v *view) bodies() [][]*observe.Request {
	var groups [][]*observe.Request
	index := map[body]int{}
	for _, r := range v.requests {
		b := bodyOf(r)
		i, known := index[b]
		if !known {
			i = len(groups)
			index[b] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// mayRetry tells whether the answer to a request leaves the body undelivered without being final: nothing came, or a status by which
// a server says that it may be tried again.
func mayRetry(r *observe.Request) bool {
	return r.Status == 0 || r.Status >= 500 || r.Status == 429 || r.Status == 408 ||
		r.Outcome != "" && r.Outcome != "replied"
}

func (v *view) attempts() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	if v.Op == "same-body" {
		return v.sameBody()
	}
	want, err := scenario.ParseNumber(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	judged := 0
	for _, tries := range v.bodies() {
		if v.beingTried(tries) {
			continue
		}
		judged++
		if !compare(v.Op, len(tries), want) {
			return fail("the body of request %d was tried %d times, want %s", tries[0].Seq, len(tries), v.wanted())
		}
	}
	if judged == 0 {
		return inconclusive("every body at %s was still being tried at the end", v.Target)
	}
	return pass()
}

// beingTried tells whether the agent may have been about to try a body again when the run ended: its last answer was not final and no
// other body came to the fake after it.
func (v *view) beingTried(tries []*observe.Request) bool {
	last := tries[len(tries)-1]
	if last.Replied.IsZero() {
		return true
	}
	if !mayRetry(last) {
		return false
	}
	return !slices.ContainsFunc(v.fake.Requests, func(r observe.Request) bool {
		return r.Arrived.After(last.Replied) && r.Kind == last.Kind && r.DecodeError == "" && bodyOf(&r) != bodyOf(last)
	})
}

// sameBody judges whether what was not accepted came again, byte for byte.
func (v *view) sameBody() result {
	witness := false
	for i, r := range v.requests {
		if !mayRetry(r) {
			continue
		}
		again := slices.ContainsFunc(v.requests[i+1:], func(next *observe.Request) bool { return bodyOf(next) == bodyOf(r) })
		other := slices.ContainsFunc(v.requests[i+1:], func(next *observe.Request) bool { return bodyOf(next) != bodyOf(r) })
		switch {
		case again:
			witness = true
		case other:
			return fail("request %d at %s was answered %s and never came again with the same body, although others did", r.Seq, v.when(r.Arrived), statusOf(r))
		}
	}
	if !witness {
		return inconclusive("nothing at %s had to be tried again", v.Target)
	}
	return pass()
}
