package sabotage

import (
	"os"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// inlined are the settings that name a file, with those that hold the same as text.
var inlined = map[string]string{
	"bearer_token_file": "bearer_token", "password_file": "password", "credentials_file": "credentials", "client_secret_file": "client_secret",
	"ca_file": "ca_pem", "cert_file": "cert_pem", "key_file": "key_pem",
}

// readOnce puts what the files hold now in the place of their names. A file that cannot be read stays named.
func readOnce(file *river.File) int {
	n := 0
	for _, p := range places(file) {
		a, ok := p.statement.(*river.Attribute)
		if !ok || inlined[a.Name.Text] == "" {
			continue
		}
		v, err := river.Constant(a.Value)
		path, isText := v.(string)
		if err != nil || !isText {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		a.Name, a.Value = river.Name{Text: inlined[a.Name.Text]}, river.NewString(strings.TrimSpace(string(text)))
		n++
	}
	return n
}
