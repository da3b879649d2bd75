package page_test

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/prometheus/prometheus/model/labels"
)

var up = labels.FromStrings("__name__", "up", "job", "a")

// rows is how many rows are in sight.
const rows = `document.querySelectorAll("#list .row").length`

func TestWhatArrivesAppears(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	until(t, ctx, `document.querySelector("#empty").innerText.includes("Nothing has arrived")`)
	if text := evaluate[string](t, ctx, textOf("#empty")); !strings.Contains(text, p.fakeURL("mimir")+"/api/v1/push") || !strings.Contains(text, p.fakeURL("pyroscope")+"/ingest") {
		t.Errorf("the page does not say where to push:\n%s", text)
	}
	_ = evaluate[int](t, ctx, "window.notReloaded = 1")

	p.pushMetrics("team-a", sampled(up, 1))
	until(t, ctx, rows+` === 1 && document.querySelector("#empty").hidden`)
	row := evaluate[string](t, ctx, textOf("#list .row"))
	for _, part := range []string{"200", "mimir", "/api/v1/push", "team-a", "1 sample"} {
		if !strings.Contains(row, part) {
			t.Errorf("the row %q does not say %q", row, part)
		}
	}
	p.pushProfile("app", "main;work 3")
	until(t, ctx, rows+` === 2 && document.querySelector("#list .row[aria-rowindex='1']").innerText.includes("pyroscope")`)
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"] .total').innerText === "1"`)
	until(t, ctx, `document.querySelectorAll("#timeline rect.ok").length >= 1`)
	if evaluate[int](t, ctx, "window.notReloaded") != 1 {
		t.Error("the page was loaded again")
	}
}

// TestTheFirstThingToSend: what the empty page tells to send is taken, and can be queried.
func TestTheFirstThingToSend(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	until(t, ctx, `document.querySelector("#empty pre")`)
	line := evaluate[string](t, ctx, `document.querySelector("#empty pre").innerText`)
	packed, rest, ok := strings.Cut(strings.TrimPrefix(line, "echo "), " | base64 -d |")
	body, err := base64.StdEncoding.DecodeString(packed)
	if err != nil || !ok || !strings.HasSuffix(rest, "'"+p.fakeURL("mimir")+"/api/v1/push'") {
		t.Fatalf("the line is %q: %v", line, err)
	}
	mustPost(t, 200, p.fakeURL("mimir")+"/api/v1/push", "application/x-protobuf", map[string][]string{"Content-Encoding": {"snappy"}}, body)
	until(t, ctx, rows+` === 1 && document.querySelector("#list .row").innerText.includes('up{job="try"} 1')`)
	if answer := mustGet(t, p.pageURL()+"api/v1/fakes/mimir/prometheus/api/v1/query?query=up"); !strings.Contains(answer, `"job":"try"`) {
		t.Errorf("a query for it is answered %s", answer)
	}
}

func TestStateOfTheFakes(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"]')?.dataset.up === "true"`)
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"] .next').innerText === "ok"`)
	mustPut(t, p.pageURL()+"api/v1/fakes/mimir/script", "503*2 200")
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"] .next').innerText.startsWith("503*2 200")`)
	p.pushMetrics("", sampled(up, 1))
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"] .next').innerText.startsWith("503 200")`)
	mustPost(t, 200, p.pageURL()+"api/v1/fakes/mimir/down", "", nil, nil)
	until(t, ctx, `document.querySelector('.fake[data-fake="mimir"]').dataset.up === "false"`)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	until(t, ctx, `document.querySelector("#session-box").hidden`)
	mustPost(t, 201, p.pageURL()+"api/v1/sessions", "application/json", nil, []byte(`{"id":"s1","fakes":[{"kind":"mimir"}]}`))
	until(t, ctx, `!document.querySelector("#session-box").hidden && `+count(".fake")+` === 3`)
	p.pushMetrics("", sampled(up, 1))
	until(t, ctx, rows+" === 1")
	run(t, ctx, chromedp.SetValue(chromedp.CSS("#session"), "s1"))
	_ = evaluate[bool](t, ctx, `document.querySelector("#session").dispatchEvent(new Event("change"))`)
	until(t, ctx, count(".fake")+` === 1 && `+rows+" === 0")
}

