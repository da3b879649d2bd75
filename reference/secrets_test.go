package reference_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/reference"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// canary is what every secret of these tests begins with, so that a part of one is found too.
const canary = "hush_hush"

// placed are the ways to give a secret to an HTTP client, by the argument that holds it; %[1]s stands for the canary,
// %[2]s for a file with it. TestEverySecretIsPlaced says when one is missing.
var placed = map[string]string{
	"bearer_token":                `bearer_token = "%[1]s"`,
	"bearer_token_file":           `bearer_token_file = "%[2]s"`,
	"basic_auth.password":         "basic_auth {\n username = \"user\"\n password = \"%[1]s\"\n}",
	"basic_auth.password_file":    "basic_auth {\n username = \"user\"\n password_file = \"%[2]s\"\n}",
	"authorization.credentials":   "authorization {\n credentials = \"%[1]s\"\n}",
	"authorization type":          "authorization {\n type = \"Token\"\n credentials = \"%[1]s\"\n}",
	"authorization file":          "authorization {\n credentials_file = \"%[2]s\"\n}",
	"proxy_connect_header":        "proxy_url = \"http://proxy\"\nproxy_connect_header = {\"X-Pass\" = [\"%[1]s\"], \"X-More\" = [\"Custom %[1]s\"]}",
	"proxy_url":                   `proxy_url = "http://user:%[1]s@proxy"`,
	"proxy environment":           "proxy_from_environment = true",
	"env":                         `bearer_token = env("HUSH")`,
	"tls_config.key_pem":          "tls_config {\n insecure_skip_verify = true\n cert_pem = `%[3]s`\n key_pem = `%[4]s`\n}",
	"oauth2.client_secret":        "oauth2 {\n client_id = \"id\"\n client_secret = \"%[1]s\"\n token_url = \"http://token/\"\n}",
	"oauth2 file":                 "oauth2 {\n client_id = \"id\"\n client_secret_file = \"%[2]s\"\n token_url = \"http://user:%[1]s-url@token/?token=%[1]s-query\"\n}",
	"oauth2 params":               "oauth2 {\n client_id = \"id\"\n client_secret = \"%[1]s\"\n token_url = \"http://token/\"\n endpoint_params = {client_assertion = \"%[1]s-assertion\"}\n}",
	"oauth2.proxy_connect_header": "oauth2 {\n client_id = \"id\"\n client_secret = \"%[1]s\"\n token_url = \"https://token/\"\n proxy_url = \"http://user:%[1]s-proxy@proxy\"\n proxy_connect_header = {\"X-Pass\" = [\"%[1]s-header\"]}\n}",
	"oauth2.tls_config.key_pem":   "oauth2 {\n client_id = \"id\"\n client_secret = \"%[1]s\"\n token_url = \"https://token/\"\n tls_config {\n insecure_skip_verify = true\n cert_pem = `%[3]s`\n key_pem = `%[4]s`\n}\n}",
}

// TestEverySecretIsPlaced compares the table above with the secret arguments that there are.
func TestEverySecretIsPlaced(t *testing.T) {
	inClient := regexp.MustCompile(`^(endpoint\.)?(http_client_config\.)?`)
	for _, d := range reference.Components() {
		for _, path := range secretPaths(reflect.TypeOf(d.Arguments()), "") {
			name := inClient.ReplaceAllString(path, "")
			if name == "authorization.credential" { // the phlare pages' spelling, see placement.text
				name = "authorization.credentials"
			}
			if placed[name] == "" {
				t.Errorf("%s has the secret argument %s, which the test of canaries does not give", d.Name, path)
			}
		}
	}
}

var secretType = reflect.TypeFor[river.Secret]()

// secretPaths lists the arguments that hold secrets, as they are written.
func secretPaths(t reflect.Type, path string) (paths []string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return secretPaths(t.Elem(), path)
	case reflect.String:
		if t == secretType {
			return []string{strings.TrimPrefix(path, ".")}
		}
	case reflect.Struct:
		for f := range t.Fields() {
			tag, tagged := f.Tag.Lookup("river")
			if !tagged {
				continue
			}
			inner := path
			if name, _, _ := strings.Cut(tag, ","); name != "" {
				inner += "." + name
			}
			paths = append(paths, secretPaths(f.Type, inner)...)
		}
	}
	return paths
}

