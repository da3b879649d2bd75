package oauth2

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Request is one request for a token.
type Request struct {
	journal.Exchange
	// Form is what the body said.
	Form url.Values
	// ClientID and ClientSecret are who asked, Style how it said so; all empty when it did not.
	ClientID, ClientSecret string
	Style                  Style
	Scopes                 []string
	// Token was given out.
	Token string
	// Error is the code of RFC 6749 that was answered, and Reason why.
	Error, Reason string

	place int // its number in the journal
}

// size estimates what the request holds: the exchange, and its text again, taken apart.
func (r *Request) size() int64 {
	const perValue = 64
	n := 2*r.Exchange.Size() + int64(perValue*(len(r.Form)+len(r.Scopes)))
	for _, values := range r.Form {
		n += int64(perValue * len(values))
	}
	return n
}

// read understands a request as far as it can.
func read(e journal.Exchange) *Request {
	request := &Request{Exchange: e}
	form, err := url.ParseQuery(string(e.Body))
	if err != nil {
		return request.refuse("invalid_request", "the body is not form-encoded")
	}
	request.Form = form
	// A copy, for a token lives longer than the request's text.
	request.Scopes = strings.Fields(strings.Clone(form.Get("scope")))
	if media, _, _ := strings.Cut(e.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded") {
		request.refuse("invalid_request", fmt.Sprintf("the content type is %q, not application/x-www-form-urlencoded", media))
	}
	request.identify()
	return request
}

// Decode understands a recorded request and its answer, as far as it can: Error and Reason are only those of requests that cannot be
// understood.
func Decode(e journal.Exchange) Request {
	request := read(e)
	var answer struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(e.ReplyBody, &answer) == nil {
		request.Token = answer.Token
	} else if form, err := url.ParseQuery(string(e.ReplyBody)); err == nil {
		request.Token = form.Get("access_token")
	}
	return *request
}

// identify finds out who asks. Both ways at once is an error, says section 2.3 of RFC 6749.
func (r *Request) identify() {
	id, secret, basic := (&http.Request{Header: r.Header}).BasicAuth()
	inBody := r.Form.Has("client_secret")
	switch {
	case basic && inBody:
		r.refuse("invalid_request", "the client says who it is in two ways")
	case basic:
		r.Style, r.ClientID, r.ClientSecret = InHeader, unescape(id), unescape(secret)
	case inBody || r.Form.Has("client_id"):
		r.Style, r.ClientID, r.ClientSecret = InBody, r.Form.Get("client_id"), r.Form.Get("client_secret")
	}
}

// unescape reads a part of the basic authentication, which section 2.3.1 wants form-encoded. What is not, is taken as it is.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// refuse notes the first reason not to give a token.
func (r *Request) refuse(code, reason string) *Request {
	if r.Error == "" {
		r.Error, r.Reason = code, reason
	}
	return r
}

// These bound what a request makes the issuer remember with its token.
const (
	maxClientID = 1000
	maxScopes   = 100
)

// judge decides about a request that could be read.
func (i *issuer) judge(r *Request) {
	o := i.options
	switch grant := r.Form.Get("grant_type"); {
	case r.Error != "":
	case len(r.ClientID) > maxClientID || len(r.Scopes) > maxScopes:
		r.refuse("invalid_request", fmt.Sprintf("the client's name is longer than %d bytes, or there are more than %d scopes", maxClientID, maxScopes))
	case o.Style != AnyStyle && r.Style != o.Style:
		r.refuse("invalid_client", fmt.Sprintf("the client must say who it is in the %s", o.Style))
	case !i.knows(r.ClientID, r.ClientSecret):
		r.refuse("invalid_client", "the client or its secret is unknown")
	case grant == "":
		r.refuse("invalid_request", "grant_type is missing")
	case grant != "client_credentials":
		r.refuse("unsupported_grant_type", fmt.Sprintf("the grant type is %q, not client_credentials", grant))
	}
	for _, scope := range r.Scopes {
		if len(o.Scopes) > 0 && !slices.Contains(o.Scopes, scope) {
			r.refuse("invalid_scope", fmt.Sprintf("the scope %q is not among those allowed", scope))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Params)) {
		if !slices.Equal(r.Form[name], []string{o.Params[name]}) {
			r.refuse("invalid_request", fmt.Sprintf("the parameter %q is missing or wrong", name))
		}
	}
}

// refusals tells how requests were answered, for failures. No secret is in it.
func refusals(all []Request) string {
	var lines []string
	for _, r := range all {
		if r.Error != "" {
			lines = append(lines, fmt.Sprintf("%s (%s)", r.Error, r.Reason))
		} else if r.Status/100 != 2 {
			lines = append(lines, fmt.Sprintf("status %d %s", r.Status, r.Outcome))
		}
	}
	if len(lines) == 0 {
		return "none was refused"
	}
	return "refused: " + strings.Join(lines, ", ")
}
