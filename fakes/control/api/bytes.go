package api

import (
	"encoding/base64"
	"fmt"
)

// Bytes are bytes whose text is base64, in JSON and in configuration files alike.
type Bytes []byte

// MarshalText writes base64.
func (b Bytes) MarshalText() ([]byte, error) { return base64.StdEncoding.AppendEncode(nil, b), nil }

// UnmarshalText reads base64.
func (b *Bytes) UnmarshalText(text []byte) error {
	data, err := base64.StdEncoding.AppendDecode([]byte{}, text)
	if err != nil {
		return fmt.Errorf("read base64: %w", err)
	}
	*b = data
	return nil
}
