package mimir_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestVirtualTime runs the fake in memory: an hour of waiting takes no time, and waiting for what never comes ends at the deadline.
func TestVirtualTime(t *testing.T) {
	message := marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(1000, 1, "up")}})
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string][]byte{"snappy": snappy.Encode(nil, message), "zstd": encoder.EncodeAll(message, nil)}
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		m, err := mimir.Start(mimir.Options{Options: server.Options{Listen: network.Listen, Addr: "mimir.test:80"}})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		m.Replies().Then(reply.OK().Delay(time.Hour))
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		began := time.Now()
		go func() {
			for encoding, body := range bodies {
				request, _ := http.NewRequest(http.MethodPost, m.PushURL(), bytes.NewReader(body))
				request.Header.Set("Content-Encoding", encoding)
				if response, err := transport.RoundTrip(request); err == nil {
					response.Body.Close()
				}
			}
		}()
		if err := m.WaitFor(t.Context(), mimir.Samples("up", 2)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("took %s, want an hour", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		if err := m.WaitFor(ctx, mimir.Samples("up", 3)); err == nil || time.Since(began) != 25*time.Hour {
			t.Errorf("error is %v after %s", err, time.Since(began))
		}
	})
}
