package main

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// usagef is a command line that cannot be followed.
func usagef(format string, args ...any) error {
	return &outcome{report.ExitUsage, fmt.Errorf(format, args...)}
}
