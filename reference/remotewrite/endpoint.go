package remotewrite

import (
	"context"
	"log/slog"
	"maps"

	"github.com/touchstone-telemetry/touchstone/reference/client"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/river"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// endpoint delivers the log to one destination, with settings that never change: a reload that changes them makes another
// one, which goes on where this one stops.
type endpoint struct {
	names
	settings Endpoint
	external map[string]string
	url      string
	logger   *slog.Logger

	log    *wal.WAL
	source *source
	http   *httpclient.Client
	queue  *queue.Queue
	// end is the newest part at the time this endpoint was put in force. A new destination gets what comes after it.
	end uint64

	// stop and done belong to whoever runs it; stop is nil before.
	stop context.CancelCauseFunc
	done chan struct{}
}

// newEndpoint makes an endpoint that does not run yet. It fails if TLS files cannot be used.
func (c *Component) newEndpoint(n names, settings Endpoint, external map[string]string) (*endpoint, error) {
	e := &endpoint{
		names: n, settings: settings, external: maps.Clone(external), url: httpclient.ShownURL(settings.URL), log: c.log,
		logger: c.opts.Logger.With("endpoint", n.shown),
	}
	e.source = &source{logger: e.logger}
	var err error
	e.http, err = settings.HTTP.Client(httpclient.Options{
		Dial: c.opts.Dial, Getenv: c.opts.Getenv, UserAgent: c.opts.UserAgent,
	})
	if err != nil {
		return nil, err
	}
	post, err := e.newClient(c.opts.UserAgent)
	if err != nil {
		e.http.Close()
		return nil, err
	}
	format := wire.New(external)
	e.queue = queue.New(queue.Options{
		Source:       e.source,
		Encoder:      format,
		Sender:       sender{post},
		Settings:     settings.Queue.settings(),
		Select:       format.Select,
		Floor:        c.log.Floor,
		Offered:      c.receiver.offered,
		Delivered:    e.delivered,
		FlushTimeout: c.opts.ShutdownTimeout,
		Logger:       e.logger,
	})
	return e, nil
}

func (e *endpoint) newClient(userAgent string) (*client.Client, error) {
	return client.New(client.Options{
		URL:     e.settings.URL,
		HTTP:    e.http,
		Timeout: e.settings.RemoteTimeout,
		Protocol: map[string]string{
			"Content-Type":                      wire.ContentType,
			"Content-Encoding":                  wire.ContentEncoding,
			"X-Prometheus-Remote-Write-Version": wire.Version,
		},
		UserAgent:  userAgent,
		Headers:    e.settings.Headers,
		RetryOn429: e.settings.Queue.RetryOnHTTP429,
	})
}

// same tells whether an endpoint with these names and settings would do what this one does.
func (e *endpoint) same(n names, settings Endpoint, external map[string]string) bool {
	return e.names == n && river.Same(e.settings, settings) && maps.Equal(e.external, external)
}

// run delivers what comes after seq until ctx is done.
func (e *endpoint) run(ctx context.Context, seq uint64) {
	defer e.http.Close()
	e.source.reader = e.log.Reader(seq)
	defer e.source.reader.Close()
	if err := e.queue.Run(ctx); err != nil {
		e.logger.Error("delivery ended", "err", err)
	}
}

// delivered stores the position. The time never goes back, also if a part with older samples comes later.
func (e *endpoint) delivered(seq uint64, t int64) {
	_, before, _ := e.log.Delivered(e.position)
	e.log.SetDelivered(e.position, seq, max(t, before))
}

// discard releases an endpoint that never ran.
func (e *endpoint) discard() { e.http.Close() }
