package scenario

import (
	"errors"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// script joins the words of a reply script and refuses one that package reply does not understand. after is the word before it.
func script(after token, words []token) (string, *Error) {
	text := joined(words)
	if text == "" {
		return "", errorf(after.pos, "reply: want a script behind %q, like 503*3 200", after.text)
	}
	_, err := reply.Parse(text)
	if err == nil {
		return text, nil
	}
	var p *reply.ParseError
	if !errors.As(err, &p) {
		return "", errorf(words[0].pos, "reply: %v", err)
	}
	return "", errorf(placeIn(words, p.Column-1), "reply %q: %s", p.Word, p.Reason)
}

// placeIn is the place of the byte at offset in the joined words.
func placeIn(words []token, offset int) Pos {
	for _, w := range words {
		if offset <= len(w.raw) {
			w.pos.Column += offset
			return w.pos
		}
		offset -= len(w.raw) + 1
	}
	return words[0].pos
}
