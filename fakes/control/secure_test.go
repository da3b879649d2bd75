package control_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func TestAuthRotates(t *testing.T) {
	issuer := api.Spec{Kind: api.OAuth2, Serve: &api.Serve{Client: &api.OAuth2Client{ID: "agent", Secret: "s3cret"}, Lifetime: "1m"}}
	m := api.Spec{Kind: api.Mimir, Auth: &api.Auth{Bearer: "old"}}
	inMemory(t, control.Options{Fakes: []api.Spec{m, issuer}}, func(w *world) {
		ctx, m, o := w.Context(), w.fake("mimir"), w.fake("oauth2")
		push := func(token string) int { return w.push(m, "up", "a", "Authorization", "Bearer "+token) }
		if push("old") != 200 || push("new") != 401 {
			w.Error("the old token is not the right one")
		}
		w.must(m.SetAuth(ctx, api.Auth{Bearer: "new"}))
		if push("old") != 401 || push("new") != 200 {
			w.Error("the new token is not the right one")
		}
		if _, text := w.send(http.MethodGet, "http://"+host+"/api/v1/fakes/mimir/auth", nil); strings.TrimSpace(text) != `{"bearer":"(redacted)"}` {
			w.Errorf("the authentication is shown as %s", text)
		}

		w.must(m.SetAuth(ctx, api.Auth{Issuer: "oauth2"}))
		ask := func(secret string) int {
			status, _ := w.send(http.MethodPost, o.Endpoint(), []byte("grant_type=client_credentials&client_id=agent&client_secret="+secret),
				"Content-Type", "application/x-www-form-urlencoded")
			return status
		}
		if got := ask("wrong"); got != 401 {
			w.Errorf("a wrong secret is answered %d", got)
		}
		ask("s3cret")
		tokens, err := o.Tokens(ctx)
		if err != nil || len(tokens) != 1 {
			w.Fatalf("the tokens are %+v, %v", tokens, err)
		}
		if push(tokens[0].Value) != 200 {
			w.Error("the issuer's token is refused")
		}
		w.must(o.Revoke(ctx, tokens[0].Value))
		if push(tokens[0].Value) != 401 {
			w.Error("the revoked token is taken")
		}
		w.must(o.Serve(ctx, api.Serve{Client: &api.OAuth2Client{ID: "agent", Secret: "other"}}))
		if ask("s3cret") != 401 || ask("other") != 200 {
			w.Error("the client's secret did not change")
		}
		if requests, err := o.Requests(ctx, api.Filter{Search: "s3cret"}); err != nil || len(requests) != 0 {
			w.Errorf("a search finds a secret: %+v, %v", requests, err)
		}
		w.must(m.Reset(ctx))
		w.must(o.Reset(ctx))
		if push("old") != 200 || ask("s3cret") != 200 {
			w.Error("the reset did not bring the first secrets back")
		}
	})
}

func TestTLSOfEveryKind(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, TLS: &api.TLS{Max: "1.2", NoHTTP2: true}}}}, func(w *world) {
		ctx, m := w.Context(), w.fake("mimir")
		pool, err := m.CAPool(ctx)
		w.must(err)
		shake := func(certificates ...tls.Certificate) (tls.ConnectionState, error) {
			raw, err := w.net.Dial(ctx, "tcp", m.Addr())
			w.must(err)
			defer raw.Close()
			conn := tls.Client(raw, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", Certificates: certificates})
			if err := conn.HandshakeContext(ctx); err != nil {
				return tls.ConnectionState{}, err
			}
			// With TLS 1.3 a refused certificate shows in the first byte read; a request that is refused is answered nothing.
			_ = conn.SetReadDeadline(time.Now().Add(time.Second))
			_, _ = conn.Write([]byte("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"))
			_, err = conn.Read(make([]byte, 1))
			return conn.ConnectionState(), err
		}
		if state, err := shake(); err != nil || state.Version != tls.VersionTLS12 {
			w.Errorf("the handshake agrees on %s, %v", tls.VersionName(state.Version), err)
		}
		for _, kind := range certs.Kinds()[1:] {
			w.must(m.SetTLS(ctx, api.TLS{Certificate: string(kind)}))
			if _, err := shake(); (err == nil) != (kind == certs.WeakKey) { // which Go takes, and OpenSSL does not
				w.Errorf("a certificate that is %s: %v", kind, err)
			}
		}
		w.must(m.SetTLS(ctx, api.TLS{ClientCertificate: true}))
		if _, err := shake(); err == nil {
			w.Error("no client certificate is needed")
		}
		pair, err := m.ClientCertificate(ctx, "someone")
		w.must(err)
		certificate, err := tls.X509KeyPair([]byte(pair.Certificate), []byte(pair.Key))
		w.must(err)
		if _, err := shake(certificate); err != nil {
			w.Errorf("the client certificate is refused: %v", err)
		}
		connections, err := m.Connections(ctx)
		w.must(err)
		if last := connections[len(connections)-1]; last.TLS == nil || last.TLS.ClientSubject != "someone" {
			w.Errorf("the last connection is %+v", last)
		}
		w.must(m.Reset(ctx))
		if state, err := shake(); err != nil || state.Version != tls.VersionTLS12 {
			w.Errorf("after the reset the handshake agrees on %s, %v", tls.VersionName(state.Version), err)
		}
	})
}

