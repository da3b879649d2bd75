package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// material is an authority, a certificate or a key: a text in the configuration or a file.
type material struct {
	name string // the argument that was given
	text []byte
	file string
}

// newMaterial returns the one that is given; given is false when neither is.
func newMaterial(what, text, file string) (m material, given bool) {
	if file != "" {
		return material{name: what + "_file", file: file}, true
	}
	return material{name: what + "_pem", text: []byte(text)}, text != ""
}

// shown is the argument as an error names it.
func (m material) shown() string {
	if m.file == "" {
		return m.name
	}
	return fmt.Sprintf("%s %q", m.name, m.file)
}

// read returns the text.
func (m material) read() ([]byte, error) {
	if m.file == "" {
		return m.text, nil
	}
	text, err := os.ReadFile(m.file)
	if err != nil {
		return nil, river.Fieldf(m.name, "%s cannot be read: %w: give the path of a PEM file that the agent may read", m.name, err)
	}
	return text, nil
}

// check refuses authorities, certificates and keys that cannot be read or used as they are now. The library would refuse them
// too, but not say which argument is at fault. Errors are *river.FieldError.
func (t *TLS) check() error {
	if t == nil {
		return nil
	}
	if ca, given := newMaterial("ca", t.CAPEM, t.CAFile); given {
		if err := ca.checkAuthorities(); err != nil {
			return err
		}
	}
	cert, given := newMaterial("cert", t.CertPEM, t.CertFile)
	if !given {
		return nil
	}
	key, _ := newMaterial("key", string(t.KeyPEM), t.KeyFile)
	return checkCertificate(cert, key)
}

func (m material) checkAuthorities() error {
	text, err := m.read()
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return river.Fieldf(m.name, "%s holds no certificate of an authority: give one or more in PEM form", m.shown())
	}
	return nil
}

// checkCertificate blames the certificate if that cannot be parsed by itself, and else the key.
func checkCertificate(cert, key material) error {
	certText, err := cert.read()
	if err != nil {
		return err
	}
	keyText, err := key.read()
	if err != nil {
		return err
	}
	if err := parseCertificate(certText); err != nil {
		return river.Fieldf(cert.name, "%s holds no certificate: %w", cert.shown(), err)
	}
	if _, err := tls.X509KeyPair(certText, keyText); err != nil {
		return river.Fieldf(key.name, "%s holds no key for %s: %w", key.shown(), cert.shown(), err)
	}
	return nil
}

// parseCertificate reads the first certificate of a text, which is the one that belongs to the key.
func parseCertificate(text []byte) error {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			_, err := x509.ParseCertificate(block.Bytes)
			return err
		}
	}
	return errors.New("give one in PEM form")
}
