package page_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func edit(t *testing.T, text, button string) []chromedp.Action[chromedp.Void] {
	t.Helper()
	return []chromedp.Action[chromedp.Void]{
		chromedp.SetValue(chromedp.CSS(".editor"), text), chromedp.Click(chromedp.CSS(`[data-edit="` + button + `"]`)),
	}
}

func TestScriptIsEdited(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("#/mimir/script", 1400, 900)
	until(t, ctx, `document.querySelector(".editor")`)
	run(t, ctx, edit(t, "503*2 200", "replace")...)
	until(t, ctx, `document.querySelector(".step.next")?.innerText.startsWith("503")`)
	if status := p.pushMetrics("", sampled(up, 1)); status != 503 {
		t.Errorf("the fake answers %d", status)
	}
	until(t, ctx, `document.querySelector(".step.played")?.innerText.startsWith("503")`)
	run(t, ctx, edit(t, "tenant=a: 429*", "append")...)
	until(t, ctx, `document.querySelector(".sections").innerText.includes("tenant=a") && document.querySelector(".sections").innerText.includes("503")`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-edit="clear"]`)))
	until(t, ctx, count(".step")+` === 1 && document.querySelector(".editor").value === ""`)
}

func TestScriptErrorsAreShownInPlace(t *testing.T) {
	t.Parallel()
	p := startProcess(t, api.Spec{Kind: api.Mimir, Script: "503*"})
	ctx := p.open("#/mimir/script", 1400, 900)
	until(t, ctx, `document.querySelector(".editor")?.value.trim() === "503*"`)
	run(t, ctx, edit(t, "200\nbody=\"ü\" 5o3 200", "replace")...)
	until(t, ctx, `document.querySelector("#script-problem mark")?.innerText.length > 0`)
	got := evaluate[[]string](t, ctx, `[document.querySelector("#script-problem mark").innerText, getSelection().toString() || document.querySelector(".editor").value.slice(document.querySelector(".editor").selectionStart, document.querySelector(".editor").selectionEnd),
		document.querySelector(".editor").getAttribute("aria-invalid"), document.querySelector("#script-problem").innerText]`)
	if got[0] != got[1] || got[2] != "true" {
		t.Errorf("the mistake is shown as %q", got)
	}
	if status := p.pushMetrics("", sampled(up, 1)); status != 503 {
		t.Errorf("a script with a mistake changed the answer to %d", status)
	}
}

func TestDownUpAndForget(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("#/mimir/script", 1400, 900)
	p.pushMetrics("", sampled(up, 1))
	until(t, ctx, rows+" === 1")
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-verb="down"]`)))
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"]').dataset.up === "false" && document.querySelector('[data-verb="up"]')`)
	if status := p.pushMetrics("", sampled(up, 1)); status != 0 {
		t.Errorf("a fake that is down answers %d", status)
	}
	run(t, ctx, chromedp.Click(chromedp.CSS(`[data-verb="up"]`)))
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"]').dataset.up === "true"`)
	for _, answer := range []string{"no", "yes"} { // what cannot be taken back is asked
		run(t, ctx, chromedp.Click(chromedp.CSS(`[data-verb="forget"]`)))
		until(t, ctx, `document.querySelector("#confirm").open && document.activeElement.dataset.answer === "no"`)
		if n := evaluate[int](t, ctx, rows); n != 1 {
			t.Errorf("%d rows before the answer %s", n, answer)
		}
		run(t, ctx, chromedp.Click(chromedp.CSS(`[data-answer="`+answer+`"]`)))
		until(t, ctx, `!document.querySelector("#confirm").open`)
	}
	until(t, ctx, rows+" === 0")
}
