package sabotage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"
)

// pushKinds are what a wire edit on pushes can be restricted to, behind an @ in its name. data is samples and profiles.
var pushKinds = []string{"data", "metadata", "any"}

// kindOf tells whether a push is data or nothing but metadata. A body that does not decode is data.
func kindOf(r *http.Request) string {
	if !metrics(r) || shapeOf(r) == second {
		return "data"
	}
	msg, err := s2.Decode(nil, peek(r))
	if err != nil {
		return "data"
	}
	var series, entries bool
	fields(msg, func(num protowire.Number, _, _ []byte) []byte {
		series = series || num == first.series
		entries = entries || num == fieldEntries
		return nil
	})
	if entries && !series {
		return "metadata"
	}
	return "data"
}

// only restricts an edit to requests of one kind. The others pass it by.
func only(kind string, edit wireEdit) wireEdit {
	if kind == "any" {
		return edit
	}
	return func(a *Act, next http.Handler) http.Handler {
		edited := edit(a, next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if kindOf(r) == kind {
				edited.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// splitKind cuts the kind off the name of a sabotage, as in never-retries@metadata.
func splitKind(text string) (name, kind string, err error) {
	name, kind, has := strings.Cut(text, "@")
	if has && !slices.Contains(pushKinds, kind) {
		err = fmt.Errorf("sabotage %q: %q is none of %s", name, kind, strings.Join(pushKinds, ", "))
	}
	return name, kind, err
}

// Name is the name of the sabotage that text asks for, without kind and argument.
func Name(text string) string {
	if i := strings.IndexAny(text, "@:"); i >= 0 {
		return text[:i]
	}
	return text
}
