// Package httpclient holds the HTTP client settings that all components share: decode a [Config] (or [Phlare], the same
// with the spellings of the phlare pages), then ask it for a [Client].
//
// It knows nothing of the requests that are sent: retries, deadlines and the meaning of an answer are the caller's.
package httpclient

import (
	"errors"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Config is the set of client arguments that pyroscope.write@v0.38, pyroscope.write@alloy-1.7 and
// prometheus.remote_write@v0.32 list for an endpoint. Squash it into the arguments of an endpoint or a scrape component.
// The zero value is valid, but follows no redirect and speaks no HTTP/2: decoding starts from SetDefaults.
type Config struct {
	// BearerToken is sent as "Authorization: Bearer <token>".
	BearerToken river.Secret `river:"bearer_token,attr,optional"`
	// BearerTokenFile names a file with the bearer token. It is read again for every request.
	BearerTokenFile string `river:"bearer_token_file,attr,optional"`
	// ProxyURL is the proxy that every request goes through. Empty means none.
	ProxyURL string `river:"proxy_url,attr,optional"`
	// NoProxy lists hosts, IPs, networks and domains that are reached without ProxyURL, separated by commas.
	NoProxy string `river:"no_proxy,attr,optional"`
	// ProxyFromEnvironment takes the proxies from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
	ProxyFromEnvironment bool `river:"proxy_from_environment,attr,optional"`
	// ProxyConnectHeader is sent to the proxy with CONNECT.
	ProxyConnectHeader map[string][]river.Secret `river:"proxy_connect_header,attr,optional"`
	// FollowRedirects is true by default. See [Client.Do] for what is followed.
	FollowRedirects bool `river:"follow_redirects,attr,optional"`
	// EnableHTTP2 is true by default. It concerns TLS connections only.
	EnableHTTP2 bool `river:"enable_http2,attr,optional"`

	BasicAuth     *BasicAuth     `river:"basic_auth,block,optional"`
	Authorization *Authorization `river:"authorization,block,optional"`
	OAuth2        *OAuth2        `river:"oauth2,block,optional"`
	TLS           *TLS           `river:"tls_config,block,optional"`
}

// SetDefaults sets follow_redirects and enable_http2, whose documented defaults are true.
func (c *Config) SetDefaults() {
	*c = Config{FollowRedirects: true, EnableHTTP2: true}
}

// Validate refuses more than one way to authenticate, proxy settings that contradict each other and what no header can
// carry. Errors are joined, each a *river.FieldError. Nested blocks are validated by their own methods.
func (c *Config) Validate() error {
	return errors.Join(c.checkAuthMethods(), checkCredential("bearer_token", string(c.BearerToken)), c.proxy().validate())
}

// checkAuthMethods holds the rule that all pages share: at most one of five.
func (c *Config) checkAuthMethods() error {
	methods := []struct {
		name string
		set  bool
	}{
		{"basic_auth", c.BasicAuth != nil},
		{"authorization", c.Authorization != nil},
		{"oauth2", c.OAuth2 != nil},
		{"bearer_token", c.BearerToken != ""},
		{"bearer_token_file", c.BearerTokenFile != ""},
	}
	first := ""
	for _, m := range methods {
		if m.set && first != "" {
			return river.Fieldf(m.name, "%s cannot be combined with %s: "+
				"at most one of basic_auth, authorization, oauth2, bearer_token and bearer_token_file can be given", m.name, first)
		}
		if m.set {
			first = m.name
		}
	}
	return nil
}

func (c *Config) proxy() proxy {
	return proxy{c.ProxyURL, c.NoProxy, c.ProxyFromEnvironment, c.ProxyConnectHeader}
}
