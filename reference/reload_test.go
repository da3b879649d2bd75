package reference_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference"
)

// TestReloadsUnderLoad exchanges the configuration every 700ms, each time with something else changed, and some of them wrong.
// Every target stays on its second, and the endpoint that no change takes away gets every sample and every profile once.
func TestReloadsUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := load{
			targets: 10, series: 100, metricsEvery: time.Second, profiled: 20, profilesEvery: 5 * time.Second, endpoints: 4,
			truncateEvery: time.Minute,
		}
		if raceEnabled {
			l.series, l.profiled = 10, 5
		}
		w := newBusyWorld(t, l)
		base := l.configuration()
		h := startWith(t, base, reference.Config{StoragePath: t.TempDir()}, w)
		refused := 0
		for i := range 60 {
			time.Sleep(700 * time.Millisecond)
			h.text = changes[i%len(changes)](base, i)
			switch status, text := h.ask(http.MethodPost, "/-/reload"); status {
			case http.StatusOK:
			case http.StatusBadRequest:
				refused++
				expectRefusal(t, h)
			default:
				t.Fatalf("reload %d: %d %s", i, status, text)
			}
		}
		h.stop()
		w.stop()
		if refused != 60/len(changes) {
			t.Errorf("%d reloads were refused, want %d", refused, 60/len(changes))
		}
		w.metrics.expectOnTime(t, "metrics", l.targets, l.metricsEvery)
		w.profiles.expectOnTime(t, "profiles", l.profiled, l.profilesEvery)
		last := w.endpoints[l.endpoints-1]
		if got, want := last.samples.Load(), w.metrics.total()*int64(l.series+reports); got != want {
			t.Errorf("the endpoint that stays got %d samples of %d", got, want)
		}
		if got, want := last.profiles.Load(), w.profiles.total(); got != want {
			t.Errorf("the endpoint that stays got %d profiles of %d", got, want)
		}
	})
}

// changes make another configuration of the first. The last is refused.
var changes = []func(base string, i int) string{
	func(base string, i int) string { // a header of the endpoint that stays, for samples and for profiles
		header := fmt.Sprintf("headers = {\"X-Round\" = \"%d\"}\n    url = \"http://endpoint-3", i)
		return strings.ReplaceAll(base, `url = "http://endpoint-3`, header)
	},
	func(base string, i int) string { // the labels of both writers
		labels := fmt.Sprintf("external_labels = {\"round\" = \"%d\"}\n", i)
		base = strings.Replace(base, "prometheus.remote_write \"all\" {\n", "prometheus.remote_write \"all\" {\n"+labels, 1)
		return strings.Replace(base, "pyroscope.write \"all\" {\n", "pyroscope.write \"all\" {\n"+labels, 1)
	},
	func(base string, _ int) string { return strings.Replace(base, `"1m0s"`, `"30s"`, 1) }, // the log's
	func(base string, _ int) string { // another endpoint is gone
		return strings.NewReplacer("  endpoint {\n    url = \"http://endpoint-2/push\"\n  }\n", "", "  endpoint {\n    url = \"http://endpoint-2\"\n  }\n", "").Replace(base)
	},
	func(base string, _ int) string { // a component more
		return base + "prometheus.remote_write \"more\" {\n  endpoint {\n    url = \"http://endpoint-2/push\"\n  }\n}\n"
	},
	func(base string, _ int) string {
		return base + "nonsense \"a\" { }\nprometheus.remote_write \"all\" { }\n"
	},
}

// expectRefusal wants the agent to tell of the refusal in its metrics, and of the component in question in its health.
func expectRefusal(t *testing.T, h *harness) {
	t.Helper()
	if _, text := h.ask(http.MethodGet, "/metrics"); !strings.Contains(text, "agent_config_last_load_successful 0") {
		t.Error("the metrics say that the refused configuration is in force")
	}
	if status, text := h.ask(http.MethodGet, "/-/healthy"); status != http.StatusInternalServerError || !strings.Contains(text, "prometheus.remote_write.all is unhealthy") {
		t.Errorf("health is %d %s", status, text)
	}
}
