package page

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// hostile closes whatever text it might stand in.
const hostile = `"'></td></style><script>alert(1)</script><img src=//evil.test/x>`

func example() component.Info {
	return component.Info{
		ID: "test.scrape.a b", Name: "test.scrape", Label: "a b",
		Health:     component.Health{State: "unhealthy", Message: "refused: " + hostile, Since: time.Now().Add(-time.Minute)},
		References: []string{"test.write." + hostile},
		Arguments:  map[string]any{"token": river.Secret("hunter2"), "targets": []any{map[string]any{"__address__": "h:1", hostile: hostile}}},
		Exports:    map[string]any{"receiver": hostile},
		DebugInfo: map[string]any{"targets": []map[string]any{
			{"url": "http://h:1", "health": "up", "labels": map[string]string{"a": hostile}},
			{"url": "http://h:2", "health": "down", "last_error": hostile, "last_scrape": time.Now().Add(-3 * time.Second)},
		}},
		Delivery: []map[string]any{{"endpoint": "one", "samples": map[string]int{"sent": 7}}},
	}
}

func render(t *testing.T, info component.Info) (all, one string) {
	t.Helper()
	list, single := httptest.NewRecorder(), httptest.NewRecorder()
	Components(list, []component.Info{info})
	Component(single, info)
	for _, answer := range []*httptest.ResponseRecorder{list, single} {
		if answer.Code != 200 || !strings.HasPrefix(answer.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-") {
			t.Errorf("got status %d and the headers %v", answer.Code, answer.Header())
		}
	}
	return list.Body.String(), single.Body.String()
}

func TestEverythingIsEscaped(t *testing.T) {
	all, one := render(t, example())
	for _, page := range []string{all, one} {
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Count(page, "</style>") != 1 {
			t.Errorf("the page took over what it was told:\n%s", page)
		}
		if strings.Contains(page, "hunter2") {
			t.Error("the page shows a secret")
		}
	}
	if got := strings.Count(one, "&lt;script&gt;alert(1)&lt;/script&gt;"); got < 6 {
		t.Errorf("the page shows the hostile text %d times, want it where it was given", got)
	}
}

// TestPageNeedsNothingFromElsewhere looks for whatever a browser would fetch.
func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	all, one := render(t, example())
	home := httptest.NewRecorder()
	Home(home, Agent{Version: "v1", Ready: true, Components: 1, Unhealthy: 1})
	fetched := regexp.MustCompile(`(?i)\b(src|href)="([^"]*)"|@import|url\(`)
	for _, page := range []string{all, one, home.Body.String()} {
		for _, found := range fetched.FindAllStringSubmatch(page, -1) {
			if found[1] != "href" || !strings.HasPrefix(found[2], "/") && found[2] != "data:," {
				t.Errorf("the page asks for %s", found[0])
			}
		}
	}
}

func TestPageTellsTheState(t *testing.T) {
	all, one := render(t, example())
	for _, want := range []string{
		`<a href="/components/test.scrape.a%20b">test.scrape <b>a b</b></a>`,
		`<span class="state bad">unhealthy</span>`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the list lacks %s", want)
		}
	}
	for _, want := range []string{
		"1m0s ago", "3s ago", `(secret)`, `<span class="state good">up</span>`, `<span class="state bad">down</span>`,
		`<span class="label">sent=7</span>`, `<span class="label">__address__=<q>h:1</q></span>`,
		`<a href="/api/v0/components/test.scrape.a%20b">`,
	} {
		if !strings.Contains(one, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestHome(t *testing.T) {
	for _, test := range []struct {
		agent Agent
		want  string
	}{
		{Agent{Ready: true, Components: 3}, `It is running with 3 components,` + "\n" + `<span class="state good">all healthy</span>`},
		{Agent{Components: 3, Unhealthy: 2}, `It is stopping with 3 components,` + "\n" + `<span class="state bad">2 of them unhealthy</span>`},
	} {
		answer := httptest.NewRecorder()
		Home(answer, test.agent)
		for _, want := range []string{test.want, `href="/components"`, `href="/metrics"`, `href="/-/ready"`} {
			if !strings.Contains(answer.Body.String(), want) {
				t.Errorf("the home page lacks %s", want)
			}
		}
	}
}

func TestPageOfSomethingThatHasNoJSON(t *testing.T) {
	answer := httptest.NewRecorder()
	info := example()
	info.DebugInfo = func() {}
	Component(answer, info)
	if answer.Code != 500 || strings.Contains(answer.Body.String(), "<html") {
		t.Errorf("got %d: %s", answer.Code, answer.Body)
	}
}
