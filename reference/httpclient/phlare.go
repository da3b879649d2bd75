package httpclient

import (
	"errors"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Phlare is the block http_client_config of phlare.write@v0.31 and phlare.scrape@v0.31: the same arguments as [Config],
// with both spellings where these pages differ from the rest. Giving both spellings of one argument is an error.
type Phlare struct {
	BearerToken          river.Secret              `river:"bearer_token,attr,optional"`
	BearerTokenFile      string                    `river:"bearer_token_file,attr,optional"`
	ProxyURL             string                    `river:"proxy_url,attr,optional"`
	NoProxy              string                    `river:"no_proxy,attr,optional"`
	ProxyFromEnvironment bool                      `river:"proxy_from_environment,attr,optional"`
	ProxyConnectHeader   map[string][]river.Secret `river:"proxy_connect_header,attr,optional"`
	FollowRedirects      bool                      `river:"follow_redirects,attr,optional"`
	// EnableHTTP2 is nil when it is not given.
	EnableHTTP2 *bool `river:"enable_http2,attr,optional"`
	// EnableHTTP2Page is EnableHTTP2 as the pages spell it. It is true by default.
	EnableHTTP2Page *bool `river:"enable_http_2,attr,optional"`

	BasicAuth     *BasicAuth           `river:"basic_auth,block,optional"`
	Authorization *PhlareAuthorization `river:"authorization,block,optional"`
	OAuth2        *OAuth2              `river:"oauth2,block,optional"`
	TLS           *TLS                 `river:"tls_config,block,optional"`
}

// PhlareAuthorization is the block authorization with the phlare pages' spelling of credentials beside the other one.
type PhlareAuthorization struct {
	Type            string       `river:"type,attr,optional"`
	Credentials     river.Secret `river:"credentials,attr,optional"`
	CredentialsPage river.Secret `river:"credential,attr,optional"`
	CredentialsFile string       `river:"credentials_file,attr,optional"`
}

// notGiven is where EnableHTTP2Page points as long as nobody has given it. It is never written to.
var notGiven = true

// SetDefaults sets follow_redirects and enable_http_2 to true.
func (p *Phlare) SetDefaults() { *p = Phlare{FollowRedirects: true, EnableHTTP2Page: &notGiven} }

// Validate refuses both spellings at once and everything that [Config.Validate] refuses. It leaves one spelling set: the one that is
// in force.
func (p *Phlare) Validate() error {
	var twice error
	switch {
	case p.EnableHTTP2 == nil:
	case p.EnableHTTP2Page == &notGiven:
		p.EnableHTTP2Page = nil
	case p.EnableHTTP2Page != nil:
		twice = river.Fieldf("enable_http_2", "enable_http_2 is another spelling of enable_http2: give one of them")
	}
	return errors.Join(twice, p.Config().Validate())
}

// Config returns the same settings in the common form.
func (p *Phlare) Config() *Config {
	c := &Config{
		BearerToken: p.BearerToken, BearerTokenFile: p.BearerTokenFile,
		ProxyURL: p.ProxyURL, NoProxy: p.NoProxy,
		ProxyFromEnvironment: p.ProxyFromEnvironment, ProxyConnectHeader: p.ProxyConnectHeader,
		FollowRedirects: p.FollowRedirects, EnableHTTP2: p.http2(),
		BasicAuth: p.BasicAuth, OAuth2: p.OAuth2, TLS: p.TLS,
	}
	if p.Authorization != nil {
		c.Authorization = p.Authorization.common()
	}
	return c
}

func (p *Phlare) http2() bool {
	for _, given := range []*bool{p.EnableHTTP2, p.EnableHTTP2Page} {
		if given != nil {
			return *given
		}
	}
	return true
}

// SetDefaults sets the type "Bearer".
func (a *PhlareAuthorization) SetDefaults() { *a = PhlareAuthorization{Type: "Bearer"} }

// Validate refuses both spellings at once and everything that [Authorization.Validate] refuses.
func (a *PhlareAuthorization) Validate() error {
	if a.Credentials != "" && a.CredentialsPage != "" {
		return river.Fieldf("credential", "credential is another spelling of credentials: give one of them")
	}
	if a.CredentialsPage != "" && a.CredentialsFile != "" {
		return river.Fieldf("credentials_file", "credentials_file cannot be combined with credential: give at most one of them")
	}
	return a.common().Validate()
}

func (a *PhlareAuthorization) common() *Authorization {
	secret := river.Secret(strings.Join([]string{string(a.Credentials), string(a.CredentialsPage)}, ""))
	return &Authorization{Type: a.Type, Credentials: secret, CredentialsFile: a.CredentialsFile}
}
