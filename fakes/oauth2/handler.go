package oauth2

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// handler is the Server as its base sees it.
type handler Server

// Classify reads the request.
func (h *handler) Classify(r *server.Request) string {
	if r.Exchange.Method != http.MethodPost {
		return KindOther
	}
	request := read(r.Exchange)
	request.Kind = KindToken
	request.place = h.requests.Add(*request)
	r.Value = request
	return KindToken
}

// Answer gives a token out, or says why not.
func (h *handler) Answer(r *server.Request) server.Answer {
	request, ok := r.Value.(*Request)
	if !ok {
		return server.Text(http.StatusMethodNotAllowed, "tokens are asked for by POST\n")
	}
	h.issuer.judge(request)
	if request.Error != "" {
		return refusal(request)
	}
	token := h.issuer.issue(strings.Clone(request.ClientID), request.Scopes)
	request.Token = token.Value
	return h.issuer.options.reply(token)
}

// Finish completes the journal.
func (h *handler) Finish(r *server.Request) {
	request, ok := r.Value.(*Request)
	if !ok {
		return
	}
	request.Exchange = r.Exchange
	h.requests.Update(request.place, func(kept *Request) { *kept = *request })
}

// refusal is the error of section 5.2 of RFC 6749.
func refusal(r *Request) server.Answer {
	answer := document(http.StatusBadRequest, map[string]any{"error": r.Error, "error_description": r.Reason})
	if r.Error == "invalid_client" {
		answer.Status = http.StatusUnauthorized
		if r.Style == InHeader {
			answer.Header.Set("WWW-Authenticate", `Basic realm="fake"`)
		}
	}
	return answer
}

// reply is the success of section 5.1 of RFC 6749.
func (o Options) reply(t Token) server.Answer {
	kind := o.TokenType
	if kind == "" {
		kind = "Bearer"
	}
	fields := map[string]any{"access_token": t.Value, "token_type": kind}
	if !o.SilentExpiry {
		fields["expires_in"] = int64(t.Expires.Sub(t.Issued) / time.Second)
	}
	if len(t.Scopes) > 0 {
		fields["scope"] = strings.Join(t.Scopes, " ")
	}
	if o.Form {
		return form(fields)
	}
	return document(http.StatusOK, fields)
}

func form(fields map[string]any) server.Answer {
	values := url.Values{}
	for name, value := range fields {
		switch v := value.(type) {
		case string:
			values.Set(name, v)
		case int64:
			values.Set(name, strconv.FormatInt(v, 10))
		}
	}
	return server.Answer{Body: []byte(values.Encode()), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cache-Control": {"no-store"}}}
}

func document(status int, fields map[string]any) server.Answer {
	body, err := json.Marshal(fields)
	if err != nil { // of strings and numbers: cannot happen, and is told if it does
		return server.Text(http.StatusInternalServerError, err.Error()+"\n")
	}
	return server.Answer{Status: status, Body: body, Header: http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}}
}
