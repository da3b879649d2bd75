package observe

import (
	"encoding/json"
	"fmt"
	"io"
)

// Encode writes the observation as one JSON document.
func Encode(w io.Writer, o *Observation) error {
	if err := json.NewEncoder(w).Encode(o); err != nil {
		return fmt.Errorf("encode observation of %q: %w", o.Case, err)
	}
	return nil
}

// Decode reads what Encode wrote. Unknown fields are refused: such a document is from another version.
func Decode(r io.Reader) (*Observation, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var o Observation
	if err := dec.Decode(&o); err != nil {
		return nil, fmt.Errorf("decode observation: %w", err)
	}
	return &o, nil
}
