package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestSamples(t *testing.T) {
	o := seen(
		with(push(time.Second, "1", 200), up(1), up(2, labels.Label{Name: "x", Value: "y"})),
		with(push(2*time.Second, "2", 503), up(3)),
		with(push(3*time.Second, "3", 200), up(3)),
		with(push(4*time.Second, "4", 200), up(observe.Stale())),
	)
	table(t, o, []row{
		{"m samples up = 4", Pass, ""}, // what was answered 503 does not count
		{"m samples * = 4", Pass, ""},
		{`m samples up{x="y"} = 1`, Pass, ""},
		{"m samples down >= 1", Fail, "got 0 samples, want >= 1"},
		{"m values up = 1 2 3 stale", Pass, ""},
		{"m values up = 1 2 3", Fail, "got 1 2 3 stale, want 1 2 3"},
		{"m values up starts 1 2.0", Pass, ""},
		{"m values up has stale", Pass, ""},
		{"m values up lacks 9", Pass, ""},
		{"m values down lacks 9", Inconclusive, "nothing that fits"},
		{"m batch = 1..2", Pass, ""},
		{"m batch = 1", Fail, "request 1 at +1s carries 2, want 1"},
		{"m batch has 2", Pass, ""},
		{"m batch lacks 3", Pass, ""},
		{"m batch lacks 2", Fail, "request 1 at +1s carries 2, want lacks 2"},
		{"m labels up lacks job=b", Pass, ""},
		{"m labels up lacks job=a", Fail, "has the label job=a"},
		{"m batch has 3", Fail, "got 2 1 1 1, want one of 3"},
		{"m labels up has job=a", Pass, ""},
		{"m labels up has job=b", Fail, `label job is "a", want "b"`},
		{"m labels up has z=", Fail, `label z is ""`},
		{"m labels up lacks z", Pass, ""},
		{"m labels up lacks x", Fail, "has the label x"},
		{`m labels up{x="y"} = job=a x=y`, Pass, ""},
		{`m labels up{x="y"} = job=a`, Fail, `has the label x="y" besides`},
		{"m labels * sorted", Pass, ""},
		{"m age up <= 0s", Pass, ""},
		{"m age up >= 1s", Fail, "got 0s, want >= 1s"},
		{"m decodes", Pass, ""},
	})
}

func TestUnsortedLabels(t *testing.T) {
	series := observe.Series{Labels: labels.Labels{{Name: "b"}, {Name: "a"}}, Samples: []observe.Sample{{V: 1}}}
	expect(t, seen(with(push(0, "a", 200), series)), "m labels * sorted", Fail, "label b comes before a")
	series.Labels = labels.Labels{{Name: "a"}, {Name: "a"}}
	expect(t, seen(with(push(0, "a", 200), series)), "m labels * sorted", Fail, "label a comes before a")
}

func TestSequence(t *testing.T) {
	numbers := func(values ...observe.Value) *observe.Observation {
		var requests []observe.Request
		for i, v := range values {
			requests = append(requests, with(push(time.Duration(i)*time.Second, "b", 200), up(v)))
		}
		return seen(requests...)
	}
	tests := []struct {
		numbers  []observe.Value
		op       string
		want     Verdict
		detail   string
		describe string
	}{
		{[]observe.Value{2, 3, 4}, "once", Pass, "", "need not begin at 1"},
		{[]observe.Value{2, 4}, "complete", Fail, "number 3 is missing between 2 and 4", ""},
		{[]observe.Value{2, 3, 3, 4}, "once", Fail, "number 3 came 2 times", ""},
		{[]observe.Value{2, 3, 3, 4}, "complete", Pass, "", ""},
		{[]observe.Value{2, 3, observe.Stale()}, "once", Pass, "", "markers do not count"},
		{[]observe.Value{2}, "once", Inconclusive, "no series at m has two samples", ""},
		{[]observe.Value{2, 1e300}, "once", Fail, "are no numbers of scrapes", "and it ends"},
		{[]observe.Value{2, 2.5, 3}, "once", Fail, "the value 2.5 is no number of a scrape", ""},
	}
	for _, test := range tests {
		expect(t, numbers(test.numbers...), "m sequence up "+test.op, test.want, test.detail)
	}
	late := with(push(5*time.Second, "late", 200), up(1))
	late.Series[0].Samples[0].T = began.UnixMilli()
	o := seen(with(push(4*time.Second, "b", 200), up(2)), late)
	expect(t, o, "m sequence up ordered", Fail, "number 1 came after number 2")
	expect(t, numbers(1, 2, 3), "m sequence up ordered", Pass, "")
}

