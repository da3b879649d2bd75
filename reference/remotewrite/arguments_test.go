package remotewrite

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

func TestDocumentedDefaults(t *testing.T) {
	queue := QueueConfig{
		Capacity: 2500, MinShards: 1, MaxShards: 200, MaxSamplesPerSend: 500, BatchSendDeadline: 5 * time.Second,
		MinBackoff: 30 * time.Millisecond, MaxBackoff: 5 * time.Second,
	}
	want := &Arguments{
		Endpoints: []Endpoint{{
			URL: "http://h/", RemoteTimeout: 30 * time.Second, SendExemplars: true, ProtobufMessage: "prometheus.WriteRequest",
			Metadata: MetadataConfig{Send: true, SendInterval: time.Minute, MaxSamplesPerSend: 500},
			HTTP:     httpclient.Config{FollowRedirects: true, EnableHTTP2: true}, Queue: queue,
		}},
		WAL: WAL{TruncateFrequency: 2 * time.Hour, MinKeepalive: 5 * time.Minute, MaxKeepalive: 8 * time.Hour},
	}
	for _, body := range []string{
		`endpoint { url = "http://h/" }`,
		"endpoint {\n url = \"http://h/\"\n queue_config { }\n metadata_config { }\n}\nwal { }",
	} {
		if got := mustArguments(t, body); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", body, got, want)
		}
	}
}

func TestRefusedArguments(t *testing.T) {
	endpoint := func(body string) string { return "endpoint {\n  url = \"http://h/\"\n  " + body + "\n}" }
	queue := func(body string) string { return endpoint("queue_config {\n    " + body + "\n  }") }
	wal := func(body string) string { return "wal {\n  " + body + "\n}" }
	tests := []struct{ body, place, want string }{
		{"endpoint { }", "2:1", `"url"`},
		{`endpoint { url = "" }`, "2:18", "url"},
		{`endpoint { url = "mimir:9009" }`, "2:18", "url"},
		{`endpoint { url = "http://" }`, "2:18", "url"},
		{`endpoint { url = "ftp://h/" }`, "2:18", "url"},
		{endpoint(`remote_timeout = "0s"`), "4:20", "remote_timeout must be more than 0, not 0s"},
		{endpoint(`headers = {"a b" = "c"}`), "4:13", `"a b", which is not a valid header name`},
		{endpoint(`headers = {"X-Key" = "se\ncret"}`), "4:13", `"X-Key" with characters that a header cannot have`},
		{endpoint(`name = "\xff"`), "4:10", "not valid UTF-8"},
		{endpoint("bearer_token = \"t\"\n bearer_token_file = \"f\""), "5:", "bearer_token_file"},
		{queue(`capacity = 0`), "5:16", "capacity must be more than 0, not 0"},
		{queue(`capacity = -1`), "5:16", "capacity must be more than 0, not -1"},
		{queue(`min_shards = 0`), "5:18", "min_shards must be more than 0, not 0"},
		{queue("min_shards = 10001\n max_shards = 20000"), "5:18", "min_shards must be at most 10000, not 10001"},
		{queue(`max_shards = 0`), "5:18", "max_shards must be more than 0, not 0"},
		{queue("min_shards = 5\n max_shards = 4"), "6:15", "max_shards 4 is below min_shards 5"},
		{queue(`max_samples_per_send = 0`), "5:28", "max_samples_per_send must be more than 0"},
		{queue(`batch_send_deadline = "0s"`), "5:27", "batch_send_deadline must be more than 0"},
		{queue(`min_backoff = "0s"`), "5:19", "min_backoff must be more than 0"},
		{queue(`max_backoff = "10ms"`), "5:19", "max_backoff 10ms is below min_backoff 30ms"},
		{queue(`sample_age_limit = "-1s"`), "5:24", "sample_age_limit must be 0 or more"},
		{endpoint(`protobuf_message = "v2"`), "4:22", `must be "prometheus.WriteRequest" or`},
		{endpoint("metadata_config {\n send_interval = \"0s\"\n}"), "5:18", "send_interval must be more than 0"},
		{endpoint("metadata_config {\n max_samples_per_send = 0\n}"), "5:25", "max_samples_per_send must be more than 0"},
		{endpoint("write_relabel_config {\n action = \"explode\"\n}"), "5:11", `unknown action "explode": use replace, keep,`},
		{endpoint("write_relabel_config {\n action = \"kepe\"\n}"), "5:11", `unknown action "kepe", did you mean keep?`},
		{endpoint("write_relabel_config {\n regex = \"(\"\n}"), "5:10", `regex "(" cannot be read: missing closing )`},
		{endpoint("write_relabel_config {\n action = \"hashmod\"\n target_label = \"a\"\n}"), "4:", "modulus"},
		{wal(`truncate_frequency = "0s"`), "3:24", "truncate_frequency must be more than 0"},
		{wal(`min_keepalive_time = "-1s"`), "3:24", "must be 0 or more"},
		{wal("min_keepalive_time = \"1h\"\n max_keepalive_time = \"1h\""), "3:24", "must be below max_keepalive_time 1h"},
		{wal(`max_keepalive_time = "1m"`), "", "must be below max_keepalive_time 1m"},
		{`external_labels = {"" = "x"}`, "2:19", "label without a name"},
		{"queue_config { }", "2:1", "queue_config"},
		{endpoint(`name = "a"`) + "\n" + endpoint(`name = "a"`), "8:10", `name "a" is that of another endpoint already`},
		{one + "\n" + one, "5:1", "endpoints 1 and 2 have the same settings"},
		{endpoint(`bearer_token = "x"`) + "\n" + endpoint(`bearer_token = "x"`), "6:1", "have the same settings"},
	}
	for _, tt := range tests {
		_, err := arguments(t, tt.body)
		if err == nil {
			t.Errorf("accepted:\n%s", tt.body)
			continue
		}
		if text := err.Error(); !strings.HasPrefix(text, "test.river:"+tt.place) || !strings.Contains(text, tt.want) ||
			strings.Contains(text, "\n") || strings.Contains(text, "cret") {
			t.Errorf("%s\nis refused with %q, want %s and %q", tt.body, text, tt.place, tt.want)
		}
	}
}

