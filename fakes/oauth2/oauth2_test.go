package oauth2_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	fake "github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// inMemory runs a test with a client whose connections are closed after each request.
func inMemory(t *testing.T, o fake.Options, test func(t *testing.T, c *http.Client, s *fake.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		o.Listen = n.Listen
		test(t, &http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}, fake.StartT(t, o))
	})
}

// config is that of a client nobody here wrote.
func config(s *fake.Server, style oauth2.AuthStyle) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID: "agent", ClientSecret: "s 3/cret", TokenURL: s.TokenURL(), AuthStyle: style,
		Scopes: []string{"write", "read"}, EndpointParams: url.Values{"audience": {"mimir"}},
	}
}

var strict = fake.Options{ClientID: "agent", ClientSecret: "s 3/cret", Scopes: []string{"read", "write"}, Params: map[string]string{"audience": "mimir"}}

func TestBothStyles(t *testing.T) {
	for style, want := range map[oauth2.AuthStyle]fake.Style{oauth2.AuthStyleInHeader: fake.InHeader, oauth2.AuthStyleInParams: fake.InBody} {
		inMemory(t, strict, func(t *testing.T, c *http.Client, s *fake.Server) {
			ctx := context.WithValue(t.Context(), oauth2.HTTPClient, c)
			token, err := config(s, style).Token(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if !s.Valid(token.AccessToken) || token.Type() != "Bearer" || !token.Expiry.Equal(time.Now().Add(time.Hour)) {
				t.Errorf("the token is %+v", token)
			}
			if err := s.WaitFor(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			r := s.Requests()[0]
			if r.Style != want || r.ClientID != "agent" || strings.Join(r.Scopes, " ") != "write read" || r.Form.Get("audience") != "mimir" {
				t.Errorf("the request is %+v", r)
			}
			if r.Kind != "token" || r.Status != 200 || r.Token != token.AccessToken {
				t.Errorf("it was answered %d with %q", r.Status, r.Token)
			}
		})
	}
}

func TestClientThatProbesForTheStyle(t *testing.T) {
	o := strict
	o.Style = fake.InBody
	inMemory(t, o, func(t *testing.T, c *http.Client, s *fake.Server) {
		ctx := context.WithValue(t.Context(), oauth2.HTTPClient, c)
		if _, err := config(s, oauth2.AuthStyleAutoDetect).Token(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.WaitFor(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		all := s.Requests()
		if len(all) != 2 || all[0].Error != "invalid_client" || all[0].Style != fake.InHeader || all[0].Status != 401 || all[1].Style != fake.InBody {
			t.Errorf("requests are %+v", all)
		}
	})
}

// ask posts a form as it is.
func ask(t *testing.T, c *http.Client, target, contentType, form string) (status int, body string) {
	t.Helper()
	resp, err := c.Post(target, contentType, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

const formType = "application/x-www-form-urlencoded"

func TestRefusals(t *testing.T) {
	good := "grant_type=client_credentials&client_id=agent&client_secret=s+3%2Fcret&audience=mimir&scope=read"
	rows := []struct {
		form, kind, code string
		status           int
	}{
		{good, formType, "", 200},
		{good, formType + "; charset=utf-8", "", 200},
		{strings.Replace(good, "3", "4", 1), formType, "invalid_client", 401},
		{strings.Replace(good, "=agent", "=other", 1), formType, "invalid_client", 401},
		{"grant_type=client_credentials", formType, "invalid_client", 401},
		{strings.Replace(good, "client_credentials", "password", 1), formType, "unsupported_grant_type", 400},
		{strings.Replace(good, "grant_type", "x", 1), formType, "invalid_request", 400},
		{good + "+admin", formType, "invalid_scope", 400},
		{strings.Replace(good, "mimir", "loki", 1), formType, "invalid_request", 400},
		{good + "&audience=mimir", formType, "invalid_request", 400},
		{good, "application/json", "invalid_request", 400},
		{"%zz", formType, "invalid_request", 400},
	}
	inMemory(t, strict, func(t *testing.T, c *http.Client, s *fake.Server) {
		for i, row := range rows {
			status, body := ask(t, c, s.TokenURL(), row.kind, row.form)
			if status != row.status || (row.code != "" && !strings.Contains(body, `"error":"`+row.code+`"`)) {
				t.Errorf("%s: got %d %s, want %d %s", row.form, status, body, row.status, row.code)
			}
			synctest.Wait()
			if r := s.Requests()[i]; r.Error != row.code || (r.Token != "") != (row.code == "") {
				t.Errorf("%s: recorded %q %q", row.form, r.Error, r.Token)
			}
			if strings.Contains(body, "3/cret") {
				t.Errorf("a secret is in the answer: %s", body)
			}
		}
		resp, err := c.Get(s.TokenURL())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET: got %d", resp.StatusCode)
		}
	})
}

func TestTokensEnd(t *testing.T) {
	inMemory(t, fake.Options{Lifetime: time.Minute}, func(t *testing.T, c *http.Client, s *fake.Server) {
		for range 3 {
			ask(t, c, s.TokenURL(), formType, "grant_type=client_credentials")
			time.Sleep(20 * time.Second)
		}
		valid := func() string {
			var out string
			for _, token := range s.Tokens() {
				out += fmt.Sprint(s.Valid(token.Value), " ")
			}
			return out
		}
		if got := valid(); got != "false true true " {
			t.Errorf("after a minute: %s", got)
		}
		s.Revoke(s.Tokens()[1].Value)
		if got := valid(); got != "false false true " {
			t.Errorf("after a revocation: %s", got)
		}
		s.Revoke("")
		if got := valid(); got != "false false false " || s.Valid("") || s.Valid("made up") {
			t.Errorf("after all were revoked: %s", got)
		}
	})
}

func TestOtherAnswers(t *testing.T) {
	inMemory(t, fake.Options{Form: true, SilentExpiry: true, TokenType: "MAC"}, func(t *testing.T, c *http.Client, s *fake.Server) {
		_, body := ask(t, c, s.TokenURL(), formType, "grant_type=client_credentials&scope=a")
		got, err := url.ParseQuery(body)
		if err != nil || got.Get("token_type") != "MAC" || got.Has("expires_in") || !s.Valid(got.Get("access_token")) || got.Get("scope") != "a" {
			t.Errorf("got %v %v", got, err)
		}
		s.SetClient("someone", "else")
		if status, _ := ask(t, c, s.TokenURL(), formType, "grant_type=client_credentials"); status != 401 {
			t.Errorf("the old client got %d", status)
		}
		s.SetLifetime(time.Second)
		ask(t, c, s.TokenURL(), formType, "grant_type=client_credentials&client_id=someone&client_secret=else")
		if all := s.Tokens(); len(all) != 2 || all[1].Expires.Sub(all[1].Issued) != time.Second {
			t.Errorf("tokens are %+v", all)
		}
	})
	if _, err := fake.Start(fake.Options{Style: "smoke"}); err == nil {
		t.Error("a style that does not exist was taken")
	}
}

func TestFailureToGetATokenIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		s, err := fake.Start(fake.Options{Options: server.Options{Listen: n.Listen}, ClientID: "a", ClientSecret: "hidden"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		c := &http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
		ask(t, c, s.TokenURL(), formType, "grant_type=client_credentials&client_id=a&client_secret=guessed")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = s.WaitFor(ctx, 1)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "invalid_client") {
			t.Errorf("got %v", err)
		}
		if strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "guessed") {
			t.Errorf("a secret is in %v", err)
		}
	})
}

// A fake that wants tokens of the fake issuer.
func Example() {
	issuer, err := fake.Start(fake.Options{ClientID: "agent", ClientSecret: "s3cret"})
	if err != nil {
		panic(err)
	}
	defer issuer.Close()
	config := clientcredentials.Config{ClientID: "agent", ClientSecret: "s3cret", TokenURL: issuer.TokenURL()}
	token, err := config.Token(context.Background())
	if err != nil {
		panic(err)
	}
	auth := server.Auth{Token: issuer.Valid} // give this to the fake that is written to
	fmt.Println(auth.Token(token.AccessToken), auth.Token("made up"))
	// Output: true false
}
