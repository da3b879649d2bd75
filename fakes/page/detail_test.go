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
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="headers"]`)))
	until(t, ctx, `document.querySelector(".headers").innerText.includes("X-Scope-Orgid")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="body"]`)))
	until(t, ctx, `document.querySelector(".content pre").innerText.startsWith("000000")`)
}

func TestWhatCannotBeDecoded(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	mustPost(t, 400, p.fakeURL("mimir")+"/api/v1/push", "application/x-protobuf", nil, []byte("this is no snappy"))
	ctx := p.open("#/mimir/1", 1600, 1000)
	until(t, ctx, `document.querySelector("#pane .problem")?.innerText.includes("Not decoded")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="body"]`)))
	until(t, ctx, `document.querySelector(".content pre")?.innerText === "this is no snappy"`)
}

func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	if _, err := post(p.fakeURL("mimir")+"/api/v1/push", "application/x-protobuf", map[string][]string{"Authorization": {"Bearer hunter2"}}, nil); err != nil {
		t.Fatal(err)
	}
	ctx := p.open("#/mimir/1", 1600, 1000)
	until(t, ctx, `document.querySelector('[data-tab="headers"]')`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="headers"]`)))
	until(t, ctx, `document.querySelector(".headers").innerText.includes("Authorization")`)
	if html := evaluate[string](t, ctx, "document.documentElement.outerHTML"); strings.Contains(html, "hunter2") || !strings.Contains(html, "(redacted)") {
		t.Error("the page shows a secret")
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
