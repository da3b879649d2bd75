package mimir_test

import (
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// TestNewcomer is what somebody writes who has never seen this package: start, point the program there, wait.
func TestNewcomer(t *testing.T) {
	m := mimir.StartT(t)
	go send(m.PushURL())
	m.WaitFor(t.Context(), mimir.Samples(`up{job="a"}`, 1))
}
