package adapter

import (
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/scenarios"
)

func TestFlowTranslation(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing to change": {"prometheus.scrape  \"a\" { x=1 }", "prometheus.scrape  \"a\" { x=1 }"},
		"no River":          {"phlare.write {", "phlare.write {"},
		"a writer": {
			"phlare.write \"p\" {\n endpoint {\n url = \"u\"\n http_client_config {\n enable_http_2 = false\n authorization {\n credential = \"c\"\n }\n }\n }\n}",
			"pyroscope.write \"p\" {\n  endpoint {\n    url          = \"u\"\n    enable_http2 = false\n    authorization {\n      credentials = \"c\"\n    }\n  }\n}\n",
		},
		"a scraper": {
			"phlare.scrape \"s\" {\n forward_to = [phlare.write.p.receiver]\n http_client_config {\n bearer_token = \"t\"\n }\n}",
			"pyroscope.scrape \"s\" {\n  forward_to   = [pyroscope.write.p.receiver]\n  bearer_token = \"t\"\n}\n",
		},
		"text is left alone":     {"phlare.write \"p\" {\n external_labels = {\"phlare\" = \"phlare.write\"}\n}", "pyroscope.write \"p\" {\n  external_labels = {\"phlare\" = \"phlare.write\"}\n}\n"},
		"a misplaced block":      {"phlare.scrape \"s\" {\n profiling_config {\n http_client_config { }\n }\n}", "pyroscope.scrape \"s\" {\n  profiling_config {\n    http_client_config { }\n  }\n}\n"},
		"a short interval":       {"pyroscope.scrape \"s\" {\n scrape_interval = \"3s\"\n}", "pyroscope.scrape \"s\" {\n  scrape_interval          = \"3s\"\n  delta_profiling_duration = \"2s\"\n}\n"},
		"one that is too short":  {"pyroscope.scrape \"s\" { scrape_interval = \"2s\" }", "pyroscope.scrape \"s\" { scrape_interval = \"2s\" }"},
		"one that is enough":     {"pyroscope.scrape \"s\" { scrape_interval = \"15s\" }", "pyroscope.scrape \"s\" { scrape_interval = \"15s\" }"},
		"a duration of its own":  {"pyroscope.scrape \"s\" {\n scrape_interval = \"9s\"\n delta_profiling_duration = \"5s\"\n}", "pyroscope.scrape \"s\" {\n scrape_interval = \"9s\"\n delta_profiling_duration = \"5s\"\n}"},
		"a size without a unit":  {"prometheus.scrape \"s\" {\n body_size_limit = 100\n}", "prometheus.scrape \"s\" {\n  body_size_limit = \"100B\"\n}\n"},
		"a size with a unit":     {"prometheus.scrape \"s\" { body_size_limit = \"1KB\" }", "prometheus.scrape \"s\" { body_size_limit = \"1KB\" }"},
		"a size that is no size": {"prometheus.scrape \"s\" { body_size_limit = -1 }", "prometheus.scrape \"s\" { body_size_limit = -1 }"},
	} {
		got, err := (&flow{flowKind: alloyKind}).translate([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestSettingsThatAVersionLacks(t *testing.T) {
	a := &flow{flowKind: agentKind, lacks: []string{deltaDuration, "prometheus.remote_write > endpoint > write_relabel_config > action"}}
	short := "pyroscope.scrape \"s\" { scrape_interval = \"3s\" }"
	if got, err := a.translate([]byte(short)); err != nil || string(got) != short {
		t.Errorf("got %q, %v", got, err)
	}
	_, err := a.translate([]byte("prometheus.remote_write \"m\" {\n endpoint {\n url = \"u\"\n write_relabel_config {\n action = \"keep\"\n }\n }\n}"))
	var unsupported *sut.Unsupported
	if !errors.As(err, &unsupported) || unsupported.Agent != "grafana-agent" || !strings.Contains(unsupported.Setting, "write_relabel_config") {
		t.Errorf("got %v", err)
	}
}

func TestClausesAboutTheOldSpellingExist(t *testing.T) {
	set, err := clause.Load(scenarios.FS, "clauses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for id := range spellingClauses {
		if c, ok := set.Get(id); !ok || laterNames[sut.Capability(c.Component)] == "" {
			t.Errorf("%s is no clause of a component that is rewritten", id)
		}
	}
}