// configuration gives every component every secret: each in a scraper, or in an endpoint, of its own. All of them have to do
// with the hosts of a hostileWorld.
func configuration(t *testing.T) string {
	ca, err := certs.New("hush")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Client("hush")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(canary+"-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var text, metrics, profiles, phlare strings.Builder
	for i, name := range slices.Sorted(maps.Keys(placed)) {
		settings := placed[name]
		for from, to := range map[string]string{
			"%[1]s": fmt.Sprintf("%s-%d", canary, i), "%[2]s": file, "%[3]s": string(pair.CertPEM), "%[4]s": string(pair.KeyPEM),
		} {
			settings = strings.ReplaceAll(settings, from, to)
		}
		scheme := "http"
		if strings.Contains(name, "tls_config") || strings.HasPrefix(name, "proxy_connect") {
			scheme = "https"
		}
		page := fmt.Sprintf("scheme = %q\n targets = [{\"__address__\" = \"target\", \"__param_token\" = \"%s-label\"}]\n params = {api_key = [\"%s-param\"]}\n", scheme, canary, canary)
		fmt.Fprintf(&text, "prometheus.scrape \"s%d\" {\n %s forward_to = [prometheus.remote_write.all.receiver]\n scrape_interval = \"10s\"\n %s\n}\n", i, page, settings)
		fmt.Fprintf(&text, "pyroscope.scrape \"s%d\" {\n %s forward_to = [pyroscope.write.all.receiver]\n scrape_interval = \"10s\"\n %s\n %s\n}\n", i, page, onlyMemory, settings)
		fmt.Fprintf(&text, "phlare.scrape \"s%d\" {\n %s forward_to = [phlare.write.all.receiver]\n scrape_interval = \"10s\"\n %s\n http_client_config {\n %s\n }\n}\n", i, page, onlyMemory,
			strings.ReplaceAll(settings, "credentials =", "credential ="))
		endpoint := fmt.Sprintf("name = \"e%d\"\n url = \"%s://target/push?token=%s-url\"\n remote_timeout = \"5s\"\n headers = {\"X-Vault\" = \"%s-vault\", \"Cookie\" = \"id=%s-cookie\"}\n",
			i, scheme, canary, canary, canary)
		fmt.Fprintf(&metrics, "endpoint {\n %s %s\n queue_config {\n min_backoff = \"1s\"\n }\n}\n", endpoint, settings)
		fmt.Fprintf(&profiles, "endpoint {\n %s %s\n max_backoff_period = \"5s\"\n}\n", endpoint, settings)
		fmt.Fprintf(&phlare, "endpoint {\n %s http_client_config {\n %s\n }\n}\n", endpoint, settings)
	}
	user := fmt.Sprintf("endpoint {\n url = \"http://user:%s-userinfo@target/push\"\n}\nendpoint {\n url = \"http://target/push\"\n headers = {\"Authorization\" = \"Custom %s-own\"}\n}\n", canary, canary)
	fmt.Fprintf(&text, "prometheus.remote_write \"all\" {\n%s%s}\n", user, metrics.String())
	fmt.Fprintf(&text, "pyroscope.write \"all\" {\n%s%s}\n", user, profiles.String())
	fmt.Fprintf(&text, "phlare.write \"all\" {\n%s%s}\n", user, phlare.String())
	// These two work, so that there is something to push.
	fmt.Fprintf(&text, "prometheus.scrape \"good\" {\n targets = [{\"__address__\" = \"good\"}]\n scrape_interval = \"10s\"\n forward_to = [prometheus.remote_write.all.receiver]\n}\n")
	fmt.Fprintf(&text, "pyroscope.scrape \"good\" {\n targets = [{\"__address__\" = \"good\"}]\n %s\n scrape_interval = \"10s\"\n forward_to = [pyroscope.write.all.receiver, phlare.write.all.receiver]\n}\n", onlyMemory)
	return text.String()
}

const onlyMemory = `profiling_config {
    profile.block { enabled = false }
    profile.goroutine { enabled = false }
    profile.mutex { enabled = false }
    profile.process_cpu { enabled = false }
  }`

// output takes everything that an agent says.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// take returns what was written, and forgets it.
func (o *output) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.text.Reset()
	return o.text.String()
}

