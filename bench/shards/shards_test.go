package shards

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/bench/result"
)

func TestOptionsRefused(t *testing.T) {
	for want, o := range map[string]Options{
		"series must be a multiple of 1000, not 10":  {Series: 10},
		"a row needs at least one shard":             {Rows: []result.Row{{Shards: 0, Batch: 1}}},
		"repeat and window must be more than 0, not": {Repeat: -1},
	} {
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := (Options{}).Validate(); err != nil {
		t.Errorf("the zero value is refused: %v", err)
	}
}
