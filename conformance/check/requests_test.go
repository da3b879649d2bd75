package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

func TestRequests(t *testing.T) {
	first := header(push(time.Second, "a", 503), "X-A", "one")
	second := header(push(2*time.Second, "b", 200), "X-A", "one")
	second.Query = "x=1&y=2"
	second.Replied = after(10 * time.Second)
	third := push(5*time.Second, "c", 200)
	third.Path, third.Replied = "/other", time.Time{}
	third.Outcome, third.Status = "", 0
	o := seen(first, second, third)
	table(t, o, []row{
		{"m requests = 3", Pass, ""},
		{"m requests != 3", Fail, "got 3 requests, want != 3"},
		{"m requests < 4", Pass, ""},
		{"m requests = 2..4", Pass, ""},
		{"m requests > 3", Fail, ""},
		{"m accepted = 1", Pass, ""},
		{"m accepted of path=/other >= 1", Fail, "got 0 accepted requests"},
		{"m inflight = 2", Pass, ""},
		{"m inflight <= 1", Fail, "got 2 requests in flight"},
		{"m method = POST", Pass, ""},
		{"m method = GET", Fail, "request 1 at +1s: got POST, want GET"},
		{"m proto = HTTP/1.1", Pass, ""},
		{"m path has /push /other", Pass, ""},
		{"m path lacks /other", Fail, ""},
		{"m path = /push", Fail, "request 3 at +5s: got /other, want /push"},
		{"m urls = /push?x=1&y=2 /other /push", Pass, ""},
		{"m urls = /push /other", Fail, ""},
		{"m urls has /other", Pass, ""},
		{"m query x of status=200 = 1", Pass, ""},
		{"m query x = 1", Fail, "got none, want 1"},
		{"m query x absent", Fail, "got 1, want absent"},
		{"m query z absent", Pass, ""},
		{`m header Host = "{{m.addr}}"`, Pass, ""},
		{"m header X-A of path=/push = one", Pass, ""},
		{"m header x-a of path=/push matches o.e", Pass, ""},
		{"m header X-A of path=/push matches o", Fail, "got one, want matches o"},
		{"m header X-A = one", Fail, "got no header X-A"},
		{"m header X-A != two", Pass, ""},
		{"m header X-A present", Fail, ""},
		{"m header X-B absent", Pass, ""},
		{"m header X-A absent", Fail, "got one, want absent"},
		{"m statuses = 503 200", Pass, ""}, // the third is still open
	})
}

func TestCredentials(t *testing.T) {
	o := seen(header(push(0, "a", 200), "Authorization", "Basic dTpw"))
	table(t, o, []row{
		{"m credentials = u:p", Pass, ""},
		{"m credentials = u:q", Fail, "got u:p, want u:q"},
	})
	expect(t, seen(header(push(0, "a", 200), "Authorization", "Bearer x")), "m credentials = u:p", Fail, "no Basic credentials")
	expect(t, seen(header(push(0, "a", 200), "Authorization", "Basic !")), "m credentials = u:p", Fail, "not base64")
}

func TestAttempts(t *testing.T) {
	good := []observe.Request{push(0, "a", 503), push(time.Second, "a", 0), push(2*time.Second, "a", 200), push(3*time.Second, "b", 200)}
	table(t, seen(good...), []row{
		{"m attempts same-body", Pass, ""},
		{"m attempts of body=1 = 3", Pass, ""},
		{"m attempts = 3", Fail, "the body of request 4 was tried 1 times, want 3"},
		{"m attempts <= 3", Pass, ""},
	})
	lost := []observe.Request{push(0, "a", 503), push(time.Second, "b", 200)}
	table(t, seen(lost...), []row{
		{"m attempts same-body", Fail, "request 1 at +0s was answered 503 and never came again"},
		{"m attempts = 1", Pass, ""},
	})
	alone := []observe.Request{push(0, "a", 503)}
	table(t, seen(alone...), []row{
		{"m attempts same-body", Inconclusive, "nothing at m had to be tried again"},
		{"m attempts = 1", Inconclusive, "was still being tried"},
		{"m attempts of body=2 = 1", Inconclusive, "nothing that fits"},
	})
	fine := []observe.Request{push(0, "a", 200), push(time.Second, "b", 400)}
	expect(t, seen(fine...), "m attempts same-body", Inconclusive, "nothing at m had to be tried again")
	expect(t, seen(fine...), "m attempts = 1", Pass, "")
}

