package control

import (
	"context"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// oauth2Kind is the kind oauth2.
type oauth2Kind struct{ *oauth2.Server }

func startOAuth2(_ *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error) {
	shared.KeepReplies = true // they tell whether a token was given
	o := oauth2.Options{Options: shared}
	if s := spec.OAuth2; s != nil {
		o.Style, o.Scopes, o.Params = oauth2.Style(s.Style), s.Scopes, s.Params
		o.SilentExpiry, o.TokenType, o.Form = s.SilentExpiry, s.TokenType, s.Form
	}
	issuer, err := oauth2.Start(o)
	if err != nil {
		return nil, nil, err
	}
	return &oauth2Kind{issuer}, issuer.Server, nil
}

func (k *oauth2Kind) endpoint() string      { return k.TokenURL() }
func (k *oauth2Kind) accepted() *api.Counts { return nil }
func (k *oauth2Kind) forget()               { k.Forget() }

func (k *oauth2Kind) serve(s api.Serve) error {
	if s.Pages != nil || s.Generator != nil || s.Profiles != nil || s.Proxy != nil {
		return badRequest(`an oauth2 has "client" and "lifetime" only`)
	}
	lifetime, err := duration("serve: lifetime", s.Lifetime, 0)
	if err != nil {
		return err
	}
	if s.Client != nil {
		k.SetClient(s.Client.ID, s.Client.Secret)
	}
	if s.Lifetime != "" {
		k.SetLifetime(lifetime)
	}
	return nil
}

func (k *oauth2Kind) describe(e journal.Exchange, _ int) description {
	if e.Kind != oauth2.KindToken {
		return requestLine(e)
	}
	r := oauth2.Decode(e)
	d := description{problem: r.Reason}
	d.content.Token = &api.TokenRequest{
		ClientID: r.ClientID, Style: string(r.Style), Scopes: r.Scopes, Issued: r.Token != "" && e.Status/100 == 2, Error: r.Error, Reason: r.Reason,
	}
	d.line = "no token for " + clientName(r.ClientID)
	if d.content.Token.Issued {
		d.line = "a token for " + clientName(r.ClientID)
	}
	if len(r.Scopes) > 0 {
		d.line += fmt.Sprintf(", scopes %q", r.Scopes)
	}
	return d
}

func clientName(id string) string {
	if id == "" {
		return "a client without a name"
	}
	return fmt.Sprintf("client %q", id)
}

func (k *oauth2Kind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	if !w.Tokens {
		return api.Found{}, false, nil
	}
	return api.Found{Condition: plural(w.AtLeast, "token")}, true, k.WaitFor(ctx, w.AtLeast)
}

func (k *oauth2Kind) tokens() api.Tokens {
	return api.Tokens{Tokens: append([]api.Token{}, each(k.Tokens(), func(t oauth2.Token) api.Token {
		return api.Token{Value: t.Value, ClientID: t.ClientID, Scopes: t.Scopes, Issued: t.Issued, Expires: t.Expires, Revoked: t.Revoked}
	})...)}
}

// asStarted undoes what serve changed.
func (k *oauth2Kind) asStarted() {
	k.SetClient("", "")
	k.SetLifetime(0)
	k.Revoke("")
}
