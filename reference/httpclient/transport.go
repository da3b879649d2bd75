package httpclient

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/prometheus/common/config"

	"github.com/touchstone-telemetry/touchstone/reference/direct"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// transport is a round tripper that can close its unused connections.
type transport interface {
	http.RoundTripper
	idler
}

// newTransport makes the part of a client that knows connections: dialling, proxy and TLS. If TLS files are configured it
// looks at them before each request, and begins new connections once one of them has changed.
func newTransport(settings *TLS, p proxy, http2 bool, opts Options) (transport, error) {
	connect := func(tlsConfig *tls.Config) (http.RoundTripper, error) {
		return &http.Transport{
			DialContext:           opts.Dial,
			Proxy:                 p.choose(opts.Getenv),
			ProxyConnectHeader:    p.header(),
			TLSClientConfig:       tlsConfig,
			Protocols:             protocols(http2),
			HTTP2:                 &http.HTTP2Config{SendPingTimeout: time.Minute},
			DisableCompression:    true,
			MaxIdleConnsPerHost:   1000,
			IdleConnTimeout:       5 * time.Minute,
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
		}, nil
	}
	if err := settings.check(); err != nil {
		return nil, river.Within("tls_config", err)
	}
	common := settings.common()
	tlsConfig, err := config.NewTLSConfig(common)
	if err != nil {
		return nil, river.Within("tls_config", err)
	}
	var rt http.RoundTripper
	if files := tlsFiles(common); files == (config.TLSRoundTripperSettings{}) {
		rt, err = connect(tlsConfig)
	} else {
		rt, err = config.NewTLSRoundTripper(tlsConfig, files, connect)
	}
	if err != nil {
		return nil, err
	}
	general := rt.(transport)
	if opts.Direct {
		general = &direct.Transport{Dial: opts.Dial, Proxy: p.choose(opts.Getenv), General: general}
	}
	return noting{general}, nil
}

func protocols(http2 bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetHTTP2(http2)
	return p
}

// tlsFiles lists what has to be looked at again before each request. A CA or certificate given as text belongs to it too as
// soon as one of the others is a file, for the library rebuilds everything from this list.
func tlsFiles(c *config.TLSConfig) config.TLSRoundTripperSettings {
	if c.CAFile == "" && c.CertFile == "" && c.KeyFile == "" {
		return config.TLSRoundTripperSettings{}
	}
	return config.TLSRoundTripperSettings{
		CA:   secret(c.CA, c.CAFile),
		Cert: secret(c.Cert, c.CertFile),
		Key:  secret(string(c.Key), c.KeyFile),
	}
}

// secret returns a reader of a text or a file, nil when neither is given. Files are read, and trimmed, with each use.
func secret(text, file string) config.SecretReader {
	switch {
	case text != "":
		return config.NewInlineSecret(text)
	case file != "":
		return config.NewFileSecret(file)
	}
	return nil
}
