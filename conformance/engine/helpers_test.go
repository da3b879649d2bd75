package engine

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

const helped = `# A scripted agent asks for a token through a proxy that alone knows the way.
clause X-Y
killed by never-retries

fake oauth2 t client=a:s style=body lifetime=1m
fake proxy via user=u:p knows=far.test:t
env VIA=http://u:p@{{via.addr}}
start agent config.river
wait t accepted >= 1 within 10m
check t accepted >= 1 X-Y
-- config.river --
url = "http://far.test:80/token"
form = "grant_type=client_credentials&client_id=a&client_secret=s"
# {{t.token_url}}
`

func TestTokensThroughAProxy(t *testing.T) {
	play(t, helped, &actorAgent{}, "", func(t *testing.T, o *observe.Observation) {
		asked, passed := o.Fake("t").Requests, o.Fake("via").Requests
		if len(asked) != 1 || asked[0].Token.Client != "a:s" || asked[0].Token.Style != "body" || asked[0].Token.Value == "" {
			t.Errorf("asked %+v", asked)
		}
		if len(passed) != 1 || passed[0].Kind != "forward" || passed[0].Host != "far.test:80" || passed[0].Status != 200 {
			t.Errorf("passed %+v", passed)
		}
		if !strings.Contains(o.Runs[0].Config, o.Values["t.url"]+"/token") {
			t.Errorf("configuration %q", o.Runs[0].Config)
		}
	})
}

func TestTokenSabotageStandsBeforeTheIssuer(t *testing.T) {
	play(t, helped, &actorAgent{}, "token-wrong-path", func(t *testing.T, o *observe.Observation) {
		if got := o.Fake("t").Requests[0].Path; got != "/token/elsewhere" {
			t.Errorf("asked at %s", got)
		}
	})
}
