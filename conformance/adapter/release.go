package adapter

import "fmt"

// release is the number of a version, as far as it matters here.
type release struct{ major, minor int }

// parseRelease reads the beginning of a version like 2.42.0; what is no version counts as 0.0.
func parseRelease(text string) release {
	var r release
	_, _ = fmt.Sscanf(text, "%d.%d", &r.major, &r.minor)
	return r
}

func (r release) atLeast(other release) bool {
	return r.major > other.major || r.major == other.major && r.minor >= other.minor
}
