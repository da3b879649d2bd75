package page_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func box(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".box")].find((b) => b.innerText === %q)`, name)
}

func width(name string) string {
	return fmt.Sprintf(`Math.round(100 * %s.offsetWidth / document.querySelector(".stage").offsetWidth)`, box(name))
}

func TestFlameGraph(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.pushProfile("app", "main;work;parse 30", "main;work;sort 20", "main;idle 50")
	ctx := p.open("#/pyroscope/1", 1600, 1000)
	until(t, ctx, count(".box")+` === 6`)
	for name, percent := range map[string]int{"main": 100, "work": 50, "parse": 30, "idle": 50} {
		if got := evaluate[int](t, ctx, width(name)); got < percent-1 || got > percent+1 {
			t.Errorf("%s takes %d %% of the width, want %d", name, got, percent)
		}
	}

	// A click lets a frame fill the width, and Escape goes back.
	_ = evaluate[bool](t, ctx, box("work")+".click() ?? true")
	until(t, ctx, width("work")+` >= 99 && !(`+box("idle")+`)`)
	press(t, ctx, kb.ArrowDown)
	until(t, ctx, `document.activeElement.innerText === "parse"`)
	press(t, ctx, kb.ArrowRight)
	until(t, ctx, `document.activeElement.innerText === "sort" && document.querySelector(".note").innerText.includes("20 %")`)
	press(t, ctx, kb.Escape)
	until(t, ctx, count(".box")+` === 6 && location.hash === "#/pyroscope/1"`)

	// Words are found, and what they take is told.
	run(t, ctx, chromedp.SendKeys(chromedp.CSS(`.profile [type="search"]`), "or"))
	until(t, ctx, count(`.box[data-found="true"]`)+` === 2 && document.querySelector(".share").innerText === "50 % of all"`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-view="top"]`)))
	until(t, ctx, `document.querySelector(".top tbody tr").innerText.includes("sort") && `+count(".top tbody tr")+` === 2`)
}

// TestTooltip: the pointer tells a frame's name, value and share.
func TestTooltip(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.pushProfile("app", "main;work 30", "main;idle 10")
	ctx := p.open("#/pyroscope/1", 1600, 1000)
	until(t, ctx, count(".box")+` === 4`)
	at := evaluate[[]float64](t, ctx, `(() => { const r = `+box("work")+`.getBoundingClientRect(); return [r.x + 20, r.y + 5]; })()`)
	run(t, ctx, chromedp.MouseEvent("mouseMoved", at[0], at[1]))
	until(t, ctx, `/work.*75 % of all/s.test(document.querySelector(".flame-tip").innerText)`)
}

// TestScrapedProfile: what a fake pprof served is drawn, with a choice of what it counts.
func TestScrapedProfile(t *testing.T) {
	t.Parallel()
	p := startProcess(t, api.Spec{Kind: api.Pprof})
	mustGet(t, p.fakeURL("pprof")+"/debug/pprof/heap")
	ctx := p.open("#/pprof/1", 1600, 1000)
	until(t, ctx, count(".box")+` > 3`)
	types := evaluate[[]string](t, ctx, `[...document.querySelectorAll(".profile select option")].map((o) => o.innerText)`)
	if len(types) < 2 {
		t.Fatalf("the types are %v", types)
	}
	before := evaluate[string](t, ctx, textOf(".note"))
	_ = evaluate[bool](t, ctx, `(() => { const s = document.querySelector(".profile select"); s.value = "0"; return s.dispatchEvent(new Event("change")); })()`)
	until(t, ctx, fmt.Sprintf(`document.querySelector(".note").innerText !== %q`, before))
}
