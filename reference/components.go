package reference

import (
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/metricscrape"
	"github.com/touchstone-telemetry/touchstone/reference/profilescrape"
	"github.com/touchstone-telemetry/touchstone/reference/profilewrite"
	"github.com/touchstone-telemetry/touchstone/reference/remotewrite"
)

// Components returns the components that a configuration may use.
func Components() []component.Definition {
	return []component.Definition{
		profilescrape.Phlare(),
		profilewrite.Phlare(),
		profilescrape.Pyroscope(),
		profilewrite.Pyroscope(),
		metricscrape.Definition(),
		remotewrite.Definition(),
	}
}