// TestNothingLeavesTheOrigin: the page needs no other server, so it works without a network.
func TestNothingLeavesTheOrigin(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := newTab(t, 1200, 800)
	asked := make(chan string, 1000)
	if err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			asked <- e.Request.URL
		}
	}); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, chromedp.Navigate(p.pageURL()))
	p.pushProfile("app", "main;work 3")
	until(t, ctx, rows+" === 1 && "+count("#timeline rect")+" > 0") // which moves the list down
	run(t, ctx, chromedp.Click(chromedp.CSS("#list .row")))
	until(t, ctx, count(".box")+" >= 3")
	own, err := url.Parse(p.pageURL())
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) < 10 {
		t.Errorf("only %d requests were seen: the check sees nothing", len(asked))
	}
	for range len(asked) {
		if u, err := url.Parse(<-asked); err != nil || u.Host != own.Host && u.Scheme != "data" && u.Scheme != "blob" {
			t.Errorf("the page asked %s (%v)", u, err)
		}
	}
}

func TestComesBackAfterARestart(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	p.pushMetrics("old", sampled(up, 1))
	until(t, ctx, rows+` === 1`)
	p.stop()
	until(t, ctx, `document.querySelector("#link").dataset.state === "lost" && document.querySelector("#link").innerText.includes("lost")`)
	p.start()
	until(t, ctx, `document.querySelector("#link").dataset.state === "live"`)
	until(t, ctx, rows+` === 0`)
	p.pushMetrics("new", sampled(up, 2))
	until(t, ctx, rows+` === 1 && document.querySelector("#list .row").innerText.includes("new")`)
}

// TestHostileText: what a client sends is shown as the text that it is.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const evil = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>&amp;</b>`
	p := startProcess(t)
	ctx := p.open("", 1400, 900)
	p.pushMetrics(evil, sampled(labels.FromStrings("__name__", "up", "evil", evil), 1))
	mustPost(t, 200, p.fakeURL("pyroscope")+"/ingest?format=folded&from=1&until=2&name="+url.QueryEscape("app{evil="+strings.NewReplacer("=", "_", ",", "_", `"`, "'").Replace(evil)+"}"), "text/plain", nil, []byte("main;"+strings.ReplaceAll(evil, " ", "_")+" 3\n"))
	until(t, ctx, rows+" === 2")
	_ = evaluate[string](t, ctx, `location.hash = "#/mimir/1"`)
	until(t, ctx, `document.querySelector(".content .labels").innerText.includes("onerror")`)
	_ = evaluate[string](t, ctx, `location.hash = "#/pyroscope/1"`)
	until(t, ctx, count(".box")+` >= 3`)
	until(t, ctx, `document.querySelector(".stage").innerText.includes("onerror")`)
	for _, tab := range []string{"headers", "body"} {
		run(t, ctx, chromedp.Click(chromedp.CSS(`[data-tab="`+tab+`"]`)))
	}
	until(t, ctx, `document.querySelector(".content pre")?.innerText.includes("onerror")`)
	checkNothingHacked(t, ctx)
	_ = evaluate[string](t, ctx, `location.hash = "#/mimir/query?q=up&as=chart"`)
	until(t, ctx, `document.querySelector(".answer-part .labels")?.innerText.includes("onerror")`)
	run(t, ctx, chromedp.SetValue(chromedp.CSS(".editor"), `up{evil=`), chromedp.Focus(chromedp.CSS(".editor")))
	press(t, ctx, `"`)
	until(t, ctx, `document.querySelector("#offers li")?.innerText.includes("onerror")`)
	press(t, ctx, kb.Tab, `"`, "}", kb.Enter)
	until(t, ctx, count(".answer-part tbody tr")+` === 1 && document.querySelector("#query-problem").hidden`)
	checkNothingHacked(t, ctx)
	_ = evaluate[string](t, ctx, `location.hash = "#/pyroscope/profiles"`)
	until(t, ctx, `document.querySelector(".held .labels")?.innerText.includes("onerror") && document.querySelector(".stage").innerText.includes("onerror")`)
	checkNothingHacked(t, ctx)
}

// checkNothingHacked: no element and no script came from the wire.
func checkNothingHacked(t *testing.T, ctx context.Context) {
	t.Helper()
	if n := evaluate[int](t, ctx, `document.querySelectorAll("img, script:not([src]), .content b:not(.labelset b, .note b, .tip b)").length + (window.hacked ?? 0)`); n != 0 {
		t.Errorf("%d elements came from the wire", n)
	}
}
