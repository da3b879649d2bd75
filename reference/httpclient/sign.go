package httpclient

import (
	"net/http"

	"github.com/prometheus/common/config"
)

// sign wraps base in the one configured way to authenticate. What else has connections is added to the client.
//
// An Authorization header that a request already has, because the user put it into headers, is kept by all ways but
// oauth2, whose token replaces it.
func (c *Config) sign(base http.RoundTripper, client *Client, opts Options) (http.RoundTripper, error) {
	switch {
	case c.BasicAuth != nil:
		b := c.BasicAuth
		return config.NewBasicAuthRoundTripper(secret(b.Username, ""), secret(string(b.Password), b.PasswordFile), base), nil
	case c.Authorization != nil:
		a := c.Authorization
		return config.NewAuthorizationCredentialsRoundTripper(a.scheme(), secret(string(a.Credentials), a.CredentialsFile), base), nil
	case c.BearerToken != "" || c.BearerTokenFile != "":
		return config.NewAuthorizationCredentialsRoundTripper("Bearer", secret(string(c.BearerToken), c.BearerTokenFile), base), nil
	case c.OAuth2 != nil:
		tokens, err := newTokenSource(c.OAuth2, opts)
		if err != nil {
			return nil, err
		}
		client.parts = append(client.parts, tokens.transport)
		return &tokenSigner{tokens: tokens, next: base}, nil
	}
	return base, nil
}
