package certs_test

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
)

func parse(t *testing.T, certPEM []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(certPEM)
	if block == nil {
		t.Fatalf("no PEM in %q", certPEM)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestOnlyGoodIsGood(t *testing.T) {
	ca, err := certs.New("test")
	if err != nil {
		t.Fatal(err)
	}
	// What stops a client, by the words of crypto/x509.
	reasons := map[certs.Kind]string{
		certs.Expired:     "has expired",
		certs.NotYet:      "is before",
		certs.WrongName:   "not a.test",
		certs.WrongIssuer: "unknown authority",
		certs.SelfSigned:  "unknown authority",
		certs.WrongUsage:  "incompatible key usage",
		certs.Weak:        "insecure algorithm",
		certs.WeakKey:     "", // nothing of crypto/x509
	}
	for _, kind := range certs.Kinds() {
		pair, err := ca.Server(kind, "a.test", "127.0.0.1")
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		_, err = parse(t, pair.CertPEM).Verify(x509.VerifyOptions{Roots: ca.Pool(), DNSName: "a.test"})
		want, known := reasons[kind]
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || !known && kind != certs.Good {
			t.Errorf("%q: got %v, want ...%s...", kind, err, want)
		}
		if _, err := pair.TLS(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestWeakKeyIsShort(t *testing.T) {
	ca, err := certs.New("test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server(certs.WeakKey, "a.test")
	if err != nil {
		t.Fatal(err)
	}
	if key, ok := parse(t, pair.CertPEM).PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() != 1024 {
		t.Errorf("the key is %v", key)
	}
}

func TestKindsHaveNames(t *testing.T) {
	for _, kind := range certs.Kinds() {
		if got, err := certs.ParseKind(string(kind)); got != kind || err != nil {
			t.Errorf("%q: got %q %v", kind, got, err)
		}
	}
	if _, err := certs.ParseKind("bad"); err == nil || !strings.Contains(err.Error(), "self-signed") {
		t.Errorf("got %v", err)
	}
}

func TestClientCertificateIsForClients(t *testing.T) {
	ca, err := certs.New("test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Client("agent")
	if err != nil {
		t.Fatal(err)
	}
	cert := parse(t, pair.CertPEM)
	usage := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: ca.Pool(), KeyUsages: usage}); err != nil || cert.Subject.CommonName != "agent" {
		t.Errorf("%q: %v", cert.Subject.CommonName, err)
	}
	var invalid x509.CertificateInvalidError
	if _, err := cert.Verify(x509.VerifyOptions{Roots: ca.Pool()}); !errors.As(err, &invalid) {
		t.Errorf("as a server's: got %v", err)
	}
	if _, err := tls.X509KeyPair(pair.CertPEM, pair.KeyPEM); err != nil {
		t.Error(err)
	}
}

func TestClockIsTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, err := certs.New("test")
		if err != nil {
			t.Fatal(err)
		}
		if year := ca.Certificate().NotAfter.Year(); year != 2009 {
			t.Errorf("ends in %d", year)
		}
		time.Sleep(365 * 24 * time.Hour)
		pair, err := ca.Server(certs.Good, "a.test")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(t, pair.CertPEM).Verify(x509.VerifyOptions{Roots: ca.Pool(), DNSName: "a.test", CurrentTime: time.Now()}); err != nil {
			t.Error(err)
		}
	})
}

func TestKeysDoNotShow(t *testing.T) {
	ca, err := certs.New("test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Client("agent")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%s", "%#v", "%x"} {
		if s := fmt.Sprintf(format, pair); strings.Contains(s, "PRIVATE") || len(s) > 200 {
			t.Errorf("%s shows %s", format, s)
		}
	}
}

func Example() {
	ca, err := certs.New("a test's authority")
	if err != nil {
		panic(err)
	}
	pair, err := ca.Server(certs.Expired, "mimir.test", "127.0.0.1")
	if err != nil {
		panic(err)
	}
	cert, err := pair.TLS()
	if err != nil {
		panic(err)
	}
	_, err = cert.Leaf.Verify(x509.VerifyOptions{Roots: ca.Pool(), DNSName: "mimir.test"})
	fmt.Println(strings.Split(err.Error(), ":")[1])
	// Output: certificate has expired or is not yet valid
}
