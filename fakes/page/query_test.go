package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
)

// pushHistory gives a fake mimir a minute of two series, of a time long ago.
func pushHistory(p *process) {
	for _, job := range []string{"api", "web"} {
		one := prompb.TimeSeries{Labels: prompb.FromLabels(labels.FromStrings("__name__", "temperature_celsius", "job", job), nil)}
		for i := range 5 {
			one.Samples = append(one.Samples, prompb.Sample{Timestamp: 1_700_000_000_000 + int64(i)*15_000, Value: float64(20 + i)})
		}
		p.pushMetrics("", one)
	}
}

const editor = `document.querySelector(".editor").value`

// TestQuery asks a fake mimir in the way of somebody at a keyboard: completion, run, table, chart, history.
func TestQuery(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	pushHistory(p)
	ctx := p.open("#/mimir/query", 1400, 900)
	until(t, ctx, `document.querySelector(".names .chip")?.innerText === "temperature_celsius" && document.activeElement.classList.contains("query")`)
	press(t, ctx, "t", "e", "m", "p")
	until(t, ctx, `document.querySelector("#offers [aria-selected=true]")?.innerText === "temperature_celsius"`)
	press(t, ctx, kb.Tab, "{", "j")
	until(t, ctx, `document.querySelector("#offers [aria-selected=true]")?.innerText === "job"`)
	press(t, ctx, kb.Enter, "=", `"`)
	until(t, ctx, `document.querySelectorAll("#offers li").length === 2`)
	press(t, ctx, kb.ArrowDown, kb.Enter, `"`, "}")
	until(t, ctx, editor+` === 'temperature_celsius{job="web"}'`)
	press(t, ctx, kb.Enter)
	until(t, ctx, `/web.*24/s.test(document.querySelector(".answer-part tbody").innerText) && document.querySelectorAll(".answer-part tbody tr").length === 1`)
	until(t, ctx, `location.hash.includes("?q=temperature_celsius")`)

	// All series as lines, and what was asked before with the arrow keys.
	run(t, ctx, chromedp.SetValue(chromedp.CSS(".editor"), "temperature_celsius * 2"), chromedp.Click(chromedp.CSS(`[data-shape="chart"]`)))
	until(t, ctx, count(".linechart path.line")+` === 2 && `+count(".answer-part tbody tr")+` === 2`)
	if d := evaluate[string](t, ctx, `document.querySelector("path.line").getAttribute("d")`); strings.Count(d, "L") < 20 {
		t.Errorf("the line is %s", d)
	}
	run(t, ctx, chromedp.Focus(chromedp.CSS(".editor")))
	press(t, ctx, kb.ArrowUp, kb.ArrowUp)
	until(t, ctx, editor+`.includes('job="web"')`)
	press(t, ctx, kb.ArrowDown)
	until(t, ctx, editor+` === "temperature_celsius * 2"`)
}

// TestQueryMistakes: a mistake is shown where it stands, and what finds nothing says so.
func TestQueryMistakes(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	pushHistory(p)
	ctx := p.open("#/mimir/query?q=sum(temperature_celsius)+oops", 1400, 900)
	until(t, ctx, `document.querySelector("#query-problem mark")?.innerText === "oops"`)
	got := evaluate[[]string](t, ctx, `[document.querySelector(".editor").value.slice(document.querySelector(".editor").selectionStart, document.querySelector(".editor").selectionEnd),
		document.querySelector(".editor").getAttribute("aria-invalid"), document.querySelector("#query-problem").innerText]`)
	if got[0] != "oops" || got[1] != "true" || !strings.HasPrefix(got[2], "1:26: parse error") {
		t.Errorf("the mistake is shown as %q", got)
	}
	_ = evaluate[string](t, ctx, `location.hash = "#/mimir/query?q=nothing"`)
	until(t, ctx, `document.querySelector("#query-problem").hidden && document.querySelector(".answer-part").innerText.startsWith("0 series")`)
}

// TestMergedProfiles merges what two requests brought, chooses one with a selector, compares two times, and downloads.
func TestMergedProfiles(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	push := func(zone string, from int64, stacks ...string) {
		url := fmt.Sprintf("%s/ingest?name=shop{zone=%s}&from=%d&until=%d&format=folded", p.fakeURL("pyroscope"), zone, from, from+10)
		mustPost(t, 200, url, "text/plain", nil, []byte(strings.Join(stacks, "\n")+"\n"))
	}
	push("sun", 1_700_000_000, "main;work 30", "main;idle 10")
	push("moon", 1_700_000_100, "main;work 30", "main;new 30")
	ctx := p.open("#/pyroscope/profiles", 1600, 1000)
	until(t, ctx, count(".box")+` === 5`)
	for name, percent := range map[string]int{"work": 60, "new": 30, "idle": 10} {
		if got := evaluate[int](t, ctx, width(name)); got < percent-1 || got > percent+1 {
			t.Errorf("%s takes %d %% of the width, want %d", name, got, percent)
		}
	}
	link := evaluate[string](t, ctx, `document.querySelector(".profile a[download]").href`)
	if data := mustGet(t, link); !strings.HasPrefix(data, "\x1f\x8b") {
		t.Errorf("%s gives %.20q", link, data)
	}

	run(t, ctx, chromedp.Click(chromedp.CSS(`[title="Compare with another time"]`)))
	until(t, ctx, count(".box.grade3")+` === 1 && `+box("new")+`.classList.contains("grade3") && `+box("idle")+`.classList.contains("grade-3")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-view="top"]`)))
	until(t, ctx, `document.querySelector(".top thead").innerText.includes("Before")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[title="Compare with another time"]`)))
	until(t, ctx, count(".box")+` === 5`)
	run(t, ctx, chromedp.SetValue(chromedp.CSS(`.field.wide`), `{zone="sun"}`), chromedp.Focus(chromedp.CSS(".field.wide")))
	press(t, ctx, kb.Enter)
	until(t, ctx, count(".box")+` === 4 && !(`+box("new")+`)`)
	run(t, ctx, chromedp.SetValue(chromedp.CSS(`.field.wide`), `{zone="mars"}`))
	press(t, ctx, kb.Enter)
	until(t, ctx, `document.querySelector(".profile .problem").innerText.includes("no profile found")`)
}
