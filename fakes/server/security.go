package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// security is how connections that are opened now speak TLS. It is never changed, only replaced.
type security struct {
	ca     *certs.CA
	config *tls.Config
}

// secure makes the security that the options ask for. A CA that is not given is kept from the one before, or made.
func (c *core) secure(options TLS, before *security) error {
	ca := options.CA
	if ca == nil && before != nil {
		ca = before.ca
	}
	if ca == nil {
		var err error
		if ca, err = certs.New("fake at " + c.host); err != nil {
			return err
		}
	}
	pair, err := ca.Server(options.Cert, c.certHosts(options.Names)...)
	if err != nil {
		return err
	}
	certificate, err := pair.TLS()
	if err != nil {
		return err
	}
	c.security.Store(&security{ca: ca, config: options.config(certificate)})
	return nil
}

func (c *core) setTLS(options TLS) error {
	before := c.security.Load()
	if before == nil {
		return errors.New("change the TLS of a fake: it was started without TLS")
	}
	return c.secure(options, before)
}

// certHosts are the names that a certificate is for: those that a client may have used to get here.
func (c *core) certHosts(more []string) []string {
	hosts := []string{c.host}
	if host, _, err := net.SplitHostPort(c.addr); err == nil {
		hosts = append(hosts, host)
	}
	return append(append(hosts, "localhost", "127.0.0.1", "::1"), more...)
}

// config is the part of the configuration that is the same for all connections.
func (t TLS) config(certificate tls.Certificate) *tls.Config {
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   t.Min,
		MaxVersion:   t.Max,
		NextProtos:   []string{"h2", "http/1.1"},
	}
	// HTTP/2 forbids TLS below 1.2.
	if t.NoHTTP2 || (t.Max != 0 && t.Max < tls.VersionTLS12) {
		config.NextProtos = []string{"http/1.1"}
	}
	if t.Max != 0 && t.Min == 0 {
		config.MinVersion = min(t.Max, tls.VersionTLS12)
	}
	if t.ClientCA != nil {
		// The chain is verified in handshake, which records whose certificate it was first.
		config.ClientAuth = tls.RequireAnyClientCert
		config.ClientCAs = t.ClientCA.Pool()
	}
	return config
}

// handshake shakes hands on a connection and records how that went.
func (s *security) handshake(ctx context.Context, c *conn, timeout time.Duration) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var seen journal.Handshake
	secured := tls.Server(c, s.watched(&seen))
	err := secured.HandshakeContext(ctx)
	if err != nil {
		seen.Error = err.Error()
	} else {
		state := secured.ConnectionState()
		seen.Version, seen.Protocol = tls.VersionName(state.Version), state.NegotiatedProtocol
	}
	c.life.core.connections.Update(c.seq, func(e *journal.Connection) { e.TLS = &seen })
	return secured, err
}

// watched is the configuration with ears: it fills in what the client says, also when the handshake fails later.
func (s *security) watched(seen *journal.Handshake) *tls.Config {
	config := s.config.Clone()
	config.SessionTicketsDisabled = true // each handshake is a whole one, so that each shows the client's certificate
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		seen.ServerName = hello.ServerName
		for _, v := range hello.SupportedVersions {
			seen.Offered = append(seen.Offered, tls.VersionName(v))
		}
		return nil, nil
	}
	if config.ClientCAs != nil {
		config.VerifyPeerCertificate = func(raw [][]byte, _ [][]*x509.Certificate) error {
			return verifyClient(raw, config.ClientCAs, seen)
		}
	}
	return config
}

func verifyClient(raw [][]byte, roots *x509.CertPool, seen *journal.Handshake) error {
	chain := make([]*x509.Certificate, 0, len(raw))
	for _, der := range raw {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("parse the client's certificate: %w", err)
		}
		chain = append(chain, cert)
	}
	seen.ClientSubject = chain[0].Subject.CommonName
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return fmt.Errorf("verify the client's certificate: %w", err)
	}
	return nil
}
