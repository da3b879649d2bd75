package httpclient

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

const secretText = "correct horse/battery"

func TestSecretsAreHiddenInEveryForm(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(secretText))
	for in, want := range map[string]string{
		"no secret": "no secret",
		secretText:  hidden,
		"told " + secretText + " twice " + secretText:  "told " + hidden + " twice " + hidden,
		"form=correct+horse%2Fbattery&x":               "form=" + hidden + "&x",
		"path/correct%20horse%2Fbattery/x":             "path/" + hidden + "/x",
		"base64 " + encoded + ".":                      "base64 " + hidden + ".",
		"cut in the middle: correct horse/bat":         "cut in the middle: " + hidden,
		"cut early: correct hor":                       "cut early: " + hidden,
		"cut and gone on with: correct horse/x":        "cut and gone on with: " + hidden + "x",
		"only its first letters: cor":                  "only its first letters: cor",
		"its end alone tells nothing: battery":         "its end alone tells nothing: battery",
		"cut in the middle of Base64: " + encoded[:20]: "cut in the middle of Base64: " + hidden,
	} {
		if got := hide(in, []string{secretText}); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestHideAtTheEdges(t *testing.T) {
	for _, tt := range []struct {
		text    string
		secrets []string
		want    string
	}{
		{"abc is too short to be taken out", []string{"abc", "", " "}, "abc is too short to be taken out"},
		{"the longer one goes first: hunter2hunter2", []string{"hunter2", "hunter2hunter2"}, "the longer one goes first: (secret)"},
		{"white space around it: hunter2", []string{" hunter2\n"}, "white space around it: (secret)"},
		{"two: hunter2 and letmein", []string{"letmein", "hunter2"}, "two: (secret) and (secret)"},
		{"a short one cut at the end: hunt", []string{"hunter2"}, "a short one cut at the end: (secret)"},
		{"a short one cut elsewhere: hunt!", []string{"hunter2"}, "a short one cut elsewhere: hunt!"},
		{"the stand-in is not hidden: (secret)", []string{"(secret)"}, "the stand-in is not hidden: (secret)"},
		{"", []string{"hunter2"}, ""},
	} {
		if got := hide(tt.text, tt.secrets); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

// FuzzHide checks that no secret of some length is left, whatever stands around it, and that a text without one stays as it is.
func FuzzHide(f *testing.F) {
	f.Add("before ", " after", "hunter2hunter2")
	f.Add("(secret", ")", "(secret)(sec")
	f.Add("aaaa", "aaaa", "aaaaaa")
	f.Fuzz(func(t *testing.T, before, after, secret string) {
		if len(strings.TrimSpace(secret)) < shortest || strings.Contains(hidden, secret) {
			t.Skip("left in the text on purpose")
		}
		if got := hide(before+secret+after, []string{secret}); strings.Contains(strings.ReplaceAll(got, hidden, "\x00"), secret) {
			t.Errorf("%q is left in %q", secret, got)
		}
	})
}

func TestWhatARequestCarries(t *testing.T) {
	req, err := http.NewRequest("POST", "http://user:pass-word@host/path?api_key=key-value&page=3", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("me:my-password"))},
		"Cookie":        {"session=cookie-value"},
		"X-Vault":       {"one-value", "other-value"},
		"X-Scope-Orgid": {"tenant-7"},
		"User-Agent":    {"agent/1"},
		"Content-Type":  {"application/proto"},
	}
	text := strings.Join([]string{
		"my-password", "me:my-password", req.Header.Get("Authorization"), "session=cookie-value", "one-value", "other-value",
		"pass-word", base64.StdEncoding.EncodeToString([]byte("user:pass-word")), "key-value", "tenant-7", "agent/1", "application/proto", "page=3",
	}, "\n")
	want := strings.Repeat(hidden+"\n", 9) + "tenant-7\nagent/1\napplication/proto\npage=3"
	if got := hide(text, secretsOf(req)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatSettingsHold(t *testing.T) {
	c := Config{
		BearerToken:        "bearer-value",
		ProxyURL:           "http://u:proxy-value@proxy",
		ProxyConnectHeader: map[string][]river.Secret{"Proxy-Authorization": {"Digest connect-value"}},
		BasicAuth:          &BasicAuth{Username: "known-to-all", Password: "basic-value"},
		Authorization:      &Authorization{Credentials: "credentials-value"},
		OAuth2: &OAuth2{
			ClientID: "client-id", ClientSecret: "client-value", TokenURL: "http://u:token-value@token/?signature=url-value",
			EndpointParams: map[string]string{"password": "param-value", "audience": "everybody"},
			ProxyURL:       "http://u:inner-value@proxy",
		},
	}
	held := strings.Join(c.secrets(), " ")
	for _, part := range []string{"bearer", "proxy", "connect", "basic", "credentials", "client", "token", "url", "param", "inner"} {
		if !strings.Contains(held, part+"-value") {
			t.Errorf("%s-value is missing in %s", part, held)
		}
	}
	for _, public := range []string{"known-to-all", "client-id", "everybody"} {
		if strings.Contains(held, public) {
			t.Errorf("%s is no secret", public)
		}
	}
	if got := (&Config{}).secrets(); strings.Join(got, "") != "" {
		t.Errorf("no settings hold %q", got)
	}
}

// TestHideKnowsTheExchange: what the requests behind an answer carried is hidden, those before a redirect included, and nothing of
// any other exchange.
func TestHideKnowsTheExchange(t *testing.T) { inWorld(t, hideKnowsTheExchange) }

func hideKnowsTheExchange(w *world) {
	w.serve("a.test:80", nil, redirect(http.StatusTemporaryRedirect, "http://b.test/"))
	w.serve("b.test:80", nil, ok)
	client := w.client(`bearer_token = "fixed-token"`)
	req, err := http.NewRequest("GET", "http://a.test/", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("X-Vault", "header-value")
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, want := Hide(resp, "fixed-token header-value other-value"), "(secret) (secret) other-value"; got != want {
		w.t.Errorf("got %s, want %s", got, want)
	}
	if !Echoes(resp, "you sent header-value") || Echoes(resp, "you sent something") {
		w.t.Error("Echoes does not tell what Hide does")
	}
	for _, other := range []*http.Response{{}, {Request: req}} {
		if got := Hide(other, "header-value"); got != "header-value" {
			w.t.Errorf("an answer that no Client has got: %s", got)
		}
	}
}

func TestHiddenErrors(t *testing.T) {
	c := &carried{fixed: []string{"hunter2hunter2"}}
	plain := errors.New("connection refused")
	if got := c.hideError(plain); got != plain {
		t.Errorf("got another error: %v", got)
	}
	wrapped := c.hideError(&url.Error{Op: "Post", URL: "http://x", Err: errors.Join(plain, errors.New("it said hunter2hunter2"))})
	if !errors.Is(wrapped, plain) || strings.Contains(wrapped.Error(), "hunter2") || !strings.Contains(wrapped.Error(), "it said (secret)") {
		t.Errorf("got %v", wrapped)
	}
	long := c.hideError(errors.New(strings.Repeat("ä", longestReason)))
	if len(long.Error()) > longestReason+2 || strings.ContainsRune(strings.TrimSuffix(long.Error(), "\uFFFD"), '\uFFFD') {
		t.Errorf("%d bytes are left: %.20q", len(long.Error()), long.Error())
	}
	cut := c.hideError(errors.New(strings.Repeat("x", longestReason-5) + "hunter2hunter2"))
	if strings.Contains(cut.Error(), "hunte") {
		t.Errorf("the beginning of a secret is left at the cut: %q", cut.Error()[longestReason-20:])
	}
}

func TestStatusIsTheStandards(t *testing.T) {
	for code, want := range map[int]string{200: "200 OK", 503: "503 Service Unavailable", 599: "599"} {
		if got := Status(&http.Response{StatusCode: code, Status: "hunter2"}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