func TestProfiles(t *testing.T) {
	profile := func(name, raw string) observe.Profile {
		return observe.Profile{Labels: labels.Labels{{Name: "__name__", Value: name}}, Raw: []byte(raw)}
	}
	sent := push(0, "x", 200)
	sent.Kind, sent.Profiles = "profile", []observe.Profile{profile("memory", "one"), profile("mutex", "two")}
	o := seen()
	o.Fakes[1].Requests = []observe.Request{sent}
	served := push(0, "", 200)
	served.Kind, served.Served = "scrape", []byte("one")
	o.Fakes[3].Requests = []observe.Request{served}
	o.Waits[0].Met = true
	table(t, o, []row{
		{"p profiles * = 2", Pass, ""},
		{"p profiles memory = 1", Pass, ""},
		{"p profiles block >= 1", Fail, ""},
		{"p labels memory has __name__=memory", Pass, ""},
		{"p raw memory served-by src", Pass, ""},
		{"p raw mutex served-by src", Fail, "3 bytes that src never served"},
		{"p raw block served-by src", Inconclusive, ""},
		{"p batch = 2", Pass, ""},
	})
}

func TestConnections(t *testing.T) {
	shake := func(h journal.Handshake) journal.Connection { return journal.Connection{Opened: began, TLS: &h} }
	good := shake(journal.Handshake{Offered: []string{"TLS 1.2", "TLS 1.3"}, Version: "TLS 1.3", Protocol: "h2", ServerName: "m.test", ClientSubject: "me"})
	bad := shake(journal.Handshake{Offered: []string{"TLS 1.2"}, ServerName: "m.test", Error: "bad certificate"})
	noise := shake(journal.Handshake{Error: "first record does not look like a TLS handshake"})
	o := seen(push(0, "a", 200))
	o.Fakes[0].Connections = []journal.Connection{good, noise}
	table(t, o, []row{
		{"m connections = 2", Pass, ""},
		{"m handshakes ok", Pass, ""},
		{"m handshakes failed", Fail, "1 of 1 handshakes succeeded"},
		{`m tls-version = "TLS 1.3"`, Pass, ""},
		{`m tls-version = "TLS 1.2"`, Fail, `got "TLS 1.3", want TLS 1.2`},
		{`m tls-offered has "TLS 1.2"`, Pass, ""},
		{`m tls-offered lacks "TLS 1.0"`, Pass, ""},
		{`m tls-offered lacks "TLS 1.2"`, Fail, ""},
		{"m server-name = m.test", Pass, ""},
		{"m server-name absent", Fail, ""},
		{"m client-cert = me", Pass, ""},
		{"m client-cert present", Pass, ""},
		{"m client-cert absent", Fail, ""},
		{"m alpn = h2", Pass, ""},
	})
	o.Fakes[0].Connections = []journal.Connection{bad, noise}
	table(t, o, []row{
		{"m handshakes failed", Pass, ""},
		{"m handshakes ok", Fail, "1 of 1 handshakes failed: bad certificate"},
		{"m alpn = h2", Inconclusive, "no TLS handshake with m succeeded"},
	})
	o.Fakes[0].Connections = []journal.Connection{noise}
	expect(t, o, "m handshakes failed", Inconclusive, "nobody began a TLS handshake")
	o.Fakes[0].Connections, o.Fakes[0].Requests = []journal.Connection{good}, nil
	expect(t, o, "m handshakes ok", Inconclusive, "nothing that fits arrived at m")
}

func TestABatchNeedsSomethingInIt(t *testing.T) {
	empty := push(0, "a", 200)
	empty.Series = nil
	expect(t, seen(empty), "m batch <= 5", Inconclusive, "no request at m carried anything")
}
