package scenario

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const helped = `# Tokens and proxies.
killed by x

fake oauth2 t client=a:s:x style=body lifetime=90s
fake proxy via user=u:p knows=a.test:t knows=b.test:t
env HTTP_PROXY={{via.url}}
start agent c
wait via targets has a.test:80 within 1s
check t client = a:s:x
-- c --
{{t.token_url}}
`

func TestHelpersAndEnvironment(t *testing.T) {
	c := expand(t, parse(t, helped), Virtual)[0]
	issuer, proxy := c.Steps[0].(*StartFake).Options, c.Steps[1].(*StartFake).Options
	if issuer.Client != "a:s:x" || issuer.Style != "body" || issuer.Lifetime != 90*time.Second {
		t.Errorf("issuer %+v", issuer)
	}
	if proxy.User != "u:p" || !reflect.DeepEqual(proxy.Knows, map[string]string{"a.test": "t", "b.test": "t"}) {
		t.Errorf("proxy %+v", proxy)
	}
	if env := find[*Env](t, c); env.Name != "HTTP_PROXY" || env.Value != "{{via.url}}" {
		t.Errorf("environment %+v", env)
	}
}

func TestHelpersRefuse(t *testing.T) {
	for _, c := range [][3]string{
		{"client=a:s:x", "client=a", "want ID:SECRET"},
		{"style=body", "style=boody", "\"boody\" is not one of header, body (did you mean body?)"},
		{"lifetime=90s", "lifetime=never", "want a duration like 15s"},
		{"lifetime=90s", "user=a:b", "option user is for proxy only"},
		{"user=u:p", "user=u", "want NAME:PASSWORD"},
		{"user=u:p", "style=body", "option style is for oauth2 only"},
		{"knows=a.test:t", "knows=a.test", "want HOST:FAKE"},
		{"knows=a.test:t", "knows=a.test:tt", "no fake called \"tt\" has been started"},
		{"env HTTP_PROXY=", "env HTTP-PROXY=", "want NAME=VALUE"},
		{"start agent c\n", "start agent c\nenv A=b\n", "the agent runs already"},
	} {
		if _, err := Parse("t.txtar", []byte(strings.Replace(helped, c[0], c[1], 1))); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: got %v, want %s", c[1], err, c[2])
		}
	}
}
