package client

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Fake is one fake of a process. Its methods may be called by several goroutines at once.
type Fake struct {
	client *Client
	path   string
	begun  api.Fake // as it was found; only what does not change is used
	t      T        // nil unless its session was started by StartT
}

// ID names the fake in the whole process, Name in its session.
func (f *Fake) ID() string   { return f.begun.ID }
func (f *Fake) Name() string { return f.begun.Name }

// URL has no path; Addr is its host and port; Endpoint is where clients send, or scrape: with Mimir's own path, say.
func (f *Fake) URL() string      { return f.begun.URL }
func (f *Fake) Addr() string     { return f.begun.Addr }
func (f *Fake) Endpoint() string { return f.begun.Endpoint }

// State is how the fake is now.
func (f *Fake) State(ctx context.Context) (api.Fake, error) {
	var state api.Fake
	err := f.client.call(ctx, http.MethodGet, f.path, nil, &state)
	return state, err
}

// Down refuses connections and resets those that are open; port, data and script stay.
func (f *Fake) Down(ctx context.Context) error { return f.command(ctx, "down") }

// Up listens again.
func (f *Fake) Up(ctx context.Context) error { return f.command(ctx, "up") }

// Restart is Down and Up.
func (f *Fake) Restart(ctx context.Context) error { return f.command(ctx, "restart") }

// Forget empties the journals and the data. Scripts stay where they are.
func (f *Fake) Forget(ctx context.Context) error { return f.command(ctx, "forget") }

// Reset forgets, and makes the fake as it was started: script, authentication, TLS, mode, what it serves, up.
func (f *Fake) Reset(ctx context.Context) error { return f.command(ctx, "reset") }

func (f *Fake) command(ctx context.Context, verb string) error {
	return f.client.call(ctx, http.MethodPost, f.path+"/"+verb, nil, nil)
}

// SetAuth changes what requests that come from now on must show.
func (f *Fake) SetAuth(ctx context.Context, a api.Auth) error {
	return f.client.call(ctx, http.MethodPut, f.path+"/auth", a, nil)
}

// SetTLS changes how connections that are opened from now on speak TLS. It is an error on a fake that was started without.
func (f *Fake) SetTLS(ctx context.Context, t api.TLS) error {
	return f.client.call(ctx, http.MethodPut, f.path+"/tls", t, nil)
}

// SetMode changes whether a mimir or pyroscope is strict, with which limits, and whether a mimir only counts.
func (f *Fake) SetMode(ctx context.Context, m api.Mode) error {
	return f.client.call(ctx, http.MethodPut, f.path+"/mode", m, nil)
}

// Mode is what SetMode set last, or how the fake was started.
func (f *Fake) Mode(ctx context.Context) (api.Mode, error) {
	var m api.Mode
	err := f.client.call(ctx, http.MethodGet, f.path+"/mode", nil, &m)
	return m, err
}

// CA is the authority that clients must trust, as PEM.
func (f *Fake) CA(ctx context.Context) ([]byte, error) {
	var pem []byte
	err := f.client.call(ctx, http.MethodGet, f.path+"/ca.pem", nil, &pem)
	return pem, err
}

// CAPool trusts the fake's authority only.
func (f *Fake) CAPool(ctx context.Context) (*x509.CertPool, error) {
	pem, err := f.CA(ctx)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("the authority of fake %s is no certificate", f.ID())
	}
	return pool, nil
}

// ClientCertificate makes a certificate for a client, of the fake's authority, with this common name.
func (f *Fake) ClientCertificate(ctx context.Context, name string) (api.Certificate, error) {
	var pair api.Certificate
	err := f.client.call(ctx, http.MethodPost, f.path+"/client-certificate", api.CertificateRequest{Name: name}, &pair)
	return pair, err
}

// Serve changes what a pprof or exposition serves, whom an oauth2 gives tokens, or who may use a proxy.
func (f *Fake) Serve(ctx context.Context, s api.Serve) error {
	return f.client.call(ctx, http.MethodPut, f.path+"/serve", s, nil)
}

// Tokens are those that an oauth2 gave out, oldest first.
func (f *Fake) Tokens(ctx context.Context) ([]api.Token, error) {
	var list api.Tokens
	err := f.client.call(ctx, http.MethodGet, f.path+"/tokens", nil, &list)
	return list.Tokens, err
}

// Revoke ends a token early, or all of them when it is empty.
func (f *Fake) Revoke(ctx context.Context, token string) error {
	query := url.Values{}
	if token != "" {
		query.Set("token", token)
	}
	return f.client.call(ctx, http.MethodDelete, f.path+"/tokens?"+query.Encode(), nil, nil)
}

// page is how many requests are asked for at a time.
const page = 1000

