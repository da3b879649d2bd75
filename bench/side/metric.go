package side

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Counter adds up all series of one counter. Both sides report their progress with the same metric, read the same way.
func Counter(registry prometheus.Gatherer, name string) (int, error) {
	families, err := registry.Gather()
	if err != nil {
		return 0, fmt.Errorf("gather metrics: %w", err)
	}
	total := 0.0
	for _, family := range families {
		if family.GetName() == name {
			for _, m := range family.Metric {
				total += m.GetCounter().GetValue()
			}
		}
	}
	return int(total), nil
}
