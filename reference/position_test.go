package reference_test

import (
	"strings"
	"testing"
)

// TestUnusableFilesAreNamedAtTheirPlace builds each component with an authority that does not exist: the message has the
// position of the attribute, however deep it lies.
func TestUnusableFilesAreNamedAtTheirPlace(t *testing.T) {
	const tls = "tls_config {\nca_file = \"/nowhere/ca.pem\"\n}\n"
	const nested = "http_client_config {\n" + tls + "}\n"
	const oauth2 = "oauth2 {\nclient_id = \"i\"\nclient_secret = \"hunter2\"\ntoken_url = \"http://t.test\"\n" + tls + "}\n"
	endpoint := func(body string) string { return "endpoint {\nurl = \"http://a.test\"\n" + body + "}\n" }
	scrape := func(body string) string { return "targets = []\nforward_to = []\n" + body }
	for _, tt := range []struct{ component, body, place string }{
		{"prometheus.remote_write", endpoint("") + endpoint(tls), "8:11"},
		{"prometheus.remote_write", endpoint(oauth2), "9:11"},
		{"pyroscope.write", endpoint("name = \"x\"\n") + endpoint(tls), "9:11"},
		{"phlare.write", endpoint(nested), "6:11"},
		{"prometheus.scrape", scrape(tls), "5:11"},
		{"pyroscope.scrape", scrape(oauth2), "9:11"},
		{"phlare.scrape", scrape(nested), "6:11"},
	} {
		config := tt.component + " \"x\" {\n" + tt.body + "}\n"
		_, stderr, err := run([]string{"validate", "-"}, config)
		want := "<stdin>:" + tt.place + ": " + tt.component + ".x: ca_file cannot be read: open /nowhere/ca.pem"
		if err == nil || !strings.HasPrefix(stderr, want) || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s\ngot  %v and\n%s\nwant %s", config, err, stderr, want)
		}
	}
}
