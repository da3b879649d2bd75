package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/touchstone-telemetry/touchstone/fakes/page"
)

// TestUnits runs the functions of testdata/unit in the browser, beside the page's own modules and under its policy.
func TestUnits(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/unit/", http.StripPrefix("/unit/", http.FileServer(http.Dir("testdata/unit"))))
	mux.Handle("/", page.Handler())
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := newTab(t, 800, 600)
	run(t, ctx, chromedp.Navigate(server.URL+"/icon.svg"))

	files, err := filepath.Glob("testdata/unit/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".test.js"), func(t *testing.T) {
			results := evaluate[map[string]string](t, ctx, fmt.Sprintf(runner, name))
			if len(results) == 0 {
				t.Fatal("it has no tests")
			}
			for test, failure := range results {
				if failure != "" {
					t.Errorf("%s: %s", test, failure)
				}
			}
		})
	}
}

// runner runs the tests of one module: what failed by name, "" for what did not.
const runner = `import("/unit/%s").then(async ({tests}) => {
	const results = {};
	for (const [name, test] of Object.entries(tests)) {
		try { await test(); results[name] = ""; } catch (cause) { results[name] = cause.stack; }
	}
	return results;
})`
