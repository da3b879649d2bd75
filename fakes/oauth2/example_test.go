package oauth2_test

import (
	"context"
	"fmt"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// A fake Mimir that takes the tokens of the fake issuer, and what becomes of a client whose tokens are revoked. In a test, StartT(t) is one
// line and closes each fake itself.
func ExampleServer_Revoke() {
	o, err := oauth2.Start(oauth2.Options{ClientID: "agent", ClientSecret: "s3cret", Scopes: []string{"metrics:write"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer o.Close()
	m, err := mimir.Start(mimir.Options{Options: server.Options{Auth: server.Auth{Token: o.Valid}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()

	config := clientcredentials.Config{ClientID: "agent", ClientSecret: "s3cret", TokenURL: o.TokenURL(), Scopes: []string{"metrics:write"}}
	client := config.Client(context.Background())
	for range 2 {
		response, err := client.Get(m.URL() + "/ready")
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(response.StatusCode)
		o.Revoke("")
	}
	fmt.Println(len(o.Tokens()), "token,", o.Requests()[0].Style)
	// Output:
	// 200
	// 401
	// 1 token, header
}

// A client's secret is rotated: who asks with the old one is refused from then on, while tokens that were given out stay valid.
func ExampleServer_SetClient() {
	o, err := oauth2.Start(oauth2.Options{ClientID: "agent", ClientSecret: "old"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer o.Close()
	ask := func(secret string) (string, error) {
		config := clientcredentials.Config{ClientID: "agent", ClientSecret: secret, TokenURL: o.TokenURL()}
		token, err := config.Token(context.Background())
		if err != nil {
			return "", err
		}
		return token.AccessToken, nil
	}
	token, err := ask("old")
	fmt.Println("old secret:", err)
	o.SetClient("agent", "new")
	_, err = ask("old")
	fmt.Println("old secret, rotated:", err != nil, "its token is valid:", o.Valid(token))
	_, err = ask("new")
	fmt.Println("new secret:", err)
	// Output:
	// old secret: <nil>
	// old secret, rotated: true its token is valid: true
	// new secret: <nil>
}
