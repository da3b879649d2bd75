package page_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/page"
)

func get(t *testing.T, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, r)
	return w
}

func TestFilesHaveTheirTypesAndAPolicy(t *testing.T) {
	for target, contentType := range map[string]string{
		"/":              "text/html; charset=utf-8",
		"/index.html":    "text/html; charset=utf-8",
		"/css/theme.css": "text/css; charset=utf-8",
		"/js/main.js":    "text/javascript; charset=utf-8",
		"/icon.svg":      "image/svg+xml",
	} {
		w := get(t, "GET", target)
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != contentType || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %q, %d bytes", target, w.Code, got, w.Body.Len())
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the policy is %q", target, policy)
		}
	}
}

func TestWhatIsNotOfThePage(t *testing.T) {
	for _, target := range []string{"/css", "/js/", "/static/index.html", "/page.go", "/js/%2e%2e/index.html", "/api/v1/fakes"} {
		if w := get(t, "GET", target); w.Code != 404 {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := get(t, "POST", "/"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, allowed are %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestFilesAreSentOnce(t *testing.T) {
	first := get(t, "GET", "/js/main.js")
	etag := first.Header().Get("ETag")
	if again := get(t, "GET", "/js/main.js", "If-None-Match", etag); etag == "" || again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("ETag %q: %d with %d bytes", etag, again.Code, again.Body.Len())
	}
	if changed := get(t, "GET", "/js/main.js", "If-None-Match", `"old"`); changed.Code != 200 {
		t.Errorf("another ETag: %d", changed.Code)
	}
	if head := get(t, "HEAD", "/js/main.js"); head.Code != 200 || head.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", head.Code, head.Body.Len())
	}
}

// sources calls f with each file of the page.
func sources(t *testing.T, f func(name, text string)) {
	t.Helper()
	files := 0
	err := fs.WalkDir(os.DirFS("static"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path.Join("static", name))
		files++
		f(name, string(data))
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// TestNoHTMLIsMadeOfText: whatever comes from the wire can only become text, because nothing in the page parses HTML or code.
func TestNoHTMLIsMadeOfText(t *testing.T) {
	dangerous := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|createContextualFragment|\beval\(|new Function|javascript:`)
	sources(t, func(name, text string) {
		if found := dangerous.FindString(text); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	})
	inline := regexp.MustCompile(`(?i)<script>|<style|\son\w+=|\sstyle=`)
	sources(t, func(name, text string) {
		if found := inline.FindString(text); path.Ext(name) == ".html" && found != "" {
			t.Errorf("%s has %q, which the policy forbids", name, found)
		}
	})
}

// TestWhatFilesNameIsThere: every module and style sheet that is named is served, and every module that is there is used.
func TestWhatFilesNameIsThere(t *testing.T) {
	named := regexp.MustCompile(`(?:from |href=|src=|new URL\()"\.?/?((?:js/|css/)?[\w.-]+\.(?:js|css|svg))"`)
	used := map[string]bool{}
	sources(t, func(name, text string) {
		for _, found := range named.FindAllStringSubmatch(text, -1) {
			target := path.Join("/", path.Dir(name), found[1])
			used[target] = true
			if w := get(t, http.MethodGet, target); w.Code != 200 {
				t.Errorf("%s names %s: %d", name, target, w.Code)
			}
		}
	})
	sources(t, func(name, _ string) {
		if ext := path.Ext(name); (ext == ".js" || ext == ".css") && !used["/"+name] {
			t.Errorf("nothing uses %s", name)
		}
	})
}
