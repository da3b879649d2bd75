package httpclient

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/http/httpproxy"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// proxy is the group of proxy arguments that an endpoint and its oauth2 block have alike.
type proxy struct {
	url           string
	none          string
	env           bool
	connectHeader map[string][]river.Secret
}

// validate holds the four rules of pyroscope.write@alloy-1.7.
func (p proxy) validate() error {
	switch {
	case len(p.connectHeader) > 0 && !p.env && p.url == "":
		return river.Fieldf("proxy_connect_header", "proxy_connect_header needs a proxy: give proxy_url or proxy_from_environment")
	case p.env && p.url != "":
		return river.Fieldf("proxy_url", "proxy_url cannot be combined with proxy_from_environment")
	case p.env && p.none != "":
		return river.Fieldf("no_proxy", "no_proxy cannot be combined with proxy_from_environment")
	case !sendable(p.connectHeader):
		return river.Fieldf("proxy_connect_header", "proxy_connect_header has a name or a value that a header cannot have")
	case p.none != "" && p.url == "":
		return river.Fieldf("no_proxy", "no_proxy needs proxy_url")
	case p.url != "":
		return checkURL("proxy_url", p.url, "http", "https", "socks5", "socks5h")
	}
	return nil
}

// choose returns the function that a transport asks for the proxy of a request, nil for none at all. Without no_proxy
// every request goes through proxy_url; with it, or with the environment, loopback addresses never do.
func (p proxy) choose(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	switch {
	case p.env:
		return byURL(environment(getenv))
	case p.url == "":
		return nil
	case p.none == "":
		u, err := url.Parse(p.url)
		return func(*http.Request) (*url.URL, error) { return u, err }
	}
	return byURL(httpproxy.Config{HTTPProxy: p.url, HTTPSProxy: p.url, NoProxy: p.none})
}

func byURL(c httpproxy.Config) func(*http.Request) (*url.URL, error) {
	choose := c.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) { return choose(req.URL) }
}

// environment reads the usual variables once, upper case first. As everywhere, HTTP_PROXY is not trusted in a CGI
// process, where a client could set it.
func environment(getenv func(string) string) httpproxy.Config {
	get := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return getenv(strings.ToLower(name))
	}
	return httpproxy.Config{
		HTTPProxy:  get("HTTP_PROXY"),
		HTTPSProxy: get("HTTPS_PROXY"),
		NoProxy:    get("NO_PROXY"),
		CGI:        getenv("REQUEST_METHOD") != "",
	}
}

// environmentSecrets are the secrets in the URLs of the environment's proxies.
func environmentSecrets(c *Config, getenv func(string) string) (secrets []string) {
	used := c.ProxyFromEnvironment || c.OAuth2 != nil && c.OAuth2.ProxyFromEnvironment
	if !used {
		return nil
	}
	env := environment(getenv)
	return append(proxy{url: env.HTTPProxy}.secrets(), proxy{url: env.HTTPSProxy}.secrets()...)
}

// sendable tells whether net/http would send the headers.
func sendable(headers map[string][]river.Secret) bool {
	for name, values := range headers {
		refused := func(v river.Secret) bool { return !httpguts.ValidHeaderFieldValue(string(v)) }
		if !httpguts.ValidHeaderFieldName(name) || slices.ContainsFunc(values, refused) {
			return false
		}
	}
	return true
}

func (p proxy) header() http.Header {
	if len(p.connectHeader) == 0 {
		return nil
	}
	h := make(http.Header, len(p.connectHeader))
	for name, values := range p.connectHeader {
		for _, v := range values {
			h.Add(name, string(v))
		}
	}
	return h
}

// checkURL demands an absolute URL with a host and one of the schemes. What is wrong is said without the URL itself, for
// it may carry a password.
func checkURL(field, text string, schemes ...string) error {
	if text == "" {
		return river.Fieldf(field, "%s must be given", field)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return river.Fieldf(field, "%s is not a valid URL: write it like %q", field, schemes[0]+"://host:port/path")
	case !slices.Contains(schemes, u.Scheme):
		return river.Fieldf(field, "%s has the scheme %q: use %s", field, u.Scheme, strings.Join(schemes, " or "))
	case u.Hostname() == "":
		return river.Fieldf(field, "%s has no host: write it like %q", field, schemes[0]+"://host:port/path")
	}
	return nil
}

// ShownURL is a URL as it may be shown: without its password and without credentials in its parameters. It is empty for a text
// that is no URL.
func ShownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return river.HideParameters(u.Redacted())
}

// CheckEndpointURL demands an absolute http or https URL with a host, for the argument named field.
func CheckEndpointURL(field, text string) error {
	return checkURL(field, text, "http", "https")
}
