package pyroscope_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1/pushv1connect"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestVirtualTime runs the fake in memory: a delay of an hour takes no time.
func TestVirtualTime(t *testing.T) {
	raw := pprof(t, 1)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		p, err := pyroscope.Start(pyroscope.Options{Options: server.Options{Listen: network.Listen, Addr: "pyroscope.test:80"}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		p.Replies().Then(reply.OK().Delay(time.Hour))
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		began := time.Now()
		pushed := make(chan error, 1)
		go func() {
			_, err := pushv1connect.NewPusherServiceClient(&http.Client{Transport: transport}, p.URL()).Push(t.Context(), request(raw))
			pushed <- err
		}()
		if err := p.WaitFor(t.Context(), pyroscope.Profiles("process_cpu", 2)); err != nil {
			t.Fatal(err)
		}
		if err := <-pushed; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("took %s, want an hour", took)
		}
		if found, err := p.Accepted().Profiles("{}"); err != nil || len(found) != 2 || found[0].Parsed == nil {
			t.Errorf("found %v, %v", found, err)
		}
	})
}
