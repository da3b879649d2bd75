package process

import (
	"os"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func TestReadConfig(t *testing.T) {
	c, err := ReadConfig("fakes.yaml", []byte(`
control: 127.0.0.1:9990
quiet: true
fakes:
- kind: mimir
  addr: 9009
  script: |
    503*3 200
    connections: refuse accept
  auth: {issuer: oauth2, tenant: true}
  tls:
    certificate: expired
- kind: oauth2
  serve:
    client: {id: agent, secret: s3cret}
- kind: pprof
  serve:
    profiles:
    - path: /x
      file: aGVsbG8=
`))
	if err != nil {
		t.Fatal(err)
	}
	m := c.Fakes[0]
	if c.Control != "127.0.0.1:9990" || !c.Quiet || len(c.Fakes) != 3 || m.Kind != api.Mimir || m.Addr != "9009" || !strings.Contains(m.Script, "connections: refuse") ||
		m.Auth.Issuer != "oauth2" || !m.Auth.Tenant || m.TLS.Certificate != "expired" || c.Fakes[1].Serve.Client.Secret != "s3cret" ||
		string(c.Fakes[2].Serve.Profiles[0].File) != "hello" {
		t.Errorf("it reads %+v", c)
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"":                                     "read fakes.yaml: it names no fakes",
		"fakes: []":                            "read fakes.yaml: it names no fakes",
		"fakes:\n- kind: mimir\n  scrip: x\n":  `read fakes.yaml: line 3 column 3: unknown field "scrip"`,
		"fakes:\n- kind: a\n  kind: b\n":       `read fakes.yaml: line 3 column 3: `,
		"fakes:\n- kind: [a]\n":                `read fakes.yaml: line 2 column 9: `,
		"fakes:\n- kind: a\n  strict: often\n": `read fakes.yaml: line 3 column 11: `,
		"fakes: [\n":                           `read fakes.yaml: line 1 column 8: `,
		"fakes:\n- kind: mimir\n  script: 200 50\n":                                        `read fakes.yaml: fakes[0]: script: reply script, line 1 column 5: "50"`,
		"fakes:\n- kind: pprof\n  serve:\n    profiles:\n    - path: /\n      file: '?'\n": "read base64",
	} {
		if _, err := ReadConfig("fakes.yaml", []byte(source)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n ") {
			t.Errorf("%q: the error is %v, want %s", source, err, want)
		}
	}
}

// TestExampleIsRead holds the example to what is read.
func TestExampleIsRead(t *testing.T) {
	source, err := os.ReadFile("../../examples/fakes/fakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig("fakes.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	c.Control = "0"
	for i := range c.Fakes {
		c.Fakes[i].Addr = "0"
	}
	begin(t, c).end()
}
