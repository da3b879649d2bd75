package httpclient

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// decode reads the body of a block into the arguments, as the agent does.
func decode(t *testing.T, body string, into any) error {
	t.Helper()
	file, err := river.Parse("test.river", []byte("client {\n"+body+"\n}\n"))
	if err != nil {
		t.Fatalf("parse %s: %v", body, err)
	}
	return river.Decode(file.Body.Blocks()[0], nil, into)
}

// mustDecode returns the configuration that the body describes.
func mustDecode(t *testing.T, body string) *Config {
	t.Helper()
	c := new(Config)
	if err := decode(t, body, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// authMethods are the five ways to authenticate, of which at most one may be given.
var authMethods = []struct{ name, text string }{
	{"basic_auth", "basic_auth { }"},
	{"authorization", "authorization { }"},
	{"oauth2", "oauth2 {\n client_id = \"id\"\n client_secret = \"s\"\n token_url = \"http://tokens.test/token\"\n}"},
	{"bearer_token", `bearer_token = "t"`},
	{"bearer_token_file", `bearer_token_file = "/t"`},
}

func TestAtMostOneAuthMethod(t *testing.T) {
	for _, into := range []func() any{
		func() any { return new(Config) },
		func() any { return new(Phlare) },
	} {
		for i, a := range authMethods {
			if err := decode(t, a.text, into()); err != nil {
				t.Errorf("%T: %s alone: %v", into(), a.name, err)
			}
			for _, b := range authMethods[i+1:] {
				err := decode(t, a.text+"\n"+b.text, into())
				want := fmt.Sprintf("%s cannot be combined with %s", b.name, a.name)
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%T: got %v, want %q", into(), err, want)
				}
			}
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	const oauth2 = "oauth2 {\n %s\n}"
	complete := "client_id = \"id\"\n client_secret = \"s\"\n token_url = \"http://t.test\"\n"
	tests := []struct{ body, want string }{
		{"basic_auth {\n password = \"p\"\n password_file = \"f\"\n}", "4:18: basic_auth: password_file cannot be combined with password"},
		{"authorization {\n credentials = \"c\"\n credentials_file = \"f\"\n}", "credentials_file cannot be combined with credentials"},
		{"authorization {\n type = \" Basic\"\n}", "use the block basic_auth"},
		{"authorization {\n credential = \"c\"\n}", `unknown attribute "credential"`},
		{"basic_auth { }\nbasic_auth { }", `block "basic_auth" is given twice`},
		{"enable_http_2 = true", `unknown attribute "enable_http_2"`},
		{fmt.Sprintf(oauth2, ""), "client_id must be given"},
		{fmt.Sprintf(oauth2, `client_id = "i"`), "client_secret must be given"},
		{fmt.Sprintf(oauth2, "client_id = \"i\"\n client_secret = \"s\""), "token_url must be given"},
		{fmt.Sprintf(oauth2, complete+`client_secret_file = "f"`), "client_secret_file cannot be combined with client_secret"},
		{fmt.Sprintf(oauth2, complete+"scopes = [\"a\"]\n endpoint_params = {scope = \"b\"}"), "endpoint_params cannot contain"},
		{fmt.Sprintf(oauth2, complete+`no_proxy = "a"`), "no_proxy needs proxy_url"},
		{fmt.Sprintf(oauth2, complete+"tls_config {\n min_version = \"TLS14\"\n}"), `unknown TLS version "TLS14"`},
		{"tls_config {\n ca_pem = \"c\"\n ca_file = \"f\"\n}", "ca_file cannot be combined with ca_pem"},
		{"tls_config {\n cert_pem = \"c\"\n cert_file = \"f\"\n}", "cert_file cannot be combined with cert_pem"},
		{"tls_config {\n key_pem = \"c\"\n key_file = \"f\"\n}", "key_file cannot be combined with key_pem"},
		{"tls_config {\n cert_pem = \"c\"\n}", "cert_pem needs a key"},
		{"tls_config {\n cert_file = \"c\"\n}", "cert_file needs a key"},
		{"tls_config {\n key_pem = \"c\"\n}", "key_pem needs a certificate"},
		{"tls_config {\n key_file = \"c\"\n}", "key_file needs a certificate"},
		{"tls_config {\n min_version = \"\"\n}", `unknown TLS version ""`},
		{"tls_config {\n min_version = \"tls12\"\n}", `unknown TLS version "tls12"`},
		{"tls_config {\n min_version = \"1.2\"\n}", `unknown TLS version "1.2"`},
		{"proxy_connect_header = {a = [\"b\"]}", "proxy_connect_header needs a proxy"},
		{"proxy_from_environment = true\nproxy_url = \"http://p.test\"", "proxy_url cannot be combined with proxy_from_environment"},
		{"proxy_from_environment = true\nno_proxy = \"a\"", "no_proxy cannot be combined with proxy_from_environment"},
		{`no_proxy = "a"`, "no_proxy needs proxy_url"},
		{`proxy_url = "ftp://p.test"`, `proxy_url has the scheme "ftp"`},
		{`proxy_url = "http://"`, "proxy_url has no host"},
		{`bearer_token = "hunter2\n"`, "2:1: client: bearer_token has characters that a header cannot have"},
		{"authorization {\n credentials = \"hunter2\\r\"\n}", "credentials has characters that a header cannot have"},
		{"authorization {\n type = \"a\\nb\"\n}", "type has characters that a header cannot have"},
		{"proxy_url = \"http://p.test\"\nproxy_connect_header = {a = [\"hunter2\\n\"]}", `proxy_connect_header has a value for "a" with characters`},
		{`proxy_url = "http://u:hunter2@%zz"`, "proxy_url is not a valid URL"},
	}
	for _, tt := range tests {
		err := decode(t, tt.body, new(Config))
		if err == nil {
			t.Errorf("%s is accepted", tt.body)
			continue
		}
		text := river.Explain(err)
		if !strings.Contains(text, tt.want) {
			t.Errorf("%s\n got %s\nwant %q", tt.body, text, tt.want)
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s: the error shows the password: %s", tt.body, text)
		}
	}
}

func TestAcceptedSettings(t *testing.T) {
	for _, body := range []string{
		"",
		"tls_config { }",
		"tls_config {\n cert_pem = \"c\"\n key_file = \"f\"\n}",
		"tls_config {\n min_version = \"TLS10\"\n}",
		"tls_config {\n min_version = \"TLS11\"\n}",
		"tls_config {\n min_version = \"TLS12\"\n}",
		"tls_config {\n min_version = \"TLS13\"\n}",
		"proxy_url = \"http://p.test\"\nno_proxy = \"a,10.0.0.0/8\"\nproxy_connect_header = {a = [\"b\"]}",
		"proxy_from_environment = true\nproxy_connect_header = {a = [\"b\"]}",
	} {
		c := mustDecode(t, body)
		if !c.FollowRedirects || !c.EnableHTTP2 {
			t.Errorf("%s: got %+v, want follow_redirects and enable_http2 on", body, c)
		}
	}
}

func TestPhlareSpellings(t *testing.T) {
	tests := []struct {
		body  string
		http2 bool
		err   string
	}{
		{"", true, ""},
		{"enable_http2 = false", false, ""},
		{"enable_http_2 = false", false, ""},
		{"enable_http_2 = true", true, ""},
		{"enable_http2 = true\nenable_http_2 = true", false, "another spelling"},
		{"authorization {\n credential = \"c\"\n}", true, ""},
		{"authorization {\n credential = \"c\"\n credentials = \"c\"\n}", false, "another spelling"},
		{"authorization {\n credential = \"c\"\n credentials_file = \"f\"\n}", false, "cannot be combined with credential"},
	}
	for _, tt := range tests {
		p := new(Phlare)
		err := decode(t, tt.body, p)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: got %v, want %q", tt.body, err, tt.err)
			}
			continue
		}
		if err != nil || p.Config().EnableHTTP2 != tt.http2 {
			t.Errorf("%s: got %v and HTTP/2 %v, want %v", tt.body, err, p.Config().EnableHTTP2, tt.http2)
		}
	}
	p := new(Phlare)
	if err := decode(t, "authorization {\n credential = \"c\"\n}", p); err != nil || p.Config().Authorization.Credentials != "c" {
		t.Errorf("credential: got %v, %+v", err, p.Config().Authorization)
	}
}

// TestPhlareShowsTheSpellingThatIsInForce: the page's, unless the other one is given.
func TestPhlareShowsTheSpellingThatIsInForce(t *testing.T) {
	for body, want := range map[string][2]any{
		"": {true, nil}, "enable_http_2 = false": {false, nil}, "enable_http2 = false": {nil, false},
	} {
		p := new(Phlare)
		if err := decode(t, body, p); err != nil {
			t.Fatal(err)
		}
		shown := river.Describe(p, func(any) string { return "" })
		if got := [2]any{shown["enable_http_2"], shown["enable_http2"]}; got != want {
			t.Errorf("%q: got %v, want %v", body, got, want)
		}
	}
}

func TestHeadersThatCannotBeSent(t *testing.T) {
	for _, tt := range []struct {
		headers map[string]string
		want    string // empty when they are taken
	}{
		{map[string]string{"X-Key": "v", "Host": "api.test:80"}, ""},
		{map[string]string{"Host": "a b"}, `headers has a value for "Host" that is no host`},
		{map[string]string{"a b": "v"}, `"a b", which is not a valid header name`},
		{map[string]string{"X-Key": "hunter2\n"}, `a value for "X-Key" with characters`},
		{map[string]string{"X-Key": "a", "x-key": "b"}, `"X-Key" and "x-key", which are the same header`},
	} {
		err := CheckHeaders("headers", tt.headers)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.headers, err, tt.want)
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%v: the value is shown: %v", tt.headers, err)
		}
	}
}

func TestSetHeaders(t *testing.T) {
	header := http.Header{"Content-Type": {"a"}, "X-Own": {"b"}}
	host := SetHeaders(header, map[string]string{"content-type": "c", "hOST": "api.test"})
	want := http.Header{"Content-Type": {"c"}, "X-Own": {"b"}}
	if host != "api.test" || !reflect.DeepEqual(header, want) {
		t.Errorf("got %q and %v, want api.test and %v", host, header, want)
	}
}
