package httpclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// token answers token requests with this body.
func token(body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprint(rw, body)
	}
}

// oauth2Args is a complete block with more arguments.
func oauth2Args(more string) string {
	return "oauth2 {\n client_id = \"id\"\n token_url = \"http://tokens.test/token\"\n" +
		map[bool]string{true: " client_secret = \"s3cret\"\n"}[!strings.Contains(more, "client_secret")] + more + "\n}"
}

func TestTokenRequest(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		w.serve("tokens.test:80", nil, token(`{"access_token":"T","token_type":"bearer","expires_in":3600}`))
		w.post(w.client(oauth2Args(`scopes = ["a", "b"]`+"\n"+`endpoint_params = {audience = "x"}`)), "http://api.test/")
		got := w.requests("tokens.test")
		if len(got) != 1 || got[0].line != "POST /token" || got[0].body != "audience=x&grant_type=client_credentials&scope=a+b" ||
			got[0].auth != "Basic aWQ6czNjcmV0" || got[0].header.Get("User-Agent") != "touchstone/1" {
			t.Errorf("got %+v", got)
		}
		if got := w.requests("api.test")[0].auth; got != "Bearer T" {
			t.Errorf("got %q, want the token", got)
		}
	})
}

func TestTokenIsKeptUntilTenSecondsBeforeItsEnd(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		w.serve("tokens.test:80", nil, token(`{"access_token":"T","expires_in":60}`))
		c := w.client(oauth2Args(""))
		for _, step := range []struct {
			wait  time.Duration
			total int
		}{{0, 1}, {49 * time.Second, 1}, {2 * time.Second, 2}, {49 * time.Second, 2}, {time.Hour, 3}} {
			time.Sleep(step.wait)
			w.post(c, "http://api.test/")
			if got := len(w.requests("tokens.test")); got != step.total {
				t.Errorf("%v later: got %d token requests, want %d", step.wait, got, step.total)
			}
		}
	})
}

func TestNewSecretMeansNewToken(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		w.serve("tokens.test:80", nil, token(`{"access_token":"T"}`))
		file := w.file("secret", "one\n")
		c := w.client(oauth2Args(fmt.Sprintf("client_secret_file = %q", file)))
		w.post(c, "http://api.test/")
		w.post(c, "http://api.test/")
		if err := os.WriteFile(file, []byte("two"), 0o600); err != nil {
			t.Fatal(err)
		}
		w.post(c, "http://api.test/")
		got := w.requests("tokens.test")
		if len(got) != 2 || got[0].auth != "Basic aWQ6b25l" || got[1].auth != "Basic aWQ6dHdv" {
			t.Errorf("got %+v, want two token requests with different secrets", got)
		}
	})
}

func TestTokenRequestEndsWithItsRequest(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		hang := make(chan struct{})
		defer close(hang)
		w.serve("tokens.test:80", nil, func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		})
		c := w.client(oauth2Args(""))
		results := make(chan string)
		start := time.Now()
		// The second one gives up while it waits for the first one's fetch.
		for _, patience := range []time.Duration{3 * time.Second, time.Second} {
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				results <- w.do(ctx, c, "POST", "http://api.test/", nil)
			}()
			synctest.Wait()
		}
		for _, patience := range []time.Duration{time.Second, 3 * time.Second} {
			got := <-results
			if !strings.Contains(got, "deadline exceeded") || !strings.Contains(got, "tokens.test") || time.Since(start) != patience {
				t.Errorf("after %v: got %s, want an end after %v", time.Since(start), got, patience)
			}
		}
		if n := len(w.requests("api.test")); n != 0 {
			t.Errorf("%d requests were sent without a token", n)
		}
	})
}

func TestTokenErrorIsOneLineWithoutSecrets(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("tokens.test:80", nil, func(rw http.ResponseWriter, _ *http.Request) {
			http.Error(rw, "go away\nsecond line", http.StatusForbidden)
		})
		w.serve("echo.test:80", nil, func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			http.Error(rw, r.Header.Get("Authorization")+" "+string(body)+" s3cret", http.StatusForbidden)
		})
		for _, url := range []string{"http://user:s3cret@echo.test/x?token=s3cret", "http://user:s3cret@nowhere.test/x?token=s3cret"} {
			args := strings.Replace(oauth2Args(`endpoint_params = {again = "s3cret"}`), "http://tokens.test/token", url, 1)
			got := w.post(w.client(args), "http://api.test/")
			if !strings.Contains(got, `OAuth2 token from "http://user:xxxxx@`) || strings.Contains(got, "s3cret") || strings.Contains(got, "czNjcmV0") {
				t.Errorf("%s: got %s", url, got)
			}
		}
		got := w.post(w.client(oauth2Args("")), "http://api.test/")
		if !strings.Contains(got, `"http://tokens.test/token": the server answered 403 Forbidden: "go away"`) ||
			strings.Contains(got, "s3cret") || strings.Contains(got, "\n") {
			t.Errorf("got %s", got)
		}
	})
}

func TestTokenRequestIsNotRedirectedElsewhere(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("tokens.test:80", nil, redirect(307, "http://evil.test/"))
		w.serve("evil.test:80", nil, token(`{"access_token":"T"}`))
		got := w.post(w.client(oauth2Args("")), "http://api.test/")
		if len(w.requests("evil.test")) != 0 || !strings.Contains(got, "307") {
			t.Errorf("got %s and %d requests elsewhere", got, len(w.requests("evil.test")))
		}
	})
}
