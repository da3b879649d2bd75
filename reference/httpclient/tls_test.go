package httpclient

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

func newCA(t *testing.T) *certs.CA {
	t.Helper()
	ca, err := certs.New("test CA")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// serverTLS is the configuration of a server with a good certificate.
func serverTLS(t *testing.T, ca *certs.CA, hosts ...string) *tls.Config {
	t.Helper()
	pair, err := ca.Server(certs.Good, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

func raw(text []byte) string { return "`" + string(text) + "`" }

func TestServerVerification(t *testing.T) {
	inWorld(t, func(w *world) {
		ca, other := newCA(t), newCA(t)
		w.serve("api.test:443", serverTLS(t, ca, "api.test"), ok)
		w.serve("alias.test:443", serverTLS(t, ca, "api.test"), ok)
		trusted := "ca_pem = " + raw(ca.PEM())
		for _, tt := range []struct{ body, url, want string }{
			{trusted, "https://api.test/", "200 OK"},
			{fmt.Sprintf("ca_file = %q", w.file("ca", string(ca.PEM()))), "https://api.test/", "200 OK"},
			{"", "https://api.test/", "unknown authority"},
			{"ca_pem = " + raw(other.PEM()), "https://api.test/", "unknown authority"},
			{"insecure_skip_verify = true", "https://api.test/", "200 OK"},
			{trusted, "https://alias.test/", "valid for api.test"},
			{trusted + "\nserver_name = \"api.test\"", "https://alias.test/", "200 OK"},
		} {
			if got := w.post(w.client("tls_config {\n"+tt.body+"\n}"), tt.url); !strings.Contains(got, tt.want) {
				t.Errorf("%.30s: got %s, want %s", tt.body, got, tt.want)
			}
		}
	})
}

func TestVersions(t *testing.T) {
	names := map[uint16]string{tls.VersionTLS10: "TLS10", tls.VersionTLS11: "TLS11", tls.VersionTLS12: "TLS12", tls.VersionTLS13: "TLS13"}
	for _, tt := range []struct {
		min  string
		want []uint16 // what a server that knows one version only must know
	}{
		{"", []uint16{tls.VersionTLS12, tls.VersionTLS13}},
		{"TLS10", []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}},
		{"TLS11", []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}},
		{"TLS12", []uint16{tls.VersionTLS12, tls.VersionTLS13}},
		{"TLS13", []uint16{tls.VersionTLS13}},
	} {
		inWorld(t, func(w *world) {
			ca := newCA(t)
			var took []uint16
			for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
				host := strings.ToLower(names[version]) + ".test"
				secure := serverTLS(t, ca, host)
				secure.MinVersion, secure.MaxVersion = version, version
				secure.NextProtos = []string{"http/1.1"}
				w.serve(host+":443", secure, ok)
				settings := "ca_pem = " + raw(ca.PEM())
				if tt.min != "" {
					settings += fmt.Sprintf("\nmin_version = %q", tt.min)
				}
				if w.post(w.client("tls_config {\n"+settings+"\n}"), "https://"+host) == "200 OK" {
					took = append(took, version)
				}
			}
			if fmt.Sprint(took) != fmt.Sprint(tt.want) {
				t.Errorf("min_version %q: got %v, want %v", tt.min, took, tt.want)
			}
		})
	}
}

func TestHTTP2(t *testing.T) {
	inWorld(t, func(w *world) {
		ca := newCA(t)
		w.serve("api.test:443", serverTLS(t, ca, "api.test"), ok)
		settings := "tls_config {\n ca_pem = " + raw(ca.PEM()) + "\n}\n"
		for i, tt := range []struct {
			body string
			want bool
		}{{"", true}, {"enable_http2 = true", true}, {"enable_http2 = false", false}} {
			got := w.post(w.client(settings+tt.body), "https://api.test/")
			if seen := w.requests("api.test"); len(seen) <= i || seen[i].http2 != tt.want {
				t.Errorf("%q: got %s, %+v, want HTTP/2 %v", tt.body, got, seen, tt.want)
			}
		}
	})
}

