package sabotage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadsFilesOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`pyroscope.scrape "s" {
	bearer_token_file = %q
	tls_config {
		ca_file   = %q
		cert_file = "/no/such/file"
	}
}
`, path, path)
	act, err := Parse("reads-files-once")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(act.Config("config.river", []byte(config)))), " ")
	for _, want := range []string{`bearer_token = "first"`, `ca_pem = "first"`, `cert_file = "/no/such/file"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if act.Touched() != 2 {
		t.Errorf("touched %d, want 2", act.Touched())
	}
}
