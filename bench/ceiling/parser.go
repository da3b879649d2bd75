package ceiling

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/pprof/profile"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"google.golang.org/protobuf/proto"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// parser takes profiles, parses each with the pprof library and forgets it: the least that a hand-made fake does that looks inside.
type parser struct {
	listener net.Listener
	web      *http.Server
	taken    atomic.Int64
}

func openParser() (host.Subject, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &parser{listener: listener}
	p.web = &http.Server{Handler: p}
	go p.web.Serve(listener) // until Close
	return p, nil
}

func (p *parser) URL() string  { return "http://" + p.listener.Addr().String() }
func (p *parser) Taken() int64 { return p.taken.Load() }
func (p *parser) Close()       { p.web.Close() }

func (p *parser) Await(ctx context.Context, n int64) error {
	for p.Taken() < n {
		select {
		case <-time.After(time.Millisecond): // it tells nobody when it is done
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (p *parser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	take := p.ingest
	if r.URL.Path == pyroscope.PushPath {
		take = p.push
	}
	if err := take(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// push reads a call of Connect.
func (p *parser) push(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var request pushv1.PushRequest
	if err := proto.Unmarshal(body, &request); err != nil {
		return err
	}
	for _, series := range request.Series {
		for _, sample := range series.Samples {
			if _, err := profile.ParseData(sample.RawProfile); err != nil {
				return err
			}
			p.taken.Add(1)
		}
	}
	return nil
}

// ingest reads a form as pyroscope-go sends it.
func (p *parser) ingest(r *http.Request) error {
	file, _, err := r.FormFile("profile")
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := profile.Parse(file); err != nil {
		return err
	}
	p.taken.Add(1)
	return nil
}
