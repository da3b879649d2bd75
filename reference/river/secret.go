package river

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that never prints itself: not with fmt, not as JSON, not in a log. Convert it with string(s) at the one
// place that needs the text.
type Secret string

// hidden stands in for every secret, empty or not.
const hidden = "(secret)"

// String returns "(secret)".
func (Secret) String() string { return hidden }

// GoString returns "(secret)".
func (Secret) GoString() string { return hidden }

// Format writes "(secret)" for every verb, also for those that do not ask for String.
func (Secret) Format(s fmt.State, _ rune) { io.WriteString(s, hidden) }

// MarshalText returns "(secret)", so that JSON, XML and YAML hide it too.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns "(secret)".
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
