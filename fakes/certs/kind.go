package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"time"
)

// Kind is how good a server certificate is. The zero value is a good one.
type Kind string

// The kinds. A client that checks certificates must refuse all but Good; see each for what stops it. WeakKey is refused by OpenSSL at the security
// level that Debian and others set, and by what is built on it; Go's own client takes any RSA key from 1024 bits.
const (
	Good        Kind = ""
	Expired     Kind = "expired"      // ended an hour ago
	NotYet      Kind = "not-yet"      // begins in ten years
	WrongName   Kind = "wrong-name"   // for a host that is not this one
	WrongIssuer Kind = "wrong-issuer" // signed by an authority with the same name and another key
	SelfSigned  Kind = "self-signed"  // signed by itself
	WrongUsage  Kind = "wrong-usage"  // for clients, not servers
	Weak        Kind = "weak"         // a signature by SHA-1
	WeakKey     Kind = "weak-key"     // an RSA key of 1024 bits
)

// Kinds are all kinds, Good first.
func Kinds() []Kind {
	return []Kind{Good, Expired, NotYet, WrongName, WrongIssuer, SelfSigned, WrongUsage, Weak, WeakKey}
}

// ParseKind reads the name of a kind; "" and "good" are Good.
func ParseKind(s string) (Kind, error) {
	if s == "good" {
		return Good, nil
	}
	for _, k := range Kinds() {
		if string(k) == s {
			return k, nil
		}
	}
	return Good, fmt.Errorf("parse a kind of certificate: unknown kind %q (known: good, %s)", s, kindNames())
}

// Server makes a server certificate of this kind for these hosts, names or IP addresses.
func (c *CA) Server(kind Kind, hosts ...string) (Pair, error) {
	name := "server"
	if len(hosts) > 0 {
		name = hosts[0]
	}
	template, err := newTemplate(name)
	if err != nil {
		return Pair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	addHosts(template, hosts)
	return c.serverOf(kind, template)
}

func (c *CA) serverOf(kind Kind, template *x509.Certificate) (Pair, error) {
	key, err := kind.key()
	if err != nil {
		return Pair{}, fmt.Errorf("make a server key: %w", err)
	}
	switch kind {
	case Good, WeakKey:
	case Expired:
		template.NotBefore, template.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour)
	case NotYet:
		template.NotBefore, template.NotAfter = time.Now().Add(lifetime), time.Now().Add(lifetime+48*time.Hour)
	case WrongName:
		template.DNSNames, template.IPAddresses = []string{"wrong-name.invalid"}, nil
	case WrongUsage:
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case WrongIssuer:
		return c.byImpostor(template, key)
	case SelfSigned:
		return selfSigned(template, key)
	case Weak:
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
	default:
		return Pair{}, fmt.Errorf("make a server certificate: unknown kind %q (known: good, %s)", kind, kindNames())
	}
	return c.issue(template, key)
}

// key is a new private key, as good as the kind.
func (k Kind) key() (crypto.Signer, error) {
	if k == WeakKey {
		return rsa.GenerateKey(rand.Reader, 1024)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// byImpostor signs by another authority of the same name, so that only the signature tells them apart.
func (c *CA) byImpostor(template *x509.Certificate, key crypto.Signer) (Pair, error) {
	impostor, err := New(c.cert.Subject.CommonName)
	if err != nil {
		return Pair{}, err
	}
	return impostor.issue(template, key)
}

func selfSigned(template *x509.Certificate, key crypto.Signer) (Pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Pair{}, fmt.Errorf("make a self-signed certificate: %w", err)
	}
	return newPair(der, key)
}

func kindNames() string {
	var names []string
	for _, k := range Kinds()[1:] {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
