package httpclient

import (
	"errors"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// OAuth2 is the block oauth2: the client-credentials grant. Tokens are fetched over a connection of their own, so the
// endpoint's proxy and TLS settings do not apply to them; those of this block do.
type OAuth2 struct {
	ClientID     string       `river:"client_id,attr,optional"`
	ClientSecret river.Secret `river:"client_secret,attr,optional"`
	// ClientSecretFile is read again for every request; a changed content means a new token.
	ClientSecretFile string   `river:"client_secret_file,attr,optional"`
	Scopes           []string `river:"scopes,attr,optional"`
	TokenURL         string   `river:"token_url,attr,optional"`
	// EndpointParams are sent in the form of the token request.
	EndpointParams map[string]string `river:"endpoint_params,attr,optional"`

	ProxyURL             string                    `river:"proxy_url,attr,optional"`
	NoProxy              string                    `river:"no_proxy,attr,optional"`
	ProxyFromEnvironment bool                      `river:"proxy_from_environment,attr,optional"`
	ProxyConnectHeader   map[string][]river.Secret `river:"proxy_connect_header,attr,optional"`

	TLS *TLS `river:"tls_config,block,optional"`
}

// Validate demands client_id, exactly one form of the secret and token_url, and checks the proxy settings. The tables of
// the pages call all of them optional; without them no token can be had.
func (o *OAuth2) Validate() error {
	all := []error{o.checkClient(), checkURL("token_url", o.TokenURL, "http", "https"), o.proxy().validate()}
	if _, twice := o.EndpointParams["scope"]; twice && len(o.Scopes) > 0 {
		all = append(all, river.Fieldf("endpoint_params", "endpoint_params cannot contain %q while scopes is given", "scope"))
	}
	return errors.Join(all...)
}

// checkClient demands an identifier and one form of the secret.
func (o *OAuth2) checkClient() error {
	var id, secret error
	if o.ClientID == "" {
		id = river.Fieldf("client_id", "client_id must be given")
	}
	switch {
	case o.ClientSecret == "" && o.ClientSecretFile == "":
		secret = river.Fieldf("client_secret", "client_secret must be given, or client_secret_file")
	case o.ClientSecret != "" && o.ClientSecretFile != "":
		secret = river.Fieldf("client_secret_file", "client_secret_file cannot be combined with client_secret: give exactly one of them")
	}
	return errors.Join(id, secret)
}

func (o *OAuth2) proxy() proxy {
	return proxy{o.ProxyURL, o.NoProxy, o.ProxyFromEnvironment, o.ProxyConnectHeader}
}
