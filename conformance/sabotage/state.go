package sabotage

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// stateEdit changes what an agent tells about its components.
type stateEdit func(a *Act, list []observe.Component) []observe.Component

// tell makes the constructor of an edit of every component. edit tells whether it changed anything.
func tell(edit func(a *Act, c *observe.Component) bool) func(string) (stateEdit, error) {
	return func(string) (stateEdit, error) {
		return func(a *Act, list []observe.Component) []observe.Component {
			list = slices.Clone(list)
			for i := range list {
				if edit(a, &list[i]) {
					a.touch()
				}
			}
			return list
		}, nil
	}
}

// saysHealth makes the constructor of an edit that gives every component the same health.
func saysHealth(health string) func(string) (stateEdit, error) {
	return tell(func(_ *Act, c *observe.Component) bool {
		changed := c.Health != health
		c.Health = health
		return changed
	})
}

// showSecrets shows the configuration as it was written.
func showSecrets(a *Act, c *observe.Component) bool {
	text := a.given.Load()
	if text == nil {
		return false
	}
	c.Arguments += *text
	return true
}

func inventDebug(_ *Act, c *observe.Component) bool {
	c.Debug = `{"invented": true}`
	return true
}

func hideExports(_ *Act, c *observe.Component) bool {
	changed := len(c.Exports) > 0
	c.Exports = nil
	return changed
}
