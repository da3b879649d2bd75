package profilescrape

import (
	"context"
	"errors"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// fanOut gives a profile to all receivers at the same time and waits for them. Nil receivers are skipped. Each gets the
// same slices, which are read-only by contract.
func fanOut(ctx context.Context, receivers []profile.Receiver, p profile.Profile) error {
	errs := make([]error, len(receivers))
	var all sync.WaitGroup
	for i, r := range receivers {
		if r != nil {
			all.Go(func() { errs[i] = r.Append(ctx, p) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}
