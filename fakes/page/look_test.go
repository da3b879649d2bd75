package page_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// prefer tells the page what its reader prefers.
func prefer(feature, value string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
		})
		return chromedp.Void{}, err
	}
}

const brightness = `(() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number); return r + g + b; })()`

func TestLightAndDark(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	run(t, ctx, prefer("prefers-color-scheme", "dark"))
	until(t, ctx, brightness+" < 150")
	run(t, ctx, prefer("prefers-color-scheme", "light"))
	until(t, ctx, brightness+" > 600")
	press(t, ctx, "t", "t") // light, then dark
	until(t, ctx, brightness+" < 150")
	run(t, ctx, chromedp.Navigate(p.pageURL()))
	until(t, ctx, brightness+" < 150")
}

func TestReducedMotion(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	ctx := p.open("", 1200, 800)
	run(t, ctx, prefer("prefers-reduced-motion", "reduce"))
	p.pushMetrics("", sampled(up, 1))
	until(t, ctx, rows+" === 1")
	if n := evaluate[int](t, ctx, "document.getAnimations().length"); n != 0 {
		t.Errorf("%d animations run", n)
	}
}

// TestWidths: nothing sticks out of the page, from a telephone to a wide screen.
func TestWidths(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.pushMetrics("team-a", sampled(up, 1, 2))
	p.pushProfile("app", "main;work;parse 30", "main;work;sort 20")
	ctx := p.open("", 400, 800)
	for _, width := range []int64{400, 800, 1600} {
		run(t, ctx, chromedp.EmulateViewport(width, 800))
		for place, ready := range map[string]string{
			"#/": `document.querySelector("#pane").hidden`, "#/mimir/1": count("#pane .labels") + " > 0", "#/pyroscope/1": count("#pane .box") + " > 0",
			"#/mimir/script": count("#pane .step") + " > 0", "#/mimir/connections": count("#pane tbody tr") + " > 0",
			"#/mimir/query?q=up&as=chart": count("#pane path.line") + " > 0", "#/pyroscope/profiles": count("#pane .box") + " > 0 && " + count("#pane .labels") + " > 0",
		} {
			_ = evaluate[string](t, ctx, "location.hash = '"+place+"'")
			until(t, ctx, ready)
			if over := evaluate[int](t, ctx, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("at %d pixels %s sticks out by %d", width, place, over)
			}
		}
	}
}
