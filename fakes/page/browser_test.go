package page_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browserNames are the programs that drive this page in tests, the first that is found.
var browserNames = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// browser is the one process that all tests share; each test has a profile of its own in it.
var browser struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.cancel != nil {
		browser.cancel()
	}
	os.Exit(code)
}

// findBrowser names a browser. Without one the test is skipped with the reason, but where CI is set it fails.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no browser to show the page in: install Debian's package chromium (looked for %v)"
	if os.Getenv("CI") != "" {
		t.Fatalf(missing, browserNames)
	}
	t.Skipf(missing, browserNames)
	return ""
}

// startBrowser begins the shared process.
func startBrowser(path, profile string) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(time.Minute),
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	browser.ctx, browser.err = ctx, chromedp.Do(ctx)
	browser.cancel = func() {
		cancel()
		stop()
		_ = os.RemoveAll(profile)
	}
}

// newTab opens a tab with cookies and storage of its own, of this size.
func newTab(t *testing.T, width, height int64) context.Context {
	t.Helper()
	path := findBrowser(t)
	browser.once.Do(func() {
		profile, err := os.MkdirTemp("", "page-browser-")
		if err != nil {
			browser.err = err
			return
		}
		startBrowser(path, profile)
	})
	if browser.err != nil {
		t.Fatalf("start %s: %v", path, browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(stop)
	run(t, ctx, chromedp.EmulateViewport(width, height))
	return ctx
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// evaluate gives what an expression is, a promise's value included.
func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true: it is looked at with each frame of the browser. While parts that it names are not there yet it
// is not.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("(() => { try { return "+expression+"; } catch { return false; } })()", chromedp.WithPollingTimeout(20*time.Second)))
	if err != nil {
		text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("%s does not become true: %v\nthe page says:\n%s", expression, err, text)
	}
}

// press sends keys to what has the focus. One that writes is sent as a keyboard does: what it writes follows from its being pressed, so
// that a page which takes the key for itself prevents it.
func press(t *testing.T, ctx context.Context, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if key == kb.Enter {
			run(t, ctx, dispatch(input.DispatchKeyEventParams{Type: "keyDown", Key: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}),
				dispatch(input.DispatchKeyEventParams{Type: "keyUp", Key: "Enter", WindowsVirtualKeyCode: 13}))
			continue
		}
		if r := []rune(key); len(r) > 1 || !unicode.IsPrint(r[0]) || r[0] >= 0x100 {
			run(t, ctx, chromedp.KeyEvent(key))
			continue
		}
		run(t, ctx, dispatch(input.DispatchKeyEventParams{Type: "keyDown", Key: key, Text: key}), dispatch(input.DispatchKeyEventParams{Type: "keyUp", Key: key}))
	}
}

func dispatch(event input.DispatchKeyEventParams) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		return cdp.Call(ctx, target, input.DispatchKeyEvent, event)
	}
}

func count(selector string) string {
	return fmt.Sprintf("document.querySelectorAll(%q).length", selector)
}

func textOf(selector string) string {
	return fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)
}
