// Package fakes_test checks what all six fakes have in common: the same verbs, that they leave nothing behind, and that nobody can make
// them panic or grow without bound.
package fakes_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// fake is what all fakes can do, whatever they are.
type fake interface {
	URL() string
	Addr() string
	CA() *certs.CA
	ClientTLS() *tls.Config
	Replies() *reply.Script
	Exchanges() []journal.Exchange
	Connections() []journal.Connection
	ExchangeJournal() *journal.Journal[journal.Exchange]
	ConnectionJournal() *journal.Journal[journal.Connection]
	Wait(ctx context.Context, done func([]journal.Exchange) bool) error
	WaitConnections(ctx context.Context, done func([]journal.Connection) bool) error
	SetAuth(server.Auth)
	SetTLS(server.TLS) error
	Forget()
	Down()
	Up() error
	Restart() error
	Close()
}

// six is how to start each fake.
var six = map[string]func(server.Options) (fake, error){
	"mimir":      func(o server.Options) (fake, error) { return started(mimir.Start(mimir.Options{Options: o})) },
	"pyroscope":  func(o server.Options) (fake, error) { return started(pyroscope.Start(pyroscope.Options{Options: o})) },
	"pprof":      func(o server.Options) (fake, error) { return started(pprof.Start(pprof.Options{Options: o})) },
	"exposition": func(o server.Options) (fake, error) { return started(exposition.Start(exposition.Options{Options: o})) },
	"oauth2":     func(o server.Options) (fake, error) { return started(oauth2.Start(oauth2.Options{Options: o})) },
	"proxy":      func(o server.Options) (fake, error) { return started(proxy.Start(proxy.Options{Options: o})) },
}

func started[F fake](f F, err error) (fake, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// eachFake runs a test with each of the six on a free port, or as the options say.
func eachFake(t *testing.T, o server.Options, test func(t *testing.T, f fake)) {
	for name, start := range six {
		t.Run(name, func(t *testing.T) {
			f, err := start(o)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			test(t, f)
		})
	}
}

// tell sends bytes as they are, and returns what comes back before the connection ends.
func tell(t *testing.T, addr string, bytes string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, bytes) // it may have heard enough before the end
	got, err := io.ReadAll(conn)       // a reset is an end too
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%.80q: the connection is still open, after %.80q", bytes, got)
	}
	return string(got)
}

// answersStill checks that a fake serves a newcomer: any status will do. A machine that is busy may be slower than the short times that tests give
// to clients, so the newcomer tries a few times.
func answersStill(t *testing.T, f fake) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: f.ClientTLS()}
	defer transport.CloseIdleConnections()
	var err error
	for range 20 {
		var resp *http.Response
		if resp, err = (&http.Client{Transport: transport}).Get(f.URL() + "/ready"); err == nil {
			resp.Body.Close()
			return
		}
	}
	t.Errorf("it does not answer any more: %v", err)
}
