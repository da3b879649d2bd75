package httpclient

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

// validate holds the four rules of pyroscope.write@alloy-1.7, and refuses what could never be used.
func (p proxy) validate() error {
	all := []error{checkConnectHeader(p.connectHeader), checkExempt(p.none)}
	if len(p.connectHeader) > 0 && !p.env && p.url == "" {
		all = append(all, river.Fieldf("proxy_connect_header", "proxy_connect_header needs a proxy: give proxy_url or proxy_from_environment"))
	}
	switch {
	case p.env && p.none != "":
		all = append(all, river.Fieldf("no_proxy", "no_proxy cannot be combined with proxy_from_environment"))
	case p.none != "" && p.url == "":
		all = append(all, river.Fieldf("no_proxy", "no_proxy needs proxy_url"))
	}
	switch {
	case p.env && p.url != "":
		all = append(all, river.Fieldf("proxy_url", "proxy_url cannot be combined with proxy_from_environment"))
	case p.url != "":
		all = append(all, checkURL("proxy_url", p.url, "http", "https", "socks5", "socks5h"))
	}
	return errors.Join(all...)
}

// checkExempt refuses entries of no_proxy that look like a network and are none: they would never match. What else is no host
// matches nothing either, but cannot be told from a name.
func checkExempt(list string) error {
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.TrimSpace(entry)
		if !strings.Contains(entry, "/") {
			continue
		}
		if _, _, err := net.ParseCIDR(entry); err != nil {
			return river.Fieldf("no_proxy", "no_proxy has an entry with a slash that is no network: "+
				"write hosts, addresses and networks like 10.0.0.0/8, separated by commas")
		}
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

// checkConnectHeader refuses what net/http would not send. Values are not quoted, because they are secret.
func checkConnectHeader(headers map[string][]river.Secret) error {
	const field = "proxy_connect_header"
	refused := func(v river.Secret) bool { return !httpguts.ValidHeaderFieldValue(string(v)) }
	var all []error
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			all = append(all, river.Fieldf(field, "%s has %q, which is not a valid header name", field, name))
		case slices.ContainsFunc(headers[name], refused):
			all = append(all, river.Fieldf(field, "%s has a value for %q with characters that a header cannot have", field, name))
		}
	}
	return errors.Join(all...)
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
	if err == nil && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && PortExists(u.Port()) {
		return nil
	}
	form := "write it like " + strconv.Quote(schemes[0]+"://host:port/path")
	switch {
	case !strings.Contains(text, "://"):
		return river.Fieldf(field, "%s has no scheme: %s", field, form)
	case err != nil:
		return river.Fieldf(field, "%s is not a valid URL: %s", field, form)
	case !slices.Contains(schemes, u.Scheme):
		return river.Fieldf(field, "%s has the scheme %q: use %s", field, u.Scheme, strings.Join(schemes, " or "))
	case u.Hostname() == "":
		return river.Fieldf(field, "%s has no host: %s", field, form)
	}
	return river.Fieldf(field, "%s has the port %s: ports go from 1 to 65535", field, u.Port())
}

// PortExists tells whether a port, as a URL or an address has it, can be connected to. The empty one stands for the scheme's own.
func PortExists(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n > 0 && n <= 65535
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
