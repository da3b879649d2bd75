package report

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// evidenced is an observation of one push that was refused, and of an agent that was never ready.
func evidenced() *observe.Observation {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	up := observe.Series{Labels: labels.Labels{{Name: "__name__", Value: "up"}}, Samples: []observe.Sample{{V: 1}, {V: 2}}}
	push := observe.Request{Series: []observe.Series{up}, Exchange: journal.Exchange{
		Method: "POST", Path: "/push", Query: "a=<b>", Arrived: began.Add(time.Second), Replied: began.Add(2 * time.Second), Status: 503, Outcome: "replied",
	}}
	hung := observe.Request{DecodeError: "no snappy", Exchange: journal.Exchange{Method: "PUT", Path: "/x", Arrived: began}}
	return &observe.Observation{
		Began: began, Fakes: []observe.Fake{{Name: "m", Requests: []observe.Request{push, hung}, Connections: []journal.Connection{
			{Opened: began.Add(3 * time.Second), TLS: &journal.Handshake{Error: "bad certificate"}}, {TLS: &journal.Handshake{Version: "TLS 1.3"}},
		}}},
		Controls: []observe.Run{{Line: 4, Config: "good = 1"}},
		Runs:     []observe.Run{{Line: 5, Started: began, Exited: began, Code: 1, Config: `url = "<x>"`, Log: strings.Repeat("x", mostLog) + "the end"}},
	}
}

func TestHTML(t *testing.T) {
	bad := played("area/fail#a=b c", finding(check.Fail, "A-MUST"))
	bad.Evidence = "/evidence"
	var asked []string
	page := func(read func(string) (*observe.Observation, error)) string {
		var b strings.Builder
		r := build(t, Known{}, played("area/pass", finding(check.Pass, "A-DEFAULT")), bad)
		if err := WriteHTML(&b, r, read); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text := page(func(folder string) (*observe.Observation, error) {
		asked = append(asked, folder)
		return evidenced(), nil
	})
	if len(asked) != 1 || asked[0] != "/evidence" {
		t.Errorf("asked for the evidence in %q", asked)
	}
	for _, want := range []string{
		"<title>touchstone: failed</title>", "POST /push?a=&lt;b&gt;", "503 after 1s", "2 samples such as up = 1", "cannot be decoded: no snappy",
		"<td>3s<td>m<td><code>TLS handshake</code><td>failed<td>bad certificate",
		"control started at line 4: it ran to the end", "agent started at line 5: exited with status 1 and was never ready",
		"url = &#34;&lt;x&gt;&#34;", "xthe end", "got 2", "Statement of A-MUST.", "<code>touchstone test</code>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(text, "PUT /x") > strings.Index(text, "POST /push") {
		t.Error("requests are not in order of arrival")
	}
	checkLinks(t, text)
	for _, read := range []func(string) (*observe.Observation, error){
		nil, func(string) (*observe.Observation, error) { return nil, errors.New("it is gone") },
	} {
		if without := page(read); !strings.Contains(without, "got 2") || strings.Contains(without, "what happened") {
			t.Error("a case without evidence is not shown as such")
		}
	}
}

func TestHTMLSaysWhenWhatFailedDoesNotBind(t *testing.T) {
	for _, c := range []struct {
		clause string
		want   bool
	}{{"A-SHOULD", true}, {"A-MUST", false}} {
		var b strings.Builder
		if err := WriteHTML(&b, build(t, Known{}, played("a", finding(check.Fail, c.clause))), nil); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "None of this fails the run"); got != c.want {
			t.Errorf("%s failed: the page says so: %v", c.clause, got)
		}
	}
}

func TestHTMLOfAMixedRun(t *testing.T) {
	var b strings.Builder
	if err := WriteHTML(&b, mixed(t), nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<td>some<td>it is old<td><details><summary>1</summary><code>area/known</code>", "<td>some<td>needs a wal<td>1", "stale entry of some: <code>area/gone</code>",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	checkLinks(t, b.String())
}

// checkLinks demands that every link leads to a place on the page, and that the page fetches nothing.
func checkLinks(t *testing.T, page string) {
	t.Helper()
	links := regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) == 0 {
		t.Error("the matrix links to nothing")
	}
	for _, link := range links {
		name, ok := strings.CutPrefix(link[1], "#")
		if !ok || !strings.Contains(page, `id="`+name+`"`) {
			t.Errorf("the link %s leads nowhere", link[1])
		}
	}
	if strings.Contains(page, "src=") || strings.Contains(page, "@import") || strings.Contains(page, "<link") {
		t.Error("the page needs something else")
	}
}

func TestEvidenceIsCut(t *testing.T) {
	o := evidenced()
	for range mostRequests {
		o.Fakes[0].Requests = append(o.Fakes[0].Requests, o.Fakes[0].Requests[0])
	}
	if e := newEvidence(o); len(e.Requests) != mostRequests || e.Left != 3 || len(e.Runs[1].Log) != mostLog {
		t.Errorf("%d requests, %d left, a log of %d bytes", len(e.Requests), e.Left, len(e.Runs[1].Log))
	}
}