// traces are what tells of a canary: a part of it, and its Base64 at each of the three places in a group of four characters.
var traces = func() []string {
	traces := []string{canary[:7], "PRIVATE KEY"}
	for before := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + canary[:9]))
		traces = append(traces, text[4:12])
	}
	return traces
}()

// expectSilence looks for canaries and keys in what was shown somewhere.
func expectSilence(t *testing.T, where, text string) {
	t.Helper()
	for _, trace := range traces {
		if at := strings.Index(text, trace); at >= 0 {
			t.Errorf("%s shows a secret: ...%s", where, text[max(0, at-200):min(len(text), at+100)])
			return
		}
	}
}

// TestCanariesAreNoticed shows that the search can fail.
func TestCanariesAreNoticed(t *testing.T) {
	for _, user := range []string{"", "u", "us", "use"} {
		text := base64.StdEncoding.EncodeToString([]byte(user + ":" + canary + "-17"))
		if !slices.ContainsFunc(traces, func(trace string) bool { return strings.Contains(text, trace) }) {
			t.Errorf("%s is not noticed", text)
		}
	}
}

// TestNoSecretIsEverShown runs an agent with a canary in every secret field in a world in which everything goes wrong in every
// way, and looks for them in all that the agent says.
func TestNoSecretIsEverShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world := newHostileWorld(t)
		log, storage := &output{}, t.TempDir()
		h := startWith(t, configuration(t), reference.Config{
			StoragePath: storage, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Getenv: world.getenv,
		}, world.network)
		for i, way := range ways {
			world.turn(way)
			time.Sleep(11 * time.Second)
			lines := log.take()
			if !strings.Contains(lines, "level=") {
				t.Errorf("%s: nothing was logged, so nothing was seen", way.name)
			}
			expectSilence(t, way.name+": the log", lines)
			for _, path := range shownPaths(h, i%7 == 0) {
				_, text := h.ask("GET", path)
				expectSilence(t, way.name+": "+path, text)
			}
		}
		world.expectTold(t)
		h.stop()
		expectSilence(t, "stopping: the log", log.take())
		expectNothingStored(t, storage)
		world.stop()
	})
}

// shownPaths are what a person or a program may look at. The pages of single components say the same as the JSON of all, so
// they are looked at now and then.
func shownPaths(h *harness, pages bool) []string {
	paths := []string{"/metrics", "/api/v0/components"}
	if !pages {
		return paths
	}
	paths = append(paths, "/", "/components", "/-/healthy", "/-/ready", "/debug/pprof/goroutine?debug=2")
	_, list := h.ask("GET", "/components")
	for _, link := range regexp.MustCompile(`href="(/components/[^"]+[.](all|s0|s9))"`).FindAllStringSubmatch(list, -1) {
		paths = append(paths, link[1])
	}
	return paths
}

