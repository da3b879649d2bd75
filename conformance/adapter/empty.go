package adapter

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// empty is an agent that does nothing of what it should. No positive check may pass with it.
type empty struct {
	name string
	main func(ctx context.Context, w world, config []byte) error
}

// Empties returns the agents that do nothing: ready but idle, never ready, exiting with 0 and with 1, and one that sends
// garbage to every address in its configuration. They run inside this process, on either lane, and claim to be able to do
// everything.
func Empties() []sut.Adapter {
	return []sut.Adapter{
		&empty{"idle", func(ctx context.Context, w world, _ []byte) error { return serveIdle(ctx, w) }},
		&empty{"never-ready", func(ctx context.Context, _ world, _ []byte) error {
			<-ctx.Done()
			return nil
		}},
		&empty{"exits-0", func(context.Context, world, []byte) error { return nil }},
		&empty{"exits-1", func(context.Context, world, []byte) error { return exited(1) }},
		&empty{"garbage", sendGarbage},
	}
}

func (a *empty) Name() string      { return a.name }
func (a *empty) Lanes() []sut.Lane { return []sut.Lane{sut.Virtual, sut.Real} }

func (a *empty) Probe(context.Context) (sut.Info, error) {
	return sut.Info{Name: a.name, Version: "0", Can: sut.Capabilities()}, nil
}

func (a *empty) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	p := newInside(a.name, setup)
	p.configure = func([]byte) error { return nil }
	p.run(func(ctx context.Context, w world) error { return a.main(ctx, w, setup.Config) })
	return p, nil
}

// serveIdle says yes to everything until it is stopped.
func serveIdle(ctx context.Context, w world) error {
	l, err := w.listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(w.output, "{\"http\":%q}\n", l.Addr())
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	<-ctx.Done()
	_ = server.Close()
	<-served
	return nil
}

var anyAddress = regexp.MustCompile(`https?://[^"\s]+`)

// Garbage is sent to each address at once, then after pauses that double from the first to the last of these.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 5 * time.Minute
)

// sendGarbage posts what is no message to everything that looks like an address, as pushes of both kinds.
func sendGarbage(ctx context.Context, w world, config []byte) error {
	idle := make(chan error, 1)
	go func() { idle <- serveIdle(ctx, w) }()
	client := newClient(w.dial)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return <-idle
		}
		for _, url := range anyAddress.FindAllString(string(config), -1) {
			postGarbage(ctx, client, url, "application/x-protobuf")
			postGarbage(ctx, client, url+"/push.v1.PusherService/Push", "application/proto")
		}
		timer.Reset(pause)
	}
}

func postGarbage(ctx context.Context, client *http.Client, url, contentType string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte("\xff\x00garbage")))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	_ = resp.Body.Close()
}
