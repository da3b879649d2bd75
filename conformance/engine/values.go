package engine

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// fill puts the values that are known by now into an attached file. The number of a scrape stays: the exposition fake fills
// it in anew each time.
func (s *stage) fill(f scenario.File) (string, error) {
	text, err := scenario.Fill(f.Text, s.value)
	if err != nil {
		return "", fmt.Errorf("file %s: %w", f.Name, err)
	}
	return text, nil
}

// value is what a template that is known only at run time stands for.
func (s *stage) value(name string) (string, bool) {
	if name == "scrape" {
		return "{{scrape}}", true
	}
	if ahead, dated, err := scenario.Date(name); dated {
		return time.Now().Add(ahead).UTC().Format(http.TimeFormat), err == nil
	}
	value, ok := s.seen.Values[name]
	if ok {
		return value, true
	}
	fake, property, _ := strings.Cut(name, ".")
	p, ok := s.casts[fake]
	if !ok {
		return "", false
	}
	return p.secret(property)
}

// publish makes the address and the certificates of a fake known.
func (s *stage) publish(p *prop) error {
	host, port, err := net.SplitHostPort(p.server.Addr())
	if err != nil {
		return err
	}
	for property, value := range map[string]string{"url": p.server.URL(), "addr": p.server.Addr(), "host": host, "port": port} {
		s.seen.Values[p.name+"."+property] = value
	}
	if p.kind == "oauth2" {
		s.seen.Values[p.name+".token_url"] = p.server.URL() + "/token"
	}
	for property, text := range p.texts {
		path := filepath.Join(s.scratch, p.name+"."+property+".pem")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return fmt.Errorf("write the certificates of %s: %w", p.name, err)
		}
		s.seen.Values[p.name+"."+property] = path
	}
	return nil
}
