package adapter

import (
	"errors"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

func TestTargetsAreReadInBothForms(t *testing.T) {
	const component = `[
		{"id": "pyroscope.write.s", "health": {"state": "healthy"}},
		{"id": "pyroscope.scrape.app", "health": {"state": "healthy"}, "debugInfo": {"targets": [{"url": "http://x/", "health": "down",
			"labels": {"job": "j", "app": "a"}, "last_error": "refused", "last_scrape": "2026-01-02T03:04:05Z", "last_success": "2026-01-02T03:04:00Z"}]}}]`
	const api = `{"status": "success", "data": {"activeTargets": [{"scrapeUrl": "http://x/", "health": "down", "labels": {"job": "j", "app": "a"},
		"lastError": "refused", "lastScrape": "2026-01-02T03:04:05Z"}]}}`
	for _, tt := range []struct {
		lister    sut.TargetLister
		path      string
		page      string
		succeeded bool
	}{
		{&referenceAgent{}, "/api/v0/components", component, true},
		{&prometheus{}, "/api/v1/targets", api, false},
		{&vmagent{}, "/api/v1/targets", api, false},
		{&command{}, "/api/v1/targets", api, false},
	} {
		got, err := tt.lister.ListTargets(func(path string) ([]byte, error) {
			if path != tt.path {
				return nil, errors.New("no such page")
			}
			return []byte(tt.page), nil
		})
		if err != nil || len(got) != 1 {
			t.Fatalf("%T: got %v, %v", tt.lister, got, err)
		}
		g := got[0]
		if g.URL != "http://x/" || g.State != "down" || g.Error != "refused" || g.Labels.String() != `{app="a", job="j"}` ||
			!g.Scraped.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) || g.Succeeded.IsZero() == tt.succeeded {
			t.Errorf("%T: got %+v with %s", tt.lister, g, g.Labels)
		}
	}
}

func TestTargetsThatCannotBeRead(t *testing.T) {
	for _, lister := range []sut.TargetLister{&referenceAgent{}, &prometheus{}} {
		if got, err := lister.ListTargets(func(string) ([]byte, error) { return []byte("nonsense"), nil }); err == nil {
			t.Errorf("%T: got %v", lister, got)
		}
	}
	told := `[{"id": "prometheus.scrape.a", "debugInfo": {"targets": "many"}}]`
	if got, err := (&referenceAgent{}).ListTargets(func(string) ([]byte, error) { return []byte(told), nil }); err == nil {
		t.Errorf("got %v", []observe.Target(got))
	}
}
