package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// search is the keys that type a query into the box.
func search(query string) []string { return append([]string{"/"}, strings.Split(query, "")...) }

func TestFilter(t *testing.T) {
	t.Parallel()
	p := startProcess(t, api.Spec{Kind: api.Mimir, Script: "503 200*"}, api.Spec{Kind: api.Pyroscope})
	ctx := p.open("", 1200, 800)
	p.pushMetrics("team-a", sampled(up, 1))
	p.pushMetrics("team-b", sampled(labels.FromStrings("__name__", "hidden_metric", "zone", "moon"), 1), sampled(up, 2))
	p.pushProfile("app", "main;work 3")
	until(t, ctx, rows+" === 3")
	for query, want := range map[string]string{"tenant:team-a": "team-a", "status:5xx": "503", "moon": "team-b", "-kind:samples": "pyroscope"} {
		press(t, ctx, search(query)...)
		until(t, ctx, rows+` === 1 && document.querySelector("#list .row").innerText.includes(`+fmt.Sprintf("%q", want)+`)`)
		press(t, ctx, kb.Escape, kb.Escape)
		until(t, ctx, rows+" === 3")
	}
	run(t, ctx, chromedp.Click(chromedp.CSS(`.chip[data-key="tone:server"]`)))
	until(t, ctx, rows+` === 1 && document.querySelector("#sum").innerText.startsWith("1 of 3")`)
	run(t, ctx, chromedp.Click(chromedp.CSS("#clear")))
	until(t, ctx, rows+" === 3")
	run(t, ctx, chromedp.Click(chromedp.CSS(`.fake[data-fake="pyroscope"] .name`)))
	until(t, ctx, rows+" === 1")
}

func TestPauseAndOrder(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	p.pushMetrics("first", sampled(up, 1))
	until(t, ctx, rows+" === 1")
	press(t, ctx, "p")
	p.pushMetrics("second", sampled(up, 2))
	until(t, ctx, `document.querySelector("#sum").innerText.includes("paused, 1 new")`)
	if n := evaluate[int](t, ctx, rows); n != 1 {
		t.Errorf("%d rows while paused", n)
	}
	press(t, ctx, "p")
	until(t, ctx, rows+` === 2 && document.querySelector("#list .row[aria-rowindex='1']").innerText.includes("second")`)
	press(t, ctx, "o")
	until(t, ctx, `document.querySelector("#list .row[aria-rowindex='1']").innerText.includes("first")`)
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1400, 900)
	for _, tenant := range []string{"one", "two", "three"} {
		p.pushMetrics(tenant, sampled(up, 1))
	}
	until(t, ctx, rows+" === 3")
	selected := `document.querySelector('#list .row[aria-selected="true"]')?.innerText ?? ""`
	press(t, ctx, "j")
	until(t, ctx, selected+`.includes("three")`)
	press(t, ctx, kb.ArrowDown, "j", "k")
	until(t, ctx, selected+`.includes("two")`)
	press(t, ctx, kb.Enter)
	until(t, ctx, `location.hash === "#/mimir/2" && document.querySelector("#pane .facts")?.innerText.includes("two")`)
	press(t, ctx, "j")
	until(t, ctx, `location.hash === "#/mimir/1" && document.querySelector("#pane .facts").innerText.includes("one")`)
	press(t, ctx, kb.Escape)
	until(t, ctx, `document.querySelector("#pane").hidden && location.hash === "#/"`)
	press(t, ctx, "?")
	until(t, ctx, `document.querySelector("#help").open`)
	press(t, ctx, kb.Escape)
	until(t, ctx, `!document.querySelector("#help").open`)
	press(t, ctx, "/", "j")
	until(t, ctx, `document.activeElement.id === "search" && document.activeElement.value === "j"`)
	press(t, ctx, kb.Escape, kb.Escape, "s")
	until(t, ctx, `location.hash === "#/mimir/script"`)
}

// TestFocusIsSeen: each part that the Tab key reaches has an outline.
func TestFocusIsSeen(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	until(t, ctx, count(".fake")+" === 2")
	for i := range 12 {
		press(t, ctx, kb.Tab)
		got := evaluate[[]string](t, ctx, `(() => { const s = getComputedStyle(document.activeElement); return [document.activeElement.outerHTML.slice(0, 80), s.outlineStyle, s.outlineWidth]; })()`)
		if got[1] == "none" || got[2] == "0px" {
			t.Errorf("stop %d has no outline: %v", i, got)
		}
	}
}

// TestManyRequests: with 20,000 requests the page holds few elements, and answers a key at once.
func TestManyRequests(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	loadRecording(t, p, 20_000)
	ctx := p.open("", 1400, 900)
	until(t, ctx, `document.querySelector("#sum").innerText.replace(/\s/g, "").startsWith("20000requests")`)
	begun := time.Now()
	press(t, ctx, "G")
	until(t, ctx, `document.querySelector('#list .row[aria-selected="true"]')?.getAttribute("aria-rowindex") === "20000"`)
	press(t, ctx, search("tenant:t7")...)
	until(t, ctx, `document.querySelector("#sum").innerText.replace(/\s/g, "").startsWith("2000of20000")`)
	t.Logf("to the end and a search of eight keys: %v", time.Since(begun).Round(time.Millisecond))
	if n := evaluate[int](t, ctx, `document.querySelectorAll("*").length`); n > 3000 {
		t.Errorf("the page has %d elements", n)
	}
	p.pushMetrics("t7", sampled(up, 1))
	until(t, ctx, `document.querySelector("#sum").innerText.replace(/\s/g, "").startsWith("2001of20001")`)
}

// loadRecording fills the fake mimir with requests of ten tenants, as a recording, because sending them takes long.
func loadRecording(t *testing.T, p *process, n int) {
	t.Helper()
	p.pushMetrics("", sampled(up, 1))
	_, lines, _ := strings.Cut(mustGet(t, p.pageURL()+"api/v1/fakes/mimir/journal"), "\n")
	var sent journal.Exchange
	if err := json.NewDecoder(strings.NewReader(lines)).Decode(&sent); err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	exchanges := make([]journal.Exchange, n)
	for i := range exchanges {
		exchanges[i] = sent
		exchanges[i].Seq = i + 1
		exchanges[i].Arrived = sent.Arrived.Add(time.Duration(i-n) * time.Millisecond)
		exchanges[i].Header = http.Header{"X-Scope-Orgid": {fmt.Sprintf("t%d", i%10)}, "Content-Encoding": {"snappy"}, "Content-Type": {"application/x-protobuf"}}
	}
	if err := recording.Write(&all, recording.Header{Kind: api.Mimir}, exchanges); err != nil {
		t.Fatal(err)
	}
	mustPost(t, 200, p.pageURL()+"api/v1/fakes/mimir/forget", "", nil, nil)
	mustPost(t, 200, p.pageURL()+"api/v1/fakes/mimir/journal", "application/x-ndjson", nil, all.Bytes())
}
