package remotewrite

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/client"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
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
	// describer sends metadata beside the queue.
	describer *describer
	outcomes  component.Outcomes
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
		Dial: c.opts.Dial, Getenv: c.opts.Getenv, UserAgent: c.opts.UserAgent, Direct: true,
	})
	if err != nil {
		return nil, err
	}
	post, err := e.newClient(c.opts.UserAgent)
	if err != nil {
		e.http.Close()
		return nil, err
	}
	encode, err := e.newFormat()
	if err != nil {
		e.http.Close()
		return nil, err
	}
	e.describer = newDescriber(e, post, c.opts.ShutdownTimeout)
	e.queue = queue.New(queue.Options{
		Source:       e.source,
		Again:        e.again,
		Encoder:      encode,
		Sender:       sender{post, &e.outcomes},
		Settings:     settings.Queue.settings(),
		Without:      [column.Kinds]bool{column.Exemplars: !settings.SendExemplars, column.Histograms: !settings.SendNativeHistograms},
		Select:       encode.Select,
		Floor:        e.floor,
		Offered:      c.receiver.offered,
		Delivered:    e.delivered,
		Accepted:     e.accepted(encode),
		FlushTimeout: c.opts.ShutdownTimeout,
		Logger:       e.logger,
	})
	return e, nil
}

// format encodes in one version of the protocol.
type format interface {
	queue.Encoder
	Select(column.Part) column.Part
}

func (e *endpoint) newFormat() (format, error) {
	relabel, err := relabelling(e.settings.WriteRelabel)
	if err != nil {
		return nil, err
	}
	o := wire.Options{External: e.external, Relabel: relabel}
	if !e.second() {
		return wire.New(o), nil
	}
	if e.settings.Metadata.Send {
		o.Metadata = e.log.Metadata
	}
	return wire.New2(o), nil
}

// accepted counts the metadata that travels with the series, where it does.
func (e *endpoint) accepted(f format) func([]column.Part) {
	inline, does := f.(*wire.Format2)
	if !does {
		return nil
	}
	return func(parts []column.Part) { e.describer.sent.Add(uint64(inline.Described(parts))) }
}

// second tells whether the endpoint speaks remote write 2.0.
func (e *endpoint) second() bool { return e.settings.ProtobufMessage == message2 }

// floor is the time in milliseconds before which nothing is sent any more.
func (e *endpoint) floor() int64 {
	floor := e.log.Floor()
	if limit := e.settings.Queue.SampleAgeLimit; limit > 0 {
		floor = max(floor, time.Now().Add(-limit).UnixMilli())
	}
	return floor
}

func (e *endpoint) newClient(userAgent string) (*client.Client, error) {
	contentType, version := wire.ContentType, wire.Version
	if e.second() {
		contentType, version = wire.ContentType2, wire.Version2
	}
	return client.New(client.Options{
		URL:     e.settings.URL,
		HTTP:    e.http,
		Timeout: e.settings.RemoteTimeout,
		Protocol: map[string]string{
			"Content-Type":                      contentType,
			"Content-Encoding":                  wire.ContentEncoding,
			"X-Prometheus-Remote-Write-Version": version,
		},
		UserAgent:  userAgent,
		Headers:    e.settings.Headers,
		RetryOn429: e.settings.Queue.RetryOnHTTP429,
		Confirmed:  e.second(),
	})
}

// same tells whether an endpoint with these names and settings would do what this one does.
func (e *endpoint) same(n names, settings Endpoint, external map[string]string) bool {
	return e.names == n && river.Same(e.settings, settings) && maps.Equal(e.external, external)
}

// run delivers what an endpoint has not had that is as far as begin until ctx is done.
func (e *endpoint) run(ctx context.Context, begin wal.Position) {
	defer e.http.Close()
	e.source.reader, e.source.begin = e.log.Reader(begin.Seq), begin
	defer e.source.Close()
	var describing sync.WaitGroup
	describing.Go(func() { e.describer.run(ctx) })
	if err := e.queue.Run(ctx); err != nil {
		e.logger.Error("delivery ended", "err", err)
	}
	describing.Wait()
}

// again reads the log once more, after seq.
func (e *endpoint) again(seq uint64) queue.Again {
	return &source{reader: e.log.Reader(seq), begin: e.source.begin, logger: e.logger}
}

// delivered stores the position. It never goes back: not before the one where this queue began, nor in time when a part with
// older samples comes later. What the endpoint had beyond that position when it began counts until the queue is as far.
func (e *endpoint) delivered(p queue.Progress) {
	seq, t, _ := e.log.Delivered(e.position)
	at := wal.Position{Seq: max(p.Seq, seq), Time: max(p.T, t)}
	at.Beyond = slices.DeleteFunc(slices.Clone(e.source.begin.Beyond), func(b wal.Beyond) bool { return b.Ahead <= at.Seq })
	for _, b := range p.Beyond {
		at.Beyond = append(at.Beyond, wal.Beyond(b))
	}
	e.log.SetPosition(e.position, at)
}

// discard releases an endpoint that never ran.
func (e *endpoint) discard() { e.http.Close() }