func TestGaps(t *testing.T) {
	slow := push(30*time.Millisecond, "a", 503)
	slow.Replied = after(time.Second)
	o := seen(push(0, "a", 503), slow, push(1060*time.Millisecond, "a", 200), push(2*time.Second, "b", 0), push(3*time.Second, "b", 200))
	table(t, o, []row{
		{"m gaps of body=1 = 30ms 60ms", Pass, ""},
		{"m gaps of body=1 = 30ms 61ms", Fail, "gap 2 is 60ms, want 61ms; all gaps: 30ms 60ms"},
		{"m gaps of body=1 = 30ms", Fail, "got 2 gaps: 30ms 60ms, want 30ms"},
		{"m gaps of body=1 starts 30ms", Pass, ""},
		{"m gaps of body=1 ~ 30ms 60ms", Pass, ""},
		{"m gaps of body=1 ~ 20ms 60ms", Fail, ""}, // exact on the virtual lane
		{"m gaps of body=2 = 1s", Pass, ""},
		{"m gaps = 30ms 60ms 1s", Pass, ""},
		{"m gaps = 30ms..40ms 50ms..60ms 1s", Pass, ""},
	})
	o.Lane, o.Slack = "real", 20*time.Millisecond
	table(t, o, []row{
		{"m gaps of body=1 starts 34ms", Pass, ""}, // a little early: the answer is stamped late
		{"m gaps of body=1 starts 36ms", Fail, ""},
		{"m gaps of body=1 starts 10ms", Pass, ""}, // late by the slack
		{"m gaps of body=1 starts 9ms", Fail, ""},
		{"m gaps of body=1 starts~ 5ms", Pass, ""}, // twice as long, and late by the slack
		{"m gaps of body=1 starts~ 4ms", Fail, ""},
	})
}

func TestTimes(t *testing.T) {
	o := seen(push(10*time.Second, "a", 200), push(25*time.Second, "b", 200), push(40*time.Second, "c", 200))
	o.Marks = append(o.Marks, observe.Mark{Name: "middle", At: after(20 * time.Second)})
	o.Marks = o.Marks[1:]
	table(t, o, []row{
		{"m first = 10s", Pass, ""},
		{"m first <= 9s", Fail, "got 10s, want <= 9s"},
		{"m first >= 10s", Pass, ""},
		{"m first from middle = 5s", Pass, ""},
		{"m intervals = 15s", Pass, ""},
		{"m intervals = 14s", Fail, "/push comes 15s after the request before, at +25s: want 14s"},
		{"m intervals >= 15s", Pass, ""},
		{"m intervals <= 14s", Fail, ""},
		{"m intervals of body=1 = 15s", Inconclusive, "no URL of m was asked for twice"},
	})
	o.Lane, o.Slack = "real", time.Second
	table(t, o, []row{
		{"m intervals = 14s", Pass, ""},
		{"m intervals = 16s", Pass, ""},
		{"m intervals = 17s", Fail, ""},
		{"m first <= 9s", Pass, ""},
		{"m first >= 11s", Fail, ""},
	})
}

func TestLasts(t *testing.T) {
	hung, open := push(10*time.Second, "a", 0), push(60*time.Second, "b", 0)
	hung.Outcome, hung.Replied, open.Outcome, open.Replied = "hung", after(25*time.Second), "", time.Time{}
	quick := push(30*time.Second, "c", 200)
	quick.Replied = after(31 * time.Second)
	o := seen(hung, quick, open)
	table(t, o, []row{
		{"m lasts of status=hung = 15s", Pass, ""},
		{"m lasts of status=hung = 14s", Fail, "request 1 at +10s lasted 15s, want 14s"},
		{"m lasts <= 15s", Pass, ""}, // the one still open is not judged
		{"m lasts >= 15s", Fail, "request 2 at +30s lasted 1s, want >= 15s"},
	})
	expect(t, seen(open), "m lasts <= 1h", Inconclusive, "nothing that fits arrived at m")
	o.Lane, o.Slack = "real", time.Second
	table(t, o, []row{{"m lasts of status=hung = 14s", Pass, ""}, {"m lasts of status=hung = 16s", Pass, ""}, {"m lasts of status=hung = 17s", Fail, ""}})
}
