package check

import (
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// disk returns the only write-ahead log of the snapshot.
func (v *view) disk() (*observe.Log, *observe.Snapshot, result) {
	s, r := v.inside()
	if r.verdict != "" {
		return nil, nil, r
	}
	switch {
	case s.LogsError != "":
		return nil, nil, inconclusive("the write-ahead log could not be read: %s", s.LogsError)
	case len(s.Logs) == 0:
		return nil, nil, inconclusive("there is no write-ahead log")
	case len(s.Logs) > 1:
		return nil, nil, inconclusive("there are %d write-ahead logs", len(s.Logs))
	}
	return &s.Logs[0], s, r
}

func (v *view) segments() result {
	log, _, r := v.disk()
	if r.verdict != "" {
		return r
	}
	var got []string
	for _, n := range log.Segments {
		got = append(got, strconv.Itoa(n))
	}
	return v.list(got)
}

func (v *view) segmentCount() result {
	log, _, r := v.disk()
	if r.verdict != "" {
		return r
	}
	return v.number(len(log.Segments), "segments")
}

func (v *view) checkpoint() result {
	log, _, r := v.disk()
	if r.verdict != "" {
		return r
	}
	switch {
	case v.Op == "absent" && log.Checkpoint != nil:
		return fail("got checkpoint %d, want none", *log.Checkpoint)
	case v.Op == "absent":
		return pass()
	case log.Checkpoint == nil:
		return fail("there is no checkpoint")
	case v.Op == "present":
		return pass()
	}
	return v.number(*log.Checkpoint, "as checkpoint")
}

// kept are the times of the stored samples that the selector matches.
func (v *view) kept(log *observe.Log) []int64 {
	selector := v.selector()
	var times []int64
	for _, s := range log.Samples {
		if selector.Matches(s.Labels) {
			times = append(times, s.Times...)
		}
	}
	return times
}

func (v *view) stored() result {
	log, _, r := v.disk()
	if r.verdict != "" {
		return r
	}
	return v.number(len(v.kept(log)), "samples in the log")
}

// oldest judges the age of the oldest stored sample at the moment of the snapshot.
func (v *view) oldest() result {
	log, s, r := v.disk()
	if r.verdict != "" {
		return r
	}
	times := v.kept(log)
	if len(times) == 0 {
		return inconclusive("no sample that fits is in the log")
	}
	first := times[0]
	for _, t := range times {
		first = min(first, t)
	}
	got := s.At.Sub(time.UnixMilli(first))
	ok, err := v.duration(got)
	if err != nil {
		return inconclusive("%v", err)
	}
	return verdictOf(ok, got, v.wanted())
}

// folder judges where the write-ahead logs lie.
func (v *view) folder() result {
	s, r := v.inside()
	if r.verdict != "" {
		return r
	}
	if len(s.Logs) == 0 {
		return inconclusive("there is no write-ahead log: %s", s.LogsError)
	}
	var got []string
	for _, log := range s.Logs {
		if log.Folder == v.value() || v.Op == "has" && strings.Contains(log.Folder, v.value()) {
			return pass()
		}
		got = append(got, log.Folder)
	}
	return fail("got %s, want %s", shorten(got), v.wanted())
}
