// Package page is the live page of the fakes, as files of a browser: start with [Handler]. It shows what arrived and changes what is answered, all
// through the control API at the same origin; it holds no state and knows nothing of the fakes.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// policy lets the page load nothing that this handler did not serve, run no script that stands in HTML, and be framed by nobody.
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

// types are those of the files there are; a file of another type is not served, so that no browser guesses.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is one of the page's files as it is answered.
type file struct {
	contentType string
	etag        string
	content     []byte
}

// Handler serves the page: index.html at /, and its files below. It answers GET and HEAD, and 404 for what is not of the page. It needs the
// control API under api/v1 beside it. Browsers ask each time whether a file has changed, and are told by its digest.
func Handler() http.Handler {
	files := load(static)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		f, known := files[r.URL.Path]
		switch {
		case !known:
			http.NotFound(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "the page is only read", http.StatusMethodNotAllowed)
		default:
			f.serve(w, r)
		}
	})
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("ETag", f.etag)
	w.Header().Set("Cache-Control", "no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(f.content) // an error says that the browser has left
	}
}

// load reads all files once. They are part of the program, so one that cannot be read is a mistake of ours.
func load(from fs.FS) map[string]file {
	files := map[string]file{}
	err := fs.WalkDir(from, "static", func(name string, entry fs.DirEntry, err error) error {
		contentType, known := types[path.Ext(name)]
		if err != nil || entry.IsDir() || !known {
			return err
		}
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		files[strings.TrimPrefix(name, "static")] = file{contentType, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, content}
		return nil
	})
	if err != nil {
		panic("page: read what is embedded: " + err.Error())
	}
	files["/"] = files["/index.html"]
	return files
}