func TestClientCertificate(t *testing.T) {
	inWorld(t, func(w *world) {
		ca := newCA(t)
		secure := serverTLS(t, ca, "api.test")
		secure.ClientAuth, secure.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
		w.serve("api.test:443", secure, ok)
		pair, err := ca.Client("someone")
		if err != nil {
			t.Fatal(err)
		}
		cert, key := w.file("cert", string(pair.CertPEM)), w.file("key", string(pair.KeyPEM))
		trusted := "ca_pem = " + raw(ca.PEM()) + "\n"
		for _, tt := range []struct{ body, want string }{
			{"cert_pem = " + raw(pair.CertPEM) + "\nkey_pem = " + raw(pair.KeyPEM), "200 OK"},
			{fmt.Sprintf("cert_file = %q\nkey_file = %q", cert, key), "200 OK"},
			{"cert_pem = " + raw(pair.CertPEM) + fmt.Sprintf("\nkey_file = %q", key), "200 OK"},
			{"", "Post "}, // whatever the server does to the connection
		} {
			if got := w.post(w.client("tls_config {\n"+trusted+tt.body+"\n}"), "https://api.test/"); !strings.Contains(got, tt.want) {
				t.Errorf("%.20s: got %s, want %s", tt.body, got, tt.want)
			}
		}
	})
}

// TestFilesMayChange rotates the authority and, with and without a CA file, the client certificate.
func TestFilesMayChange(t *testing.T) {
	inWorld(t, func(w *world) {
		first, second := newCA(t), newCA(t)
		for host, ca := range map[string]*certs.CA{"first.test": first, "second.test": second} {
			secure := serverTLS(t, ca, host)
			secure.ClientAuth, secure.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
			w.serve(host+":443", secure, ok)
		}
		write := func(ca *certs.CA) (cert, key, authority string) {
			pair, err := ca.Client("someone")
			if err != nil {
				t.Fatal(err)
			}
			return string(pair.CertPEM), string(pair.KeyPEM), string(ca.PEM())
		}
		cert, key, authority := write(first)
		files := []string{w.file("cert", cert), w.file("key", key), w.file("ca", authority)}
		pair := fmt.Sprintf("cert_file = %q\nkey_file = %q\n", files[0], files[1])
		clients := map[string]*Client{
			"with CA":    w.client("tls_config {\n" + pair + fmt.Sprintf("ca_file = %q\n}", files[2])),
			"without CA": w.client("tls_config {\n" + pair + "insecure_skip_verify = true\n}"),
		}
		for i, host := range []string{"first.test", "second.test"} {
			if i == 1 {
				cert, key, authority = write(second)
				for j, text := range []string{cert, key, authority} {
					if err := os.WriteFile(files[j], []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Second)
			}
			for name, c := range clients {
				if got := w.post(c, "https://"+host+"/"); got != "200 OK" {
					t.Errorf("%s, %s: got %s", host, name, got)
				}
			}
		}
	})
}

func TestUnusableFilesAreRefusedWithTheConfiguration(t *testing.T) {
	inWorld(t, func(w *world) {
		ca := newCA(t)
		pair, err := ca.Client("someone")
		if err != nil {
			t.Fatal(err)
		}
		other, err := ca.Client("someone else")
		if err != nil {
			t.Fatal(err)
		}
		cert, oauth2 := "cert_pem = "+raw(pair.CertPEM), "client_id = \"i\"\nclient_secret = \"s\"\ntoken_url = \"http://t.test\""
		for _, tt := range []struct{ body, field, want string }{
			{`ca_file = "/nowhere/ca"`, "ca_file", "ca_file cannot be read: open /nowhere/ca"},
			{`ca_pem = "x"`, "ca_pem", "ca_pem holds no certificate of an authority"},
			{fmt.Sprintf("ca_file = %q", w.file("bad", "x")), "ca_file", "/bad\" holds no certificate of an authority"},
			{"cert_pem = \"x\"\nkey_pem = \"hunter2\"", "cert_pem", "cert_pem holds no certificate"},
			{"cert_file = \"/nowhere/cert\"\nkey_pem = \"hunter2\"", "cert_file", "open /nowhere/cert"},
			{cert + "\nkey_pem = \"hunter2\"", "key_pem", "key_pem holds no key for cert_pem"},
			{cert + "\nkey_pem = " + raw(other.KeyPEM), "key_pem", "does not match"},
			{cert + "\nkey_file = \"/nowhere/key\"", "key_file", "open /nowhere/key"},
		} {
			for prefix, body := range map[string]string{
				"":        "tls_config {\n" + tt.body + "\n}",
				"oauth2.": "oauth2 {\n" + oauth2 + "\ntls_config {\n" + tt.body + "\n}\n}",
			} {
				_, err := mustDecode(t, body).Client(w.options())
				var field *river.FieldError
				if !errors.As(err, &field) || field.Field != prefix+"tls_config."+tt.field {
					t.Errorf("%.40s: got %#v, want an error about %s", body, err, tt.field)
				}
				if text := fmt.Sprint(err); !strings.Contains(text, tt.want) || strings.Contains(text, "\n") || strings.Contains(text, "hunter2") {
					t.Errorf("%.40s: got %v, want %q", body, err, tt.want)
				}
			}
		}
	})
}
