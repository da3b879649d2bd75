package profilescrape

import (
	"fmt"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// authMethods are the ways to authenticate, of which a component may have at most one.
var authMethods = []struct{ name, text string }{
	{"basic_auth", "basic_auth {\n username = \"u\"\n}"},
	{"authorization", "authorization {\n credentials = \"c\"\n}"},
	{"oauth2", "oauth2 {\n client_id = \"id\"\n client_secret = \"s\"\n token_url = \"http://tokens.test/token\"\n}"},
	{"bearer_token", `bearer_token = "t"`},
	{"bearer_token_file", `bearer_token_file = "/t"`},
}

const required = "targets = []\nforward_to = []\n"

func TestAuthMethodsExcludeEachOther(t *testing.T) {
	phlare := func(body string) error {
		_, err := decode(t, Phlare(), nil, required+"http_client_config {\n"+body+"\n}")
		return err
	}
	pyroscope := func(body string) error {
		_, err := decode(t, Pyroscope(), nil, required+body)
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

func TestRefusedArguments(t *testing.T) {
	custom := func(label, more string) string {
		return "profile.custom \"" + label + "\" {\n enabled = true\n path = \"/x\"\n" + more + "}\n"
	}
	profiling := func(text string) string { return required + "profiling_config {\n" + text + "\n}" }
	tests := []struct{ body, want string }{
		{"forward_to = []", `attribute "targets" is missing`},
		{"targets = []", `attribute "forward_to" is missing`},
		{"targets = \"x\"\nforward_to = []", "list(map(string))"},
		{"targets = []\nforward_to = [\"x\"]", "forward_to"},
		{required + `scrape_interval = "0s"`, "test.river:4:19: "},
		{required + `scrape_timeout = "0s"`, "scrape_timeout must be more than 0"},
		{required + `scrape_interval = "1s"`, `scrape_interval 1s is too short for the profile "process_cpu"`},
		{required + `scheme = "ftp"`, "scheme must be http or https"},
		{required + "profile.memory { }", `unknown block "profile.memory"`},
		{profiling("profile.memory { }\nprofile.memory { }"), "given twice"},
		{profiling("profile.memory {\n path = \"\"\n}"), `path of the profile "memory" must not be empty`},
		{profiling("profile.custom {\n enabled = true\n path = \"/x\"\n}"), "has no label"},
		{profiling("profile.custom \"a\" {\n path = \"/x\"\n}"), `attribute "enabled" is missing`},
		{profiling("profile.custom \"a\" {\n enabled = true\n}"), `attribute "path" is missing`},
		{profiling(custom("a", "") + custom("b", "") + custom("a", "")), `test.river:13:1: profiling_config: profile.custom "a"`},
		{profiling(custom("a", "") + "profile.custom \"a\" {\n enabled = false\n path = \"/y\"\n}"), `profile.custom "a" has the label`},
		{profiling(custom("memory", "")), `profile.custom "memory" has the label of another profile`},
	}
	for _, d := range []component.Definition{Phlare(), Pyroscope()} {
		for _, tt := range tests {
			_, err := decode(t, d, river.Scope{}, tt.body)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %s\n got %v\nwant %q", d.Name, tt.body, err, tt.want)
			}
		}
	}
}

func TestRefusedByPyroscope(t *testing.T) {
	block := func(name, text string) string { return "profiling_config {\n " + name + " {\n" + text + "\n}\n}" }
	custom := "profile.custom \"block\" {\n enabled = true\n path = \"/x\"\n}\n profile.block {\n enabled = false\n}\n"
	for _, tt := range []struct{ body, want string }{
		{`delta_profiling_duration = "1s"`, "test.river:4:28: "},
		{"scrape_interval = \"14s\"\ndelta_profiling_duration = \"14s\"", "use 13s at most"},
		{block("profile.godeltaprof_memory", "enabled = true\npath = \"\""), `path of the profile "godeltaprof_memory" must not be empty`},
		{block("profile.godeltaprof_mutex", "delta = true"), `"delta"`},
		{"profiling_config {\n" + custom + "profile.godeltaprof_block {\n enabled = true\n}\n}", `profile.custom "block" has the label`},
		{"clustering { }", `attribute "enabled" is missing`},
	} {
		_, err := decode(t, Pyroscope(), river.Scope{}, required+tt.body)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n got %v\nwant %q", tt.body, err, tt.want)
		}
	}
}

func TestAcceptedArguments(t *testing.T) {
	for _, tt := range []struct {
		d    component.Definition
		body string
	}{
		{Phlare(), required + "scrape_interval = \"15s\"\nscrape_timeout = \"15s\""},
		{Phlare(), required + "http_client_config {\n enable_http_2 = false\n}"},
		{Phlare(), "targets = []\nforward_to = null"},
		{Phlare(), "targets = []\nforward_to = [null]"},
		{Pyroscope(), required + "enable_http2 = false\nfollow_redirects = false"},
		{Pyroscope(), required + "scrape_interval = \"1s\"\nprofiling_config {\n profile.process_cpu {\n delta = false\n }\n}"},
		{Pyroscope(), required + only},
		{Pyroscope(), required + "scrape_interval = \"2s\""},
		{Pyroscope(), required + "scrape_interval = \"5s\"\ndelta_profiling_duration = \"14s\"" + only},
		{Pyroscope(), required + "clustering {\n enabled = true\n}"},
	} {
		if _, err := decode(t, tt.d, river.Scope{}, tt.body); err != nil {
			t.Errorf("%s: %s: %v", tt.d.Name, tt.body, err)
		}
	}
	for _, tt := range []struct {
		d    component.Definition
		body string
	}{
		{Phlare(), "enable_http2 = true"},
		{Phlare(), `delta_profiling_duration = "10s"`},
		{Phlare(), "clustering {\n enabled = false\n}"},
		{Phlare(), "profiling_config {\n profile.godeltaprof_memory { }\n}"},
		{Pyroscope(), "http_client_config { }"},
	} {
		if _, err := decode(t, tt.d, river.Scope{}, required+tt.body); err == nil {
			t.Errorf("%s accepts %s of the other edition", tt.d.Name, tt.body)
		}
	}
}
