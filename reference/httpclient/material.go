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

// refuse blames the argument. A text is not shown: somebody may have put a key where a certificate belongs.
func (m material) refuse(format string, args ...any) error {
	return &river.FieldError{Field: m.name, Err: fmt.Errorf(format, args...), Masked: m.file == ""}
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
// too, but not say which argument is at fault. Errors are joined, each a *river.FieldError.
func (t *TLS) check() error {
	if t == nil {
		return nil
	}
	var unusable, unpaired error
	if ca, given := newMaterial("ca", t.CAPEM, t.CAFile); given {
		unusable = ca.checkAuthorities()
	}
	if cert, given := newMaterial("cert", t.CertPEM, t.CertFile); given {
		key, _ := newMaterial("key", string(t.KeyPEM), t.KeyFile)
		unpaired = checkCertificate(cert, key)
	}
	return errors.Join(unusable, unpaired)
}

func (m material) checkAuthorities() error {
	text, err := m.read()
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return m.refuse("%s holds no certificate of an authority: give one or more in PEM form", m.shown())
	}
	return nil
}

// checkCertificate blames the certificate if that cannot be parsed by itself, and else the key.
func checkCertificate(cert, key material) error {
	certText, certErr := cert.read()
	keyText, keyErr := key.read()
	if err := errors.Join(certErr, keyErr); err != nil {
		return err
	}
	if err := parseCertificate(certText); err != nil {
		return cert.refuse("%s holds no certificate: %w", cert.shown(), err)
	}
	if _, err := tls.X509KeyPair(certText, keyText); err != nil {
		return key.refuse("%s holds no key for %s: %w", key.shown(), cert.shown(), err)
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
