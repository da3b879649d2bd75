package sabotage

import (
	"strings"
	"testing"
)

const example = `prometheus.scrape "app" {
	targets    = []
	forward_to = [prometheus.remote_write.m.receiver]
}

prometheus.remote_write "m" {
	endpoint {
		url          = "http://one"
		bearer_token = "t"

		tls_config {
			ca_pem = "x"
		}
	}

	endpoint {
		url = "http://two"

		queue_config {
			min_backoff          = "100ms"
			max_samples_per_send = 7
			retry_on_http_429    = true
		}
	}
}

pyroscope.write "p" {
	endpoint {
		url = "http://three"
	}
}

phlare.write "q" {
	endpoint {
		url = "http://four"
	}
}
`

func TestConfigEdits(t *testing.T) {
	for _, c := range []struct {
		act     string
		touched int
		has     []string // lines, blanks aside
		lacks   []string
	}{
		{act: "forgets:tls_config", touched: 1, lacks: []string{"tls_config {", `ca_pem = "x"`}},
		{act: "forgets:endpoint.url", touched: 4, lacks: []string{`url = "http://one"`, `url = "http://four"`}},
		{act: "forgets:config.ca_pem", touched: 0, has: []string{`ca_pem = "x"`}},
		{act: `sets:queue_config.min_backoff="9s"`, touched: 1, has: []string{`min_backoff = "9s"`}},
		{act: "sets:queue_config.max_shards=3", touched: 1, has: []string{"max_shards = 3"}},
		{act: "sets:pyroscope.write.endpoint.max_backoff_retries=1", touched: 1, has: []string{"max_backoff_retries = 1"}},
		{act: "sets:follow_redirects=false", touched: 5, has: []string{"follow_redirects = false", "http_client_config {"}},
		{act: `sets:job_name="x"`, touched: 0, lacks: []string{`job_name = "x"`}},
		{act: "renames:remote_write.endpoint.url=uri", touched: 2, has: []string{`uri = "http://one"`, `url = "http://three"`}},
		{act: "first-endpoint-only", touched: 1, has: []string{`url = "http://one"`}, lacks: []string{`url = "http://two"`}},
		{act: "forgets-auth", touched: 1, lacks: []string{`bearer_token = "t"`}},
		{act: "skips-verification", touched: 1, has: []string{"insecure_skip_verify = true"}},
		{act: "trusts-nobody", touched: 1, has: []string{"tls_config { }"}, lacks: []string{`ca_pem = "x"`}},
		{act: "old-tls", touched: 1, has: []string{`min_version = "TLS10"`}},
		{act: "ignores-proxy", touched: 0},
		{act: "constant-backoff", touched: 3, has: []string{`max_backoff = "100ms"`, `max_backoff = "30ms"`, `max_backoff_period = "500ms"`}},
		{act: "slow-backoff", touched: 3, has: []string{`min_backoff = "200ms"`, `min_backoff = "60ms"`, `min_backoff_period = "1s"`}},
		{act: "uncapped-backoff", touched: 3, has: []string{`max_backoff = "1000h0m0s"`, `max_backoff_period = "1000h0m0s"`}},
		{act: "retries-once", touched: 1, has: []string{"max_backoff_retries = 1"}},
		{act: "ignores-retry-limit", touched: 1, has: []string{"max_backoff_retries = 0"}},
		{act: "flips-429", touched: 3, has: []string{"retry_on_http_429 = false", "retry_on_http_429 = true"}},
		{act: "overfills-batches", touched: 2, has: []string{"max_samples_per_send = 70", "max_samples_per_send = 5000", "capacity = 5000"}},
		{act: "underfills-batches", touched: 2, has: []string{"max_samples_per_send = 1"}},
		{act: "late-batches", touched: 2, has: []string{`batch_send_deadline = "15s"`}},
		{act: "one-shard", touched: 2, has: []string{"max_shards = 1"}},
		{act: "never-truncates", touched: 1, has: []string{`truncate_frequency = "10000h0m0s"`}},
		{act: "truncates-eagerly", touched: 1, has: []string{`truncate_frequency = "10m0s"`, `max_keepalive_time = "1m0s"`}},
		{act: "slow-scrapes", touched: 1, has: []string{`scrape_interval = "2m0s"`}},
	} {
		act, err := Parse(c.act)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(string(act.Config("config.river", []byte(example)))), " ")
		if act.Touched() != c.touched {
			t.Errorf("%s: touched %d, want %d", c.act, act.Touched(), c.touched)
		}
		for _, text := range c.has {
			if !strings.Contains(got, text) {
				t.Errorf("%s: %q is missing in %s", c.act, text, got)
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(got, text) {
				t.Errorf("%s: %q is still in %s", c.act, text, got)
			}
		}
	}
}

func TestConfigThatIsNoRiverIsLeftAlone(t *testing.T) {
	act, err := Parse("forgets-auth")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(act.Config("config.river", []byte("a = {"))); got != "a = {" || act.Touched() != 0 {
		t.Errorf("got %q, touched %d", got, act.Touched())
	}
}
