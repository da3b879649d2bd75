package reply

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// faults are the replies that are none.
var faults = []Fault{Reset, Close, Hang, Garbage}

// headWords are spelt out for hints.
var headWords = []string{"ok", "reset", "close", "hang", "garbage", "delay=", "retry-after=", "location=", "type=", "header=", "body=", "message=",
	"cut=", "truncate=", "length=", "endless", "rate=", "chance=", "connect:unavailable"}

// parseHead reads the word that begins a reply, its repeat cut off.
func parseHead(w word, text string) (Reply, error) {
	if code, ok := strings.CutPrefix(text, "connect:"); ok {
		return parseConnect(w, code)
	}
	if text == "ok" {
		return OK(), nil
	}
	if slices.Contains(faults, Fault(text)) {
		return Fail(Fault(text)), nil
	}
	if key, _, ok := strings.Cut(text, "="); ok && replyWords[key] != nil {
		return Reply{}, w.errorf("%s= stands after the reply that carries it", key)
	}
	status, err := parseStatus(w, text)
	return Status(status), err
}

func parseStatus(w word, text string) (int, error) {
	status, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, w.errorf("not a reply: known are a status, ok, reset, close, hang, garbage and connect:CODE%s", nearest(text, headWords))
	case status < 200 || status > 599:
		return 0, w.errorf("a status is a number from 200 to 599")
	}
	return status, nil
}

func parseConnect(w word, text string) (Reply, error) {
	code, statusText, given := strings.Cut(text, "/")
	if _, ok := connectCodes[code]; !ok {
		known := slices.Sorted(maps.Keys(connectCodes))
		return Reply{}, w.errorf("not a code of the Connect protocol: known are %s%s", strings.Join(known, ", "), nearest(code, known))
	}
	if !given {
		return Error(code, "", 0), nil
	}
	status, err := parseStatus(w, statusText)
	return Error(code, "", status), err
}

// replyWords are the words key=value that change a reply.
var replyWords = map[string]func(w word, r *Reply, value string) error{
	"retry-after": func(_ word, r *Reply, v string) error { *r = r.Header("Retry-After", v); return nil },
	"location":    func(_ word, r *Reply, v string) error { *r = r.Header("Location", v); return nil },
	"type":        func(_ word, r *Reply, v string) error { *r = r.Header("Content-Type", v); return nil },
	"header":      parseHeader,
	"body":        func(_ word, r *Reply, v string) error { *r = r.Body(v); return nil },
	"message":     parseMessage,
	"cut":         func(w word, r *Reply, v string) error { return parseSize(w, v, &r.Cut) },
	"truncate":    func(w word, r *Reply, v string) error { return parseSize(w, v, &r.Truncate) },
	"length":      func(w word, r *Reply, v string) error { return parseSize(w, v, &r.Length) },
	"rate":        func(w word, r *Reply, v string) error { return parseRate(w, v, &r.Rate) },
}

// modify changes the reply that stands before the word; false when the word is none of those that do.
func modify(w word, r *Reply) (bool, error) {
	if w.text == "endless" {
		r.Endless = true
		return true, nil
	}
	key, value, ok := strings.Cut(w.text, "=")
	change := replyWords[key]
	if !ok || change == nil {
		return false, nil
	}
	if r.Fault != None {
		return true, w.errorf("%q is no reply, so it carries nothing", string(r.Fault))
	}
	return true, change(w, r, value)
}

func parseHeader(w word, r *Reply, text string) error {
	name, value, ok := strings.Cut(text, ":")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, " \t\r\n") || strings.ContainsAny(value, "\r\n") {
		return w.errorf(`a header is written header="NAME: VALUE"`)
	}
	*r = r.Header(http.CanonicalHeaderKey(name), strings.TrimSpace(value))
	return nil
}

func parseMessage(w word, r *Reply, text string) error {
	if r.Connect == "" {
		return w.errorf("a message belongs to connect:CODE; the body of another reply is body=TEXT")
	}
	r.Message = text
	return nil
}

func parseSize(w word, text string, to **int64) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return w.errorf("%q is not a number of bytes", text)
	}
	*to = &n
	return nil
}

func parseRate(w word, text string, to *int64) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return w.errorf("%q is not a number of bytes a second, from 1", text)
	}
	*to = n
	return nil
}

// parseRange reads a duration, or a range LEAST..MOST; most is 0 for a single one.
func parseRange(w word, text string) (least, most time.Duration, err error) {
	first, last, isRange := strings.Cut(text, "..")
	if least, err = parseDuration(w, first); err == nil && isRange {
		most, err = parseDuration(w, last)
	}
	switch {
	case err != nil:
		err = w.errorf("%q is not a duration such as 500ms, nor a range such as 10ms..2s", text)
	case isRange && most <= least:
		err = w.errorf("%q is no range: the first duration must be the shorter one", text)
	}
	return least, most, err
}

func parseDuration(w word, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, w.errorf("%q is not a duration such as 500ms or 2s", text)
	}
	return d, nil
}
