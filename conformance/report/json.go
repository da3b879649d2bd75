package report

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON schema of the document that WriteJSON writes. The slice is the caller's.
func Schema() []byte { return append([]byte(nil), schema...) }

// WriteJSON writes the report as one indented JSON document.
func WriteJSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// ReadJSON reads what WriteJSON wrote. A document of another format, with unknown fields or without its footer is refused.
func ReadJSON(r io.Reader) (*Report, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var rep Report
	if err := dec.Decode(&rep); err != nil {
		switch {
		case errors.Is(err, io.EOF):
			return nil, errors.New("read report: the file is empty")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errors.New("read report: the file was cut short")
		}
		return nil, fmt.Errorf("read report: %w", err)
	}
	if rep.Format != Format {
		return nil, fmt.Errorf("read report: format %q is not %q", rep.Format, Format)
	}
	if !rep.Footer.Complete || rep.Footer.Cases != len(rep.Cases) {
		return nil, fmt.Errorf("read report: the footer speaks of %d cases, there are %d", rep.Footer.Cases, len(rep.Cases))
	}
	return &rep, nil
}
