package page_test

import (
	"math"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func TestDetailOfMetrics(t *testing.T) {
	t.Parallel()
	p := startProcess(t, api.Spec{Kind: api.Mimir, Script: "503*2 200"})
	series := sampled(up, 1, 2, 2.5, math.Inf(1), math.Float64frombits(value.StaleNaN))
	series.Exemplars = []prompb.Exemplar{{Labels: prompb.FromLabels(labels.FromStrings("trace_id", "abc"), nil), Value: 7, Timestamp: 1_700_000_000_000}}
	series.Histograms = []prompb.Histogram{{
		Count: &prompb.Histogram_CountInt{CountInt: 5}, Sum: 12.5, Timestamp: 1_700_000_000_000, ZeroCount: &prompb.Histogram_ZeroCountInt{ZeroCountInt: 0},
		PositiveSpans: []prompb.BucketSpan{{Offset: 0, Length: 2}}, PositiveDeltas: []int64{2, 1},
	}}
	for range 3 {
		p.pushMetrics("team-a", series)
	}
	ctx := p.open("#/mimir/2", 1600, 1000)
	until(t, ctx, `document.querySelector("#pane .content table")`)
	text := evaluate[string](t, ctx, textOf("#pane"))
	for _, part := range []string{"503", `up{job="a"}`, "2 more before", "2.5", "+Inf", "stale", "exemplar", `{trace_id="abc"}`, "5 obs., sum 12.5", "2 buckets", "team-a", "Go-http-client"} {
		if !strings.Contains(text, part) {
			t.Errorf("the pane does not say %q:\n%s", part, text)
		}
	}
	until(t, ctx, `document.querySelector("#pane .pill").classList.contains("server")`)
	until(t, ctx, `document.querySelector('#list .row[aria-selected="true"]').getAttribute("aria-rowindex") === "2"`)
	until(t, ctx, `document.querySelector("#pane .facts").innerText.includes("2 of 3")`)
	until(t, ctx, `document.querySelector("#pane .facts").innerText.includes("from 127.0.0.1:")`)
	_ = evaluate[string](t, ctx, `document.querySelector(".since").dataset.since = String(Date.now() - 3_660_000)`)
	until(t, ctx, `document.querySelector(".since").innerText === "1 h ago"`) // it is kept true
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="headers"]`)))
	until(t, ctx, `document.querySelector(".headers").innerText.includes("X-Scope-Orgid")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="body"]`)))
	until(t, ctx, `document.querySelector(".content pre").innerText.startsWith("000000")`)
}

// TestARequestThatWasRefused: what could not be decoded is shown with the reason, its headers without their secrets, its bytes, and can be copied as a
// line for a shell and as an address.
func TestARequestThatWasRefused(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	header := map[string][]string{"Authorization": {"Bearer hunter2"}, "X-Odd": {"it's"}}
	mustPost(t, 400, p.fakeURL("mimir")+"/api/v1/push?a=1", "application/x-protobuf", header, []byte("this is no snappy"))
	ctx := p.open("#/mimir/1", 1600, 1000)
	until(t, ctx, `document.querySelector("#pane .problem")?.innerText.includes("Not decoded")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="body"]`)))
	until(t, ctx, `document.querySelector(".content pre")?.innerText === "this is no snappy"`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="headers"]`)))
	until(t, ctx, `document.querySelector(".headers").innerText.includes("Authorization")`)
	if html := evaluate[string](t, ctx, "document.documentElement.outerHTML"); strings.Contains(html, "hunter2") || !strings.Contains(html, "(redacted)") {
		t.Error("the page shows a secret")
	}

	_ = evaluate[bool](t, ctx, `(navigator.clipboard.writeText = async (text) => { window.copied = text; }) && true`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[title="Copy as curl"]`)))
	until(t, ctx, "window.copied")
	line := evaluate[string](t, ctx, "window.copied")
	for _, part := range []string{"# without Authorization", p.pageURL() + "api/v1/fakes/mimir/requests/1/body |", `-H 'X-Odd: it'\''s'`, "'" + p.fakeURL("mimir") + "/api/v1/push?a=1'"} {
		if !strings.Contains(line, part) {
			t.Errorf("the line does not have %q:\n%s", part, line)
		}
	}
	if strings.Contains(line, "hunter2") {
		t.Error("a secret is copied")
	}
	run(t, ctx, chromedp.Click(chromedp.CSS(`[title="Copy a link to this request"]`)))
	until(t, ctx, `window.copied === "`+p.pageURL()+`#/mimir/1"`)
}

// TestTokensAreVeiled: what a client told an issuer, and the token, are shown only to who asks.
func TestTokensAreVeiled(t *testing.T) {
	t.Parallel()
	p := startProcess(t, api.Spec{Kind: api.OAuth2})
	mustPost(t, 200, p.fakeURL("oauth2")+"/token", "application/x-www-form-urlencoded", nil, []byte("grant_type=client_credentials&client_id=me&client_secret=hunter2"))
	ctx := p.open("#/oauth2/1", 1600, 1000)
	for tab, secret := range map[string]string{"body": "hunter2", "reply": "access_token"} {
		until(t, ctx, `document.querySelector('[data-tab="`+tab+`"]')`)
		run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="`+tab+`"]`)))
		until(t, ctx, `document.querySelector('[data-reveal="`+tab+`"]')`)
		if html := evaluate[string](t, ctx, "document.documentElement.outerHTML"); strings.Contains(html, secret) {
			t.Errorf("%s: the page shows a secret that nobody asked for", tab)
		}
		run(t, ctx, chromedp.Click(chromedp.CSS(`[data-reveal="`+tab+`"]`)))
		until(t, ctx, `document.querySelector(".content pre")?.innerText.includes("`+secret+`")`)
	}
}

func TestARequestThatIsNotThere(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("#/mimir/99", 1200, 800)
	until(t, ctx, `document.querySelector("#pane .problem")?.innerText.includes("99")`)
	_ = evaluate[string](t, ctx, `location.hash = "#/nobody/script"`)
	until(t, ctx, `location.hash === "#/" && document.querySelector("#pane").hidden`)
}