func expectNothingStored(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		expectSilence(t, path, string(text))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// mistakes are what people do to the line that holds a secret.
var mistakes = map[string]func(line string) string{
	"something behind it":  func(line string) string { return line + " oops" },
	"no end of the string": func(line string) string { return strings.TrimRight(line, "\"}] `") },
	"unknown argument":     func(line string) string { return "x" + line },
	"no equals sign":       func(line string) string { return strings.Replace(line, "=", " ", 1) },
	"a list of it":         func(line string) string { return strings.Replace(line, "= ", "= [", 1) + "]" },
	"a sum with a number":  func(line string) string { return line + " + 1" },
	"a number before":      func(line string) string { return strings.Replace(line, "= ", "= 1 + ", 1) },
	"an unknown function":  func(line string) string { return strings.Replace(line, "= ", "= nope(", 1) + ")" },
	"a wrong function":     func(line string) string { return strings.Replace(line, "= ", "= json_decode(", 1) + ")" },
	"a field of it":        func(line string) string { return line + ".field" },
	"an index":             func(line string) string { return line + "[0]" },
	"a minus":              func(line string) string { return strings.Replace(line, "= ", "= -", 1) },
	"twice":                func(line string) string { return line + "\n" + line },
	"a line break in it":   func(line string) string { return strings.Replace(line, canary, canary+`\n`, 1) },
	"a bad escape in it":   func(line string) string { return strings.Replace(line, canary, canary+`\q`, 1) },
	"no scheme":            func(line string) string { return strings.Replace(line, "http://", "", 1) },
	"a slash in it":        func(line string) string { return strings.Replace(line, canary, canary+`/`+canary, 1) },
	"a space in it":        func(line string) string { return strings.Replace(line, canary, "x "+canary, 1) },
	"a wrong scheme":       func(line string) string { return strings.Replace(line, "http://", "htp://", 1) },
	"another duration": func(line string) string {
		return regexp.MustCompile(`\w+ = "http`).ReplaceAllString(line, `remote_timeout = "http`)
	},
	"as a block": func(line string) string { return strings.Replace(line, "=", "{", 1) + "}" },
	"as a label": func(line string) string {
		return regexp.MustCompile(`\w+ = "`).ReplaceAllString(line, `tls_config "`) + " { }"
	},
	"as a comparison":   func(line string) string { return line + ` == 3 > "a"` },
	"as a name":         func(line string) string { return regexp.MustCompile(`"([^"]*)"`).ReplaceAllString(line, "$1") },
	"as a key":          func(line string) string { return strings.Replace(line, "= ", "= {", 1) + " = 1}" },
	"as a string twice": func(line string) string { return line + ` "` + canary + `"` },
}

// TestNoMistakeShowsASecret makes every mistake in every line that holds a secret.
func TestNoMistakeShowsASecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := smallConfiguration
		log := &output{}
		h := startWith(t, good, reference.Config{StoragePath: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))}, newNetwork())
		lines, refused := strings.Split(good, "\n"), 0
		for i, line := range lines {
			if !strings.Contains(line, canary) {
				continue
			}
			for name, mistake := range mistakes {
				changed := slices.Clone(lines)
				if changed[i] = mistake(line); changed[i] == line {
					continue
				}
				h.text = strings.Join(changed, "\n")
				where := fmt.Sprintf("%s: %s", name, changed[i])
				status, text := h.ask("POST", "/-/reload")
				if status == 400 {
					refused++
				}
				expectSilence(t, where+": the answer", text)
				_, text = h.ask("GET", "/-/healthy")
				expectSilence(t, where+": the health", text)
				_, text = h.ask("GET", "/components")
				expectSilence(t, where+": the page", text)
				expectSilence(t, where+": the log", log.take())
			}
		}
		if refused < 200 {
			t.Errorf("only %d configurations were refused", refused)
		}
		h.stop()
	})
}

// smallConfiguration has a secret in each form once, in lines of its own.
const smallConfiguration = `
prometheus.remote_write "a" {
  endpoint {
    url = "http://user:` + canary + `@target/push?token=` + canary + `"
    bearer_token = "` + canary + `"
    proxy_url = "http://user:` + canary + `@proxy"
    proxy_connect_header = {"X-Pass" = ["` + canary + `"]}
    headers = {"X-Vault" = "` + canary + `"}
  }
  endpoint {
    url = "http://target/push"
    basic_auth {
      password = "` + canary + `"
    }
  }
  endpoint {
    url = "http://target/other"
    authorization {
      credentials = "` + canary + `"
    }
  }
  endpoint {
    url = "http://target/more"
    oauth2 {
      client_id = "id"
      client_secret = "` + canary + `"
      token_url = "http://user:` + canary + `@token/"
      endpoint_params = {password = "` + canary + `"}
    }
  }
}
phlare.scrape "a" {
  targets = []
  forward_to = []
  params = {token = ["` + canary + `"]}
  http_client_config {
    authorization {
      credential = "` + canary + `"
    }
  }
}
`