// Requests are the requests that a filter lets through and the journal still has, oldest first.
func (f *Fake) Requests(ctx context.Context, filter api.Filter) ([]api.Summary, error) {
	var all []api.Summary
	for after := filter.After; ; {
		query := url.Values{"after": {strconv.Itoa(after)}, "limit": {strconv.Itoa(page)}}
		for name, value := range map[string]string{
			"kind": filter.Kind, "path": filter.Path, "tenant": filter.Tenant, "status": filter.Status, "search": filter.Search,
		} {
			if value != "" {
				query.Set(name, value)
			}
		}
		var part api.Requests
		if err := f.client.call(ctx, http.MethodGet, f.path+"/requests?"+query.Encode(), nil, &part); err != nil {
			return all, err
		}
		all = append(all, part.Requests...)
		if after = part.Next; !part.More {
			return all, nil
		}
	}
}

// Request is one request, decoded. Secrets in its headers are redacted.
func (f *Fake) Request(ctx context.Context, seq int) (api.Request, error) {
	var r api.Request
	err := f.client.call(ctx, http.MethodGet, f.request(seq, ""), nil, &r)
	return r, err
}

// RequestWithSecrets is Request with its headers as they were sent.
func (f *Fake) RequestWithSecrets(ctx context.Context, seq int) (api.Request, error) {
	var r api.Request
	err := f.client.call(ctx, http.MethodGet, f.request(seq, "?secrets=true"), nil, &r)
	return r, err
}

// Body is what was sent, byte for byte.
func (f *Fake) Body(ctx context.Context, seq int) ([]byte, error) {
	return f.bytes(ctx, f.request(seq, "/body"))
}

// Reply is what was answered, of fakes that are scraped and of oauth2.
func (f *Fake) Reply(ctx context.Context, seq int) ([]byte, error) {
	return f.bytes(ctx, f.request(seq, "/reply"))
}

// Profile is a profile of a push, or the one that a scrape was served, as gzipped pprof. The index begins at 0.
func (f *Fake) Profile(ctx context.Context, seq, index int) ([]byte, error) {
	return f.bytes(ctx, f.request(seq, "/profiles/"+strconv.Itoa(index)))
}

func (f *Fake) request(seq int, rest string) string {
	return f.path + "/requests/" + strconv.Itoa(seq) + rest
}

func (f *Fake) bytes(ctx context.Context, path string) ([]byte, error) {
	var data []byte
	err := f.client.call(ctx, http.MethodGet, path, nil, &data)
	return data, err
}

// Connections are those that the journal still has, oldest first.
func (f *Fake) Connections(ctx context.Context) ([]journal.Connection, error) {
	var all []journal.Connection
	for after := 0; ; {
		var part api.Connections
		path := fmt.Sprintf("%s/connections?after=%d&limit=%d", f.path, after, page)
		if err := f.client.call(ctx, http.MethodGet, path, nil, &part); err != nil {
			return all, err
		}
		all = append(all, part.Connections...)
		if after = part.Next; !part.More {
			return all, nil
		}
	}
}

// Record writes a recording of the requests that ended, in the form of package recording. Secrets are left out unless asked for.
func (f *Fake) Record(ctx context.Context, w io.Writer, secrets bool) error {
	response, err := f.client.send(ctx, http.MethodGet, f.path+"/journal?secrets="+strconv.FormatBool(secrets), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, response.Body)
	return errors.Join(err, response.Body.Close())
}

// Load lets the fake take a recording in, with its times and answers, and returns how many requests there were.
func (f *Fake) Load(ctx context.Context, r io.Reader) (int, error) {
	var loaded api.Loaded
	err := f.client.call(ctx, http.MethodPost, f.path+"/journal", r, &loaded)
	return loaded.Requests, err
}

// Held is of what time the data is that a mimir or a pyroscope holds, and which profiles there are.
func (f *Fake) Held(ctx context.Context) (api.Held, error) {
	var held api.Held
	err := f.client.call(ctx, http.MethodGet, f.path+"/held", nil, &held)
	return held, err
}

// PrometheusURL is where a mimir answers Prometheus' query API at the control port, over what all tenants sent: for promtool, Grafana, or a client
// library of Prometheus. What is asked there is in no journal, and no script answers it.
func (f *Fake) PrometheusURL() string { return f.client.base + f.path + "/prometheus" }

// MergedProfile is what a pyroscope holds of one profile type, merged, as gzipped pprof. The type may be left out when the selector finds only one,
// and a zero time bounds nothing.
func (f *Fake) MergedProfile(ctx context.Context, selector, profileType string, from, until time.Time) ([]byte, error) {
	query := url.Values{}
	for name, value := range map[string]string{"selector": selector, "type": profileType, "from": moment(from), "until": moment(until)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return f.bytes(ctx, f.path+"/profile?"+query.Encode())
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// Flamegraph is what a pyroscope holds, merged: {name, self, total, children}. Empty texts and 0 select all.
func (f *Fake) Flamegraph(ctx context.Context, selector, sampleType string, seq int) (json.RawMessage, error) {
	query := url.Values{}
	if selector != "" {
		query.Set("selector", selector)
	}
	if sampleType != "" {
		query.Set("type", sampleType)
	}
	if seq != 0 {
		query.Set("seq", strconv.Itoa(seq))
	}
	return f.bytes(ctx, f.path+"/flamegraph?"+query.Encode())
}
