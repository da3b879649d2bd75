package check

import (
	"net/url"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// asking is an observation with two requests for a token, of which the second was refused.
func asking(requests ...observe.Request) *observe.Observation {
	o := seen(requests...)
	ask := func(client, style, value string, form url.Values) observe.Request {
		r := push(0, "", 200)
		r.Kind, r.Token = "token", &observe.Token{Client: client, Style: style, Value: value, Form: form}
		return r
	}
	o.Fakes = append(o.Fakes, observe.Fake{Name: "t", Kind: "oauth2", Requests: []observe.Request{
		ask("a:s", "header", "t1", url.Values{"scope": {"x y"}}), ask("a:s", "body", "", url.Values{"scope": {"x y"}, "more": {"1"}}),
	}})
	return o
}

func TestTokens(t *testing.T) {
	good, bad := push(0, "a", 200), push(time.Second, "b", 200)
	table(t, asking(header(good, "Authorization", "Bearer t1")), []row{
		{"m token given-by t", Pass, ""},
		{"t client = a:s", Pass, ""},
		{"t client = b:s", Fail, "got a:s, want b:s"},
		{"t style = header", Fail, "got body"},
		{"t form scope = \"x y\"", Pass, ""},
		{"t form scope present", Pass, ""},
		{"t form scope absent", Fail, "x y"},
		{"t form more = 1", Fail, ""},
	})
	both := asking(header(good, "Authorization", "Bearer t1"), header(bad, "Authorization", "Bearer t2"))
	expect(t, both, "m token given-by t", Fail, "was not given out there")
	table(t, asking(good), []row{{"m token given-by t", Fail, "no token"}, {"p token given-by t", Inconclusive, "nothing that fits"}})
	// A refused request gives out the empty token, which nobody shows.
	expect(t, asking(header(good, "Authorization", "Bearer ")), "m token given-by t", Fail, "no token")
}

func TestTargets(t *testing.T) {
	o := seen()
	one, two := push(0, "", 200), push(0, "", 200)
	one.Kind, one.Host, two.Kind, two.Host = "connect", "b:443", "forward", "a:80"
	o.Fakes = append(o.Fakes, observe.Fake{Name: "via", Kind: "proxy", Requests: []observe.Request{one, two, one}})
	table(t, o, []row{
		{"via targets = a:80 b:443", Pass, ""},
		{"via targets of kind=connect = b:443", Pass, ""},
		{"via targets has a:80", Pass, ""},
		{"via targets lacks a:80", Fail, ""},
		{"via requests of kind=forward = 1", Pass, ""},
	})
}
