// Command writehandler is Prometheus' own remote-write handler, unmodified, in front of an appender that discards: what the fake Mimir
// is measured beside. It is a program of its own so that nothing else links its modules.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/exp/api/remote"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	"github.com/prometheus/prometheus/storage"
	handler "github.com/prometheus/prometheus/storage/remote"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
)

func main() {
	if err := host.Main(os.Stdin, os.Stdout, open); err != nil {
		fmt.Fprintln(os.Stderr, "writehandler:", err)
		os.Exit(1)
	}
}

// receiver serves the handler and counts the samples and native histograms that get through it.
type receiver struct {
	listener net.Listener
	web      *http.Server
	samples  atomic.Int64
}

func open(host.Task) (host.Subject, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{listener: listener}
	both := remote.MessageTypes{remote.WriteV1MessageType, remote.WriteV2MessageType}
	take := handler.NewWriteHandler(slog.New(slog.DiscardHandler), prometheus.NewRegistry(), discarding{r}, both, false, false, false)
	r.web = &http.Server{Handler: take}
	go r.web.Serve(listener) // until Close
	return r, nil
}

func (r *receiver) URL() string  { return "http://" + r.listener.Addr().String() }
func (r *receiver) Taken() int64 { return r.samples.Load() }
func (r *receiver) Close()       { r.web.Close() }

func (r *receiver) Await(ctx context.Context, n int64) error {
	for r.Taken() < n {
		select {
		case <-time.After(time.Millisecond): // the handler tells nobody when it is done
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// discarding gives out appenders that only count.
type discarding struct{ to *receiver }

func (d discarding) Appender(context.Context) storage.Appender { return &counter{to: d.to} }

// counter counts the samples of one request, native histograms among them.
type counter struct {
	to *receiver
	n  int64
}

func (c *counter) Append(ref storage.SeriesRef, _ labels.Labels, _ int64, _ float64) (storage.SeriesRef, error) {
	c.n++
	return ref, nil
}

func (c *counter) AppendHistogram(ref storage.SeriesRef, _ labels.Labels, _ int64, _ *histogram.Histogram, _ *histogram.FloatHistogram) (storage.SeriesRef, error) {
	c.n++
	return ref, nil
}

func (c *counter) AppendExemplar(ref storage.SeriesRef, _ labels.Labels, _ exemplar.Exemplar) (storage.SeriesRef, error) {
	return ref, nil
}

func (c *counter) UpdateMetadata(ref storage.SeriesRef, _ labels.Labels, _ metadata.Metadata) (storage.SeriesRef, error) {
	return ref, nil
}

func (c *counter) AppendSTZeroSample(ref storage.SeriesRef, _ labels.Labels, _, _ int64) (storage.SeriesRef, error) {
	return ref, nil
}

func (c *counter) AppendHistogramSTZeroSample(ref storage.SeriesRef, _ labels.Labels, _, _ int64, _ *histogram.Histogram, _ *histogram.FloatHistogram) (storage.SeriesRef, error) {
	return ref, nil
}

func (c *counter) SetOptions(*storage.AppendOptions) {}

func (c *counter) Commit() error {
	c.to.samples.Add(c.n)
	return nil
}

func (c *counter) Rollback() error { return nil }