func TestAcceptedArguments(t *testing.T) {
	for _, body := range []string{
		"",
		one,
		one + "\n" + strings.Replace(one, "endpoint {", "endpoint {\n name = \"second\"", 1),
		"endpoint {\n url = \"http://h/\"\n bearer_token = \"a\"\n}\nendpoint {\n url = \"http://h/\"\n bearer_token = \"b\"\n}",
		"wal {\n min_keepalive_time = \"0s\"\n max_keepalive_time = \"1ms\"\n truncate_frequency = \"1ms\"\n}",
		"endpoint {\n url = \"http://h/\"\n queue_config {\n capacity = 1\n max_samples_per_send = 1000\n min_shards = 3\n max_shards = 3\n}\n}",
	} {
		if _, err := arguments(t, body); err != nil {
			t.Errorf("%v\n%s", err, body)
		}
	}
}

func TestNames(t *testing.T) {
	endpoints := mustArguments(t, `
endpoint { url = "http://h/" }
endpoint {
  url          = "http://h/"
  bearer_token = "one"
}
endpoint {
  url          = "http://h/"
  bearer_token = "two"
}
endpoint {
  url     = "http://h/"
  headers = {"X-Scope-OrgID" = "a"}
}
endpoint {
  url     = "http://h/"
  headers = {"X-Scope-OrgID" = "b"}
}
endpoint {
  name = "given"
  url  = "http://user:hunter2@h/"
}`).Endpoints
	all := nameAll(endpoints)
	shown, positions := map[string]bool{}, map[string]bool{}
	for _, n := range all {
		shown[n.shown], positions[n.position] = true, true
	}
	if len(shown) != len(all) || len(positions) != len(all) || !shown["given"] {
		t.Errorf("names are not distinct: %v", all)
	}
	if again := nameAll(endpoints); !reflect.DeepEqual(all, again) {
		t.Errorf("names differ from one time to the next: %v and %v", all, again)
	}
	if len(all[0].shown) != 6 {
		t.Errorf("the generated name %q has not six digits", all[0].shown)
	}

	other := endpoints[0]
	other.Queue.Capacity++
	changed := nameAll([]Endpoint{other})[0]
	if changed.shown == all[0].shown || changed.position != all[0].position {
		t.Errorf("after a change of the queue: %v, before: %v", changed, all[0])
	}
	secret := endpoints[1]
	secret.HTTP.BearerToken = "three"
	if got := nameAll([]Endpoint{secret})[0]; got.shown != all[1].shown {
		t.Errorf("the name %q depends on a secret", got.shown)
	}
	if got := httpclient.ShownURL(endpoints[5].URL); got != "http://user:xxxxx@h/" {
		t.Errorf("the URL is shown as %q", got)
	}
}