func TestServeChangesWhatIsScraped(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		ctx, x, p := w.Context(), w.fake("exposition"), w.fake("pprof")
		page := func() string {
			_, text := w.send(http.MethodGet, x.Endpoint(), nil)
			return text
		}
		for _, test := range []struct {
			serve api.Serve
			want  string
		}{
			{api.Serve{Pages: []api.Page{{Text: "a {{scrape}}\n"}}}, "a 1\n"},
			{api.Serve{Generator: &api.Generator{Series: 2}}, "load_1 2\n"},
			{api.Serve{Generator: &api.Generator{Churn: &api.Churn{Series: 3, Replaced: 1}}}, `churn{series="`},
			{api.Serve{Generator: &api.Generator{EveryType: true}}, "histogram"},
		} {
			w.must(x.Serve(ctx, test.serve))
			if got := page(); !strings.Contains(got, test.want) {
				w.Errorf("%+v serves %q, want %q", test.serve, got, test.want)
			}
		}
		w.must(x.Reset(ctx))
		if got := page(); !strings.Contains(got, "scrape_number 5\n") {
			w.Errorf("after the reset it serves %q", got)
		}

		w.must(p.Serve(ctx, api.Serve{Profiles: []api.ServedProfile{{Path: "/x", File: api.Bytes("hello")}, {Path: "/y", Live: "heap"}}}))
		if _, text := w.send(http.MethodGet, p.URL()+"/x", nil); text != "hello" {
			w.Errorf("the file is served as %q", text)
		}
		if reply, err := p.Reply(ctx, 1); err != nil || string(reply) != "hello" {
			w.Errorf("the reply is kept as %q, %v", reply, err)
		}
		if status, _ := w.send(http.MethodGet, p.URL()+"/y", nil); status != 200 {
			w.Errorf("the live profile is answered %d", status)
		}
		if data, err := p.Profile(ctx, 2, 0); err != nil || len(data) == 0 {
			w.Errorf("the served profile cannot be downloaded: %v", err)
		}
		w.must(p.Reset(ctx))
		if _, text := w.send(http.MethodGet, p.URL()+"/x", nil); text == "hello" {
			w.Error("after the reset the file is still served")
		}
	})
}

func TestProxyIsPartOfIt(t *testing.T) {
	proxy := api.Spec{Kind: api.Proxy, Proxy: &api.ProxyOptions{Username: "u", Password: "p", Hosts: map[string]string{"mimir.test": "127.0.0.1:9009"}}}
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, Addr: "9009"}, proxy}}, func(w *world) {
		p := w.fake("proxy")
		conn, err := w.net.Dial(w.Context(), "tcp", p.Addr())
		w.must(err)
		_, _ = conn.Write([]byte("GET http://mimir.test/ready HTTP/1.1\r\nHost: mimir.test\r\nProxy-Authorization: Basic dTpw\r\nConnection: close\r\n\r\n"))
		if _, err := p.WaitFor(w.Context(), client.Target("mimir.test", 1)); err != nil {
			w.Error(err)
		}
		if _, err := w.fake("mimir").WaitFor(w.Context(), client.Requests(api.Filter{Path: "/ready"}, 1)); err != nil {
			w.Error(err)
		}
		_ = conn.Close()

		rotated := api.ProxyOptions{Username: "u", Password: "new", Hosts: proxy.Proxy.Hosts}
		w.must(p.Serve(w.Context(), api.Serve{Proxy: &rotated}))
		last := func() string { // how the newest request was answered
			conn, err := w.net.Dial(w.Context(), "tcp", p.Addr())
			w.must(err)
			defer conn.Close()
			_, _ = conn.Write([]byte("GET http://mimir.test/ready HTTP/1.1\r\nHost: mimir.test\r\nProxy-Authorization: Basic dTpw\r\nConnection: close\r\n\r\n"))
			answer, _ := io.ReadAll(conn)
			return string(answer[:min(len(answer), 12)])
		}
		if got := last(); got != "HTTP/1.1 407" {
			w.Errorf("the old password is answered %q", got)
		}
		w.must(p.Reset(w.Context()))
		if got := last(); got != "HTTP/1.1 200" {
			w.Errorf("after the reset it is answered %q", got)
		}
	})
}
