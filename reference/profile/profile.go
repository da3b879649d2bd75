// Package profile holds what flows from profile scrapers to profile writers: [Profile] and the [Receiver] that takes it.
//
// It neither fetches, parses nor sends anything.
package profile

import "context"

// Names of labels with a meaning of their own.
const (
	// NameLabel carries the type of a profile, for example "memory".
	NameLabel = "__name__"
	// DeltaLabel tells whether the backend has to compute differences itself.
	DeltaLabel = "__delta__"
)

// Label is one name and value that describes where a profile comes from.
type Label struct {
	Name, Value string
}

// Profile is one profile on its way to a backend.
type Profile struct {
	// Labels describe the source. Names are unique; the order does not matter. Read-only once handed over.
	Labels []Label
	// Raw is the profile in pprof format, gzipped or not, exactly as it was fetched. Read-only once handed over.
	Raw []byte
	// ID is handed on to the backend as it is. Empty means none.
	ID string
}

// Receiver takes profiles. It is what a write component exports and what a scrape component is given in forward_to.
type Receiver interface {
	// Append delivers one profile and returns when every destination has taken it or given it up. An error means that at
	// least one destination did not get it. A done ctx ends waiting and retrying. Safe for concurrent use.
	Append(ctx context.Context, p Profile) error
}
