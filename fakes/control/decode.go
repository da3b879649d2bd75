package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// decode reads one JSON value strictly; the error says where it went wrong.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badRequest("read the body as JSON: %s", explainJSON(body, d, err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest("read the body as JSON: %s: something comes after the first value", place(body, d.InputOffset()))
	}
	return nil
}

func explainJSON(body []byte, d *json.Decoder, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return "it is empty"
	case errors.As(err, &syntax):
		return place(body, syntax.Offset) + ": " + syntax.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return place(body, int64(len(body))) + ": it ends too early"
	case errors.As(err, &kind):
		return fmt.Sprintf("%s: %s is a %s, want %s", place(body, kind.Offset), kind.Field, kind.Value, kind.Type)
	}
	return place(body, d.InputOffset()) + ": " + strings.TrimPrefix(err.Error(), "json: ")
}

// place is an offset as line and column, both from 1.
func place(body []byte, offset int64) string {
	before := body[:min(max(offset-1, 0), int64(len(body)))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("line %d column %d", line, len(before)-bytes.LastIndexByte(before, '\n'))
}
