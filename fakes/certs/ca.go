// Package certs makes throw-away certificates, good ones and every kind of bad one: start with [New], [CA.Server] and [CA.Client].
// Everything is made when asked for, by the clock of the caller, so it works in virtual time. It does not serve TLS.
package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// lifetime is long, because hours of virtual time cost nothing; leeway allows for clocks that are behind.
const (
	lifetime = 10 * 365 * 24 * time.Hour
	leeway   = time.Hour
)

// CA is a certificate authority that exists as long as the object. It is safe for use by several goroutines at once.
type CA struct {
	cert *x509.Certificate
	der  []byte
	key  *ecdsa.PrivateKey
}

// New makes an authority with this common name.
func New(name string) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of CA %q: %w", name, err)
	}
	template, err := newTemplate(name)
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of CA %q: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read back the certificate of CA %q: %w", name, err)
	}
	return &CA{cert: cert, der: der, key: key}, nil
}

// PEM is the authority's certificate.
func (c *CA) PEM() []byte { return encode("CERTIFICATE", c.der) }

// Certificate is the authority's certificate, parsed.
func (c *CA) Certificate() *x509.Certificate { return c.cert }

// Pool trusts this authority only.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.cert)
	return pool
}

// issue signs a template for a new key pair and returns the pair.
func (c *CA) issue(template *x509.Certificate, key crypto.Signer) (Pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, c.cert, key.Public(), c.key)
	if err != nil {
		return Pair{}, fmt.Errorf("sign the certificate of %q: %w", template.Subject.CommonName, err)
	}
	return newPair(der, key)
}

func newTemplate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"throw-away test certificate"}},
		NotBefore:    now.Add(-leeway),
		NotAfter:     now.Add(lifetime),
	}, nil
}

func addHosts(template *x509.Certificate, hosts []string) {
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Pair is a certificate with its private key, both as PEM.
type Pair struct {
	CertPEM []byte
	KeyPEM  []byte
}

func newPair(der []byte, key crypto.Signer) (Pair, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encode a private key: %w", err)
	}
	return Pair{CertPEM: encode("CERTIFICATE", der), KeyPEM: encode("PRIVATE KEY", keyDER)}, nil
}

// TLS is the pair as crypto/tls takes it.
func (p Pair) TLS() (tls.Certificate, error) {
	cert, err := tls.X509KeyPair(p.CertPEM, p.KeyPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read a certificate pair: %w", err)
	}
	return cert, nil
}

// Format hides the key, whatever the verb.
func (p Pair) Format(f fmt.State, _ rune) {
	// A failed write is seen by whoever formats.
	_, _ = fmt.Fprintf(f, "certificate of %d bytes with its key", len(p.CertPEM))
}
