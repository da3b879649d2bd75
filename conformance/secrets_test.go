package conformance

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// Every place for a secret holds one that begins with canary; the one in base64 is u:canary-password.
const secretScenario = `# Secrets go to the server and nowhere else.
clause X-PUSH
needs pyroscope.scrape pyroscope.write
killed by forgets-auth
each auth = bearer, file, basic, authorization, header, raw, oauth2, wrong

fake pprof app
fake pyroscope s
fake pyroscope tls tls=good client-cert=required
write token token
start agent config.river
[!auth=oauth2] wait s profiles * >= 1 within 1m
[auth=oauth2] wait app requests >= 1 within 1m

check app method = GET
[auth=bearer] check s header Authorization = "Bearer canary-bearer" X-PUSH
[auth=file] check s header Authorization = "Bearer canary-file" X-PUSH
[auth=basic] check s credentials = u:canary-password X-PUSH
[auth=authorization] check s header Authorization = "Token canary-credentials" X-PUSH
[auth=header] check s header Authorization = "Custom canary-header" X-PUSH
[auth=raw] check s header Authorization present X-PUSH
[auth=oauth2] check s requests = 0 X-PUSH
[auth=wrong] check s header Authorization = "Bearer canary-other" X-PUSH

-- token --
canary-file
-- auth/bearer --
bearer_token = "canary-bearer"
-- auth/file --
bearer_token_file = "{{dir}}/token"
-- auth/basic --
basic_auth {
  username = "u"
  password = "canary-password"
}
-- auth/authorization --
authorization {
  type        = "Token"
  credentials = "canary-credentials"
}
-- auth/header --
headers = {"Authorization" = "Custom canary-header"}
-- auth/oauth2 --
oauth2 {
  client_id     = "c"
  client_secret = "canary-client"
  token_url     = "http://127.0.0.1:9/token"
}
-- auth/raw --
bearer_token = ` + "`canary-raw`" + `
-- auth/wrong --
headers = {"Authorization" = "Bearer canary-wrong", "X-Again" = "canary-wrong"}
-- config.river --
pyroscope.scrape "app" {
  targets         = [{"__address__" = "{{app.addr}}"}]
  forward_to      = [pyroscope.write.p.receiver]
  scrape_interval = "1s"
  scrape_timeout  = "1s"
  profiling_config {
    profile.process_cpu {
      enabled = false
    }
  }
}

pyroscope.write "p" {
  endpoint {
    url = "{{s.url}}"
    {{auth.text}}
  }
  endpoint {
    url = "{{tls.url}}"
    tls_config {
      ca_pem   = ` + "`{{tls.ca.pem}}`" + `
      cert_pem = ` + "`{{tls.client.cert.pem}}`" + `
      key_pem  = ` + "`{{tls.client.key.pem}}`" + `
    }
  }
}
`

// secretMarks are what must not stand in anything that is shown or kept: the canaries, also as Basic credentials, and private keys.
var secretMarks = []string{"canary", "Y2FuYXJ5", "Y2FuYXJ", "PRIVATE KEY"}

func TestNoSecretIsShownOrKept(t *testing.T) {
	suite := suiteOf(t, map[string]string{"area/secret.txtar": secretScenario})
	o := options(t, suite)
	o.Keep = true
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Rejudge(suite, "test", []string{o.Folder})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]report.Verdict{}
	for _, c := range r.Cases {
		verdicts[c.ID] = c.Verdict
	}
	if verdicts["area/secret#auth=bearer"] != report.Pass || verdicts["area/secret#auth=wrong"] != report.Fail {
		t.Errorf("got %v", verdicts)
	}
	for _, c := range again.Cases {
		if c.Verdict != verdicts[c.ID] {
			t.Errorf("%s: %s, and judged again %s: %+v", c.ID, verdicts[c.ID], c.Verdict, c.Checks)
		}
	}
	for name, one := range map[string]*report.Report{"run": r, "judged again": again} {
		noSecrets(t, "report of "+name, shown(t, one))
	}
	files := 0
	err = filepath.WalkDir(o.Folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		noSecrets(t, path, data)
		return err
	})
	if err != nil || files < 2*len(r.Cases) {
		t.Errorf("%d files of evidence, %v", files, err)
	}
}

// shown is everything that a report says, as JSON and in words.
func shown(t *testing.T, r *report.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteSummary(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// noSecrets searches data, and the byte slices of a JSON document in it, for secrets.
func noSecrets(t *testing.T, where string, data []byte) {
	t.Helper()
	texts := [][]byte{data}
	var document any
	if json.Unmarshal(data, &document) == nil {
		texts = append(texts, bodies(document)...)
	}
	for _, text := range texts {
		for _, mark := range secretMarks {
			if i := bytes.Index(text, []byte(mark)); i >= 0 {
				t.Errorf("%s holds %q: ...%s...", where, mark, text[max(0, i-60):min(len(text), i+40)])
			}
		}
	}
}

// bodies are the texts of a JSON document that are bytes in base64.
func bodies(document any) [][]byte {
	var found [][]byte
	switch v := document.(type) {
	case map[string]any:
		for _, one := range v {
			found = append(found, bodies(one)...)
		}
	case []any:
		for _, one := range v {
			found = append(found, bodies(one)...)
		}
	case string:
		var raw []byte
		if text, err := json.Marshal(v); err == nil && len(v) > 32 && json.Unmarshal(text, &raw) == nil {
			found = append(found, raw)
		}
	}
	return found
}

func TestLaterEvidenceIsHiddenByItsName(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "agent.yaml")
	if err := os.WriteFile(path, []byte("basic_auth:\n  username: u\n  password: p1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := suiteOf(t, map[string]string{"area/push.txtar": quickScenario}).Scenarios[0]
	cases, err := c.Expand("virtual")
	if err != nil {
		t.Fatal(err)
	}
	if err := writeEvidence(cases[0], nil, folder); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); strings.Contains(string(text), "p1") || !strings.Contains(string(text), "username: u") {
		t.Errorf("got %s", text)
	}
}
