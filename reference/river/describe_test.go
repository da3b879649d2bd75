package river

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDescribe(t *testing.T) {
	v := everything{
		Text: "http://u:hunter2@h/?access_token=hunter2&a=b", Password: "hunter2", Texts: map[string]string{"Authorization": "hunter2", "X-Scope-OrgID": "a"},
		Lists: map[string][]Secret{"h": {"hunter2"}}, Sinks: []fmt.Stringer{sink("s"), nil}, Single: &inner{Number: 1}, Wait: 1500000000,
	}
	text, err := json.Marshal(Describe(&v, func(v any) string { return "<" + fmt.Sprint(v) + ">" }))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"text":"http://(secret)@h/?access_token=(secret)\u0026a=b"`, `"password":"(secret)"`, `"Authorization":"(secret)"`, `"X-Scope-OrgID":"a"`, `"h":["(secret)"]`,
		`"sinks":["\u003cs\u003e",null]`, `"dotted.single":{"extra":0,"number":1}`, `"wait":"1.5s"`, `"shared":0`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	if strings.Contains(string(text), "hunter2") {
		t.Errorf("secret shown: %s", text)
	}
}

func TestDurationText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		8 * time.Hour: "8h", 5 * time.Minute: "5m", 90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s", 0: "0s", 10 * time.Second: "10s",
	} {
		if got := ValueOf(d); got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

type busy struct{ n int }

func (b *busy) String() string { return "" }

func TestSame(t *testing.T) {
	one, other := &busy{1}, &busy{1}
	make := func() *everything {
		return &everything{
			Text: "a", Password: "p", Lists: map[string][]Secret{"h": {"v"}}, Sinks: []fmt.Stringer{one, nil}, Struct: &point{X: 1},
			Inner: []inner{{Label: "x"}}, Any: map[string]any{"a": []any{int64(1)}},
		}
	}
	if !Same(make(), make()) {
		t.Error("equal arguments are not the same")
	}
	for name, change := range map[string]func(*everything){
		"text":       func(e *everything) { e.Text = "b" },
		"secret":     func(e *everything) { e.Password = "q" },
		"map":        func(e *everything) { e.Lists["h"][0] = "w" },
		"map key":    func(e *everything) { e.Lists = map[string][]Secret{"i": {"v"}} },
		"receiver":   func(e *everything) { e.Sinks[0] = other },
		"nil":        func(e *everything) { e.Sinks[0] = nil },
		"length":     func(e *everything) { e.Sinks = e.Sinks[:1] },
		"pointer":    func(e *everything) { e.Struct.X = 2 },
		"no pointer": func(e *everything) { e.Struct = nil },
		"block":      func(e *everything) { e.Inner[0].Label = "y" },
		"any":        func(e *everything) { e.Any.(map[string]any)["a"] = nil },
		"squashed":   func(e *everything) { e.Shared = 1 },
	} {
		changed := make()
		if change(changed); Same(make(), changed) {
			t.Errorf("%s: changed arguments are the same", name)
		}
	}
}
