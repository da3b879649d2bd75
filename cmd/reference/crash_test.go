package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

// TestCrashOutputHoldsNoSecret ends the agent as a crash does, with the stacks of all its goroutines, while it holds
// secrets and requests that carry them are under way.
func TestCrashOutputHoldsNoSecret(t *testing.T) {
	arrived, leave := make(chan bool, 10), make(chan bool)
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- r.Header.Get("Authorization") == "Bearer hush_hush-token"
		<-leave
	}))
	defer backend.Close()
	defer close(leave)
	cmd, stderr, _ := agent(t, writeConfig(t, strings.ReplaceAll(`
prometheus.scrape "a" {
  targets         = [{"__address__" = "HOST"}]
  scrape_interval = "100ms"
  scrape_timeout  = "100ms"
  bearer_token    = "hush_hush-token"
  forward_to      = [prometheus.remote_write.a.receiver]
}
prometheus.remote_write "a" {
  endpoint {
    url     = "http://user:hush_hush-user@HOST/?token=hush_hush-query"
    headers = {"X-Vault" = "hush_hush-header"}
  }
}
`, "HOST", strings.TrimPrefix(backend.URL, "http://"))))
	if !<-arrived {
		t.Error("the request came without its token")
	}
	send(t, cmd, syscall.SIGQUIT)
	if err := cmd.Wait(); err == nil {
		t.Error("the agent has not crashed")
	}
	if text := stderr.String(); !strings.Contains(text, "goroutine 1 ") || strings.Contains(text, "hush_hush") {
		t.Errorf("the output of the crash holds no stack, or a secret:\n%.4000s", text)
	}
}
