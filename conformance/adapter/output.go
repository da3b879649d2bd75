package adapter

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"sync"
)

// lineWriter hands on what an agent prints, and looks in it for the agent's address. Safe for concurrent use.
type lineWriter struct {
	to   io.Writer
	find func(line string) string // nil when url is known

	mu   sync.Mutex
	rest []byte // guarded by mu; a line that is not complete yet
	url  string // guarded by mu
}

// longestLine bounds what is kept of a line that does not end.
const longestLine = 64 << 10

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.look(p)
	if w.to == nil {
		return len(p), nil
	}
	return w.to.Write(p)
}

// look searches complete lines until the address was found. The caller holds mu.
func (w *lineWriter) look(p []byte) {
	if w.url != "" || w.find == nil {
		return
	}
	w.rest = append(w.rest, p...)
	for w.url == "" {
		line, after, complete := bytes.Cut(w.rest, []byte("\n"))
		if !complete {
			break
		}
		w.url, w.rest = w.find(string(line)), after
	}
	if w.url != "" || len(w.rest) > longestLine {
		w.rest = nil
	}
}

func (w *lineWriter) found() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.url
}

// announced finds the address in the line that the reference prints: {"http":"127.0.0.1:40123"}.
func announced(line string) string {
	var address struct{ HTTP string }
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &address) != nil || address.HTTP == "" {
		return ""
	}
	return "http://" + address.HTTP
}

// firstLine is the first line of text without blanks around it.
func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return strings.TrimSpace(line)
}

// limited keeps the beginning of what is written to it.
type limited struct{ text []byte }

func (l *limited) Write(p []byte) (int, error) {
	room := longestLine - len(l.text)
	l.text = append(l.text, p[:min(room, len(p))]...)
	return len(p), nil
}
