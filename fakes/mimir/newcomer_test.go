package mimir_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestNewcomer is what somebody writes who has never seen this package: start, point the program there, wait.
func TestNewcomer(t *testing.T) {
	m := mimir.StartT(t)
	go send(m.PushURL())
	m.WaitFor(t.Context(), mimir.Samples(`up{job="a"}`, 1))
}

// TestBackoffInVirtualTime is the same in a bubble: what is under test waits an hour in all before it is heard, and the test takes a millisecond.
func TestBackoffInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		m := mimir.StartT(t, mimir.Options{Options: server.Options{Listen: network.Listen, Replies: "503*6"}})
		client := &http.Client{Transport: &http.Transport{DialContext: network.Dial}}
		defer client.CloseIdleConnections()
		began := time.Now()
		go func() { // stands for a program that doubles its delay
			for delay := 57 * time.Second; sendBy(client, m.PushURL()) == http.StatusServiceUnavailable; delay *= 2 {
				time.Sleep(delay)
			}
		}()
		m.WaitFor(t.Context(), mimir.Samples(`up{job="a"}`, 1))
		if took := time.Since(began).Round(time.Hour); took != time.Hour {
			t.Errorf("it was heard after %s", took)
		}
	})
}
