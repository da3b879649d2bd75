package server_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

func TestTLSWithAndWithoutHTTP2(t *testing.T) {
	for _, no := range []bool{false, true} {
		both(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: &server.TLS{NoHTTP2: no}})
			status, text, err := post(w.client(t, s), s.URL(), "hello")
			if err != nil || status != 200 || text != "hello" {
				t.Fatalf("got %d %q %v", status, text, err)
			}
			proto, alpn := "HTTP/2.0", "h2"
			if no {
				proto, alpn = "HTTP/1.1", "http/1.1"
			}
			if e := s.Exchanges()[0]; e.Proto != proto {
				t.Errorf("came by %s, want %s", e.Proto, proto)
			}
			if h := s.Connections()[0].TLS; h == nil || h.Version != "TLS 1.3" || h.Protocol != alpn || !slices.Contains(h.Offered, "TLS 1.2") {
				t.Errorf("the handshake is %+v", h)
			}
		})
	}
}

func TestEachBadCertificateIsRefused(t *testing.T) {
	for _, kind := range certs.Kinds()[1:] {
		if kind == certs.WeakKey { // Go's client takes it
			continue
		}
		both(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: &server.TLS{Cert: kind}})
			if _, _, err := post(w.client(t, s), s.URL(), "x"); err == nil {
				t.Errorf("a client accepted a certificate that is %s", kind)
			}
			h := waitHandshake(t, s, 1)
			if h.Error == "" || h.Version != "" {
				t.Errorf("%s: the handshake is %+v", kind, h)
			}
			if err := s.SetTLS(server.TLS{}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := post(w.client(t, s), s.URL(), "x"); err != nil {
				t.Errorf("the good certificate that came after %s: %v", kind, err)
			}
		})
	}
}

// waitHandshake waits for the handshake of the n-th connection.
func waitHandshake(t *testing.T, s *server.Server, n int) *journal.Handshake {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var h *journal.Handshake
	err := s.WaitConnections(ctx, func(all []journal.Connection) bool {
		if len(all) < n {
			return false
		}
		h = all[n-1].TLS
		return h != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestVersionsThatDoNotMeet(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{TLS: &server.TLS{Max: tls.VersionTLS11}})
		c := w.client(t, s)
		c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.CA().Pool(), MinVersion: tls.VersionTLS12, ServerName: "localhost"}
		if _, _, err := post(c, s.URL(), "x"); err == nil {
			t.Error("TLS 1.2 met TLS 1.1")
		}
		h := waitHandshake(t, s, 1)
		if h.Error == "" || h.ServerName != "localhost" || slices.Contains(h.Offered, "TLS 1.1") || !slices.Contains(h.Offered, "TLS 1.3") {
			t.Errorf("the handshake is %+v", h)
		}
		if status, _, err := post(w.client(t, s), s.URL(), "x"); err != nil || status != 200 {
			t.Errorf("TLS 1.1 with TLS 1.1: %d %v", status, err)
		}
		if h := waitHandshake(t, s, 2); h.Version != "TLS 1.1" {
			t.Errorf("the handshake is %+v", h)
		}
	})
}

func TestClientCertificate(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ours, theirs := newCA(t), newCA(t)
		s := w.start(t, server.Options{TLS: &server.TLS{ClientCA: ours}})
		for n, row := range []struct {
			ca      *certs.CA
			subject string
			good    bool
		}{{ours, "agent", true}, {theirs, "stranger", false}, {nil, "", false}} {
			c := w.client(t, s)
			config := c.Transport.(*http.Transport).TLSClientConfig
			if row.ca != nil {
				cert := clientCert(t, row.ca, row.subject)
				config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
			}
			status, _, err := post(c, s.URL(), "x")
			if (err == nil && status == 200) != row.good {
				t.Errorf("%q: got %d %v", row.subject, status, err)
			}
			h := waitHandshake(t, s, n+1)
			if h.ClientSubject != row.subject || (h.Error == "") != row.good {
				t.Errorf("%q: the handshake is %+v", row.subject, h)
			}
		}
	})
}

func newCA(t *testing.T) *certs.CA {
	t.Helper()
	ca, err := certs.New("test")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func clientCert(t *testing.T, ca *certs.CA, name string) tls.Certificate {
	t.Helper()
	pair, err := ca.Client(name)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestHandshakeThatNeverComes(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{TLS: &server.TLS{}, HeadTimeout: 20 * time.Millisecond})
		conn, err := w.dial(t.Context(), "tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
		if h := waitHandshake(t, s, 1); h.Error == "" {
			t.Errorf("the handshake is %+v", h)
		}
	})
}
