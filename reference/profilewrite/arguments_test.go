package profilewrite

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// authMethods are the ways to authenticate, of which one endpoint may have at most one.
var authMethods = []struct{ name, text string }{
	{"basic_auth", "basic_auth {\n username = \"u\"\n}"},
	{"authorization", "authorization {\n credentials = \"c\"\n}"},
	{"oauth2", "oauth2 {\n client_id = \"id\"\n client_secret = \"s\"\n token_url = \"http://tokens.test/token\"\n}"},
	{"bearer_token", `bearer_token = "t"`},
	{"bearer_token_file", `bearer_token_file = "/t"`},
}

func TestAuthMethodsExcludeEachOther(t *testing.T) {
	phlare := func(body string) error {
		_, err := decode(t, Phlare(), "endpoint {\n url = \"http://api.test\"\n http_client_config {\n"+body+"\n}\n}")
		return err
	}
	pyroscope := func(body string) error {
		_, err := decode(t, Pyroscope(), "endpoint {\n url = \"http://api.test\"\n"+body+"\n}")
		return err
	}
	for name, load := range map[string]func(string) error{"phlare": phlare, "pyroscope": pyroscope} {
		for i, a := range authMethods {
			if err := load(a.text); err != nil {
				t.Errorf("%s: %s alone: %v", name, a.name, err)
			}
			for _, b := range authMethods[i+1:] {
				err := load(a.text + "\n" + b.text)
				want := fmt.Sprintf("%s cannot be combined with %s", b.name, a.name)
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: got %v, want %q", name, err, want)
				}
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	args, err := decode(t, Pyroscope(), "endpoint {\n url = \"http://api.test\"\n}")
	if err != nil {
		t.Fatal(err)
	}
	e := args.(*PyroscopeArguments).Endpoints[0]
	if e.RemoteTimeout != 10*time.Second || e.MinBackoff != 500*time.Millisecond || e.MaxBackoff != 5*time.Minute ||
		e.MaxRetries != 10 || !e.RetryOnHTTP429 || !e.HTTP.FollowRedirects || !e.HTTP.EnableHTTP2 {
		t.Errorf("pyroscope.write: got %+v", e)
	}
	args, err = decode(t, Phlare(), "endpoint {\n url = \"http://api.test\"\n}")
	if err != nil {
		t.Fatal(err)
	}
	if e := args.(*PhlareArguments).Endpoints[0]; e.RemoteTimeout != 30*time.Second || !e.HTTP.Config().EnableHTTP2 {
		t.Errorf("phlare.write: got %+v", e)
	}
}

func TestRefusedArguments(t *testing.T) {
	endpoint := func(more string) string { return "endpoint {\n url = \"http://api.test\"\n" + more + "\n}" }
	both := []struct{ body, want string }{
		{"endpoint { }", `attribute "url" is missing`},
		{"endpoint {\n url = \"justtext\"\n}", "3:8"},
		{"endpoint {\n url = \"\"\n}", "url must be given"},
		{"endpoint {\n url = \"http://\"\n}", "url has no host"},
		{"endpoint {\n url = \"http://u:hunter2@a b\"\n}", "url is not a valid URL"},
		{endpoint(`remote_timeout = "0s"`), "test.river:4:18: endpoint: remote_timeout must be more than 0"},
		{endpoint(`remote_timeout = "x"`), "not a duration"},
		{endpoint(`headers = {"a b" = "c"}`), "not a valid header name"},
		{endpoint(`headers = {"a" = "b\nc"}`), "characters that a header cannot have"},
		{endpoint(`headers = {"x-a" = "1", "X-A" = "2"}`), "are the same header"},
		{`external_labels = {"a" = ["b"]}`, "expected a string"},
		{`external_labels = {"" = "b"}`, "label without a name"},
		{endpoint(`name = "n"`) + "\n" + endpoint(`name = "n"`), `test.river:8:8: `},
		{"basic_auth { }", `unknown block "basic_auth"`},
	}
	phlare := append(both[:len(both):len(both)], []struct{ body, want string }{
		{endpoint(`min_backoff_period = "1s"`), `unknown attribute "min_backoff_period"`},
		{endpoint(`max_backoff_period = "1s"`), `unknown attribute "max_backoff_period"`},
		{endpoint(`max_backoff_retries = 1`), `unknown attribute "max_backoff_retries"`},
		{endpoint(`bearer_token = "t"`), `unknown attribute "bearer_token"`},
		{endpoint("http_client_config { }\nhttp_client_config { }"), "given twice"},
	}...)
	pyroscope := append(both[:len(both):len(both)], []struct{ body, want string }{
		{endpoint(`min_backoff_period = "abc"`), "not a duration"},
		{endpoint(`max_backoff_period = "abc"`), "not a duration"},
		{endpoint(`max_backoff_retries = "abc"`), "expected a number"},
		{endpoint(`min_backoff_period = "0s"`), "min_backoff_period must be more than 0"},
		{endpoint(`max_backoff_period = "1ms"`), "max_backoff_period 1ms is below min_backoff_period 500ms"},
		{endpoint(`max_backoff_retries = -1`), "max_backoff_retries must be 0"},
		{endpoint("http_client_config { }"), `unknown block "http_client_config"`},
		{endpoint("enable_http_2 = true"), `unknown attribute "enable_http_2"`},
	}...)
	for i, tests := range [][]struct{ body, want string }{phlare, pyroscope} {
		d := Phlare()
		if i == 1 {
			d = Pyroscope()
		}
		for _, tt := range tests {
			_, err := decode(t, d, tt.body)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %s\n got %v\nwant %q", d.Name, tt.body, err, tt.want)
			}
		}
	}
}
