package result

import (
	"fmt"
	"io"
	"strings"
)

// WriteBenchstat prints every run in the form of `go test -bench`, for benchstat: -col /side compares the two sides.
func WriteBenchstat(w io.Writer, r Report) error {
	var b strings.Builder
	for _, run := range r.Runs {
		fmt.Fprintf(&b, "BenchmarkShards/row=%s/side=%s 1 %.0f samples/s %.3f cpu-ns/sample %.3f receiver-cpu-ns/sample %.2f wire-B/sample %.0f peak-B\n",
			run.Row, run.Side, run.rate(), 1000*run.cpu(), 1000*run.receiverCPU(), run.wire(), run.rss())
	}
	_, err := io.WriteString(w, b.String())
	return err
}
