package check

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// began is when the agent of every test was started.
var began = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return began.Add(d) }

// seen is an observation with an agent that was ready at once and stopped after an hour.
func seen(requests ...observe.Request) *observe.Observation {
	for i := range requests {
		requests[i].Seq = i + 1
	}
	return &observe.Observation{
		Lane: "virtual", Began: began, Ended: after(time.Hour),
		Values: map[string]string{"m.addr": "m.test:80"},
		Runs:   []observe.Run{{Line: 4, Started: began, Ready: began, Meant: true, Stopping: after(time.Hour), Exited: after(time.Hour)}},
		Marks:  []observe.Mark{{Name: "middle", At: after(30 * time.Minute)}},
		Waits:  []observe.Wait{{Line: 5, Met: true}},
		Fakes: []observe.Fake{{Name: "m", Kind: "mimir", Requests: requests}, {Name: "p", Kind: "pyroscope"},
			{Name: "app", Kind: "exposition"}, {Name: "src", Kind: "pprof"}},
	}
}

// push is one request with a body, answered at once.
func push(at time.Duration, body string, status int) observe.Request {
	r := observe.Request{}
	r.Exchange = journal.Exchange{Kind: "samples", Method: "POST", Path: "/push", Proto: "HTTP/1.1", Host: "m.test:80",
		Header: http.Header{}, Arrived: after(at), Read: after(at), Replied: after(at), Body: []byte(body), BodySize: int64(len(body)),
		Status: status, Outcome: "replied"}
	if status == 0 {
		r.Outcome = "reset"
	}
	return r
}

// with adds series with one sample each, whose time is that of the arrival.
func with(r observe.Request, series ...observe.Series) observe.Request {
	for i := range series {
		for j := range series[i].Samples {
			if series[i].Samples[j].T == 0 {
				series[i].Samples[j].T = r.Arrived.UnixMilli()
			}
		}
	}
	r.Series = series
	return r
}

func up(value observe.Value, more ...labels.Label) observe.Series {
	ls := append(labels.Labels{{Name: "__name__", Value: "up"}, {Name: "job", Value: "a"}}, more...)
	return observe.Series{Labels: ls, Samples: []observe.Sample{{V: value}}}
}

func header(r observe.Request, name, value string) observe.Request {
	r.Header = http.Header{}
	r.Header.Set(name, value)
	return r
}

// newCase parses checks into a case with a mimir m, a pyroscope p, an exposition app, a pprof src, an oauth2 t, a proxy via and the mark middle.
func newCase(t *testing.T, checks ...string) scenario.Case {
	t.Helper()
	text := "# Test.\nfake mimir m\nfake pyroscope p\nstart agent a\nwait m requests >= 1 within 1s\nfake exposition app\nfake pprof src\nfake oauth2 t\nfake proxy via\n" +
		"mark middle\nsnapshot snap\n" + strings.Join(checks, "\n") + "\n-- a --\n"
	s, err := scenario.Parse("t.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.Expand(scenario.Virtual)
	if err != nil {
		t.Fatal(err)
	}
	return cases[0]
}

// expect judges one check.
func expect(t *testing.T, o *observe.Observation, check string, want Verdict, detail string) {
	t.Helper()
	got := Judge(newCase(t, "check "+check), o)[0]
	if got.Verdict != want || !strings.Contains(got.Detail, detail) {
		t.Errorf("%s: got %s: %s; want %s: %s", check, got.Verdict, got.Detail, want, detail)
	}
}

// row is one check with the verdict it must get.
type row struct {
	check  string
	want   Verdict
	detail string
}

func table(t *testing.T, o *observe.Observation, rows []row) {
	t.Helper()
	for _, r := range rows {
		expect(t, o, r.check, r.want, r.detail)
	}
}

func TestEverySubjectHasAJudgement(t *testing.T) {
	known := map[string]bool{}
	for _, s := range scenario.Subjects() {
		known[s.Name] = true
		if subjects[s.Name] == nil {
			t.Errorf("nothing judges %q", s.Name)
		}
	}
	for name := range subjects {
		if !known[name] {
			t.Errorf("%q is judged and cannot be asked", name)
		}
	}
}

// TestNothingPassesOnNothing judges a positive check of every subject over an agent that was ready and did nothing.
func TestNothingPassesOnNothing(t *testing.T) {
	for _, check := range []string{
		"m requests >= 1", "m accepted >= 1", "m statuses = 200", "m statuses lacks 500", "m method = POST", "m path = /x", "m path lacks /x",
		"m query x = y", "m query x absent", "m urls = /x", "m urls lacks /x", "m proto = HTTP/1.1", "m header X = y", "m header X absent",
		"m credentials = a:b", "app intervals = 15s", "m first <= 5s", "m lasts <= 5s", "m inflight <= 5", "m connections >= 1", "m handshakes ok",
		"m handshakes failed", `m tls-version = "TLS 1.2"`, `m tls-offered lacks "TLS 1.0"`, "m server-name absent", "m client-cert absent",
		"m alpn = h2", "m attempts = 1", "m attempts same-body", "m gaps = 1s", "m decodes", "m batch <= 5", "m labels * has a=b",
		"m labels * lacks a", "m labels * sorted", "m samples * >= 1", "m values * = 1", "m values * lacks 1", "m sequence * once",
		"m age * <= 5s", "m metadata x absent", "m metadata x = gauge", "m help x = y", "m unit x = y", "m exemplars * >= 1",
		"m exemplar-values * lacks 1", "m exemplar-labels * lacks a", "m histograms * >= 1", "m observations * lacks 1", "m buckets * lacks 1",
		"p profiles * >= 1", "p raw * served-by src", "p labels * lacks a",
		"agent refused", "agent reload accepted", "agent metric up = 1", "agent metric up absent", "agent metric-type up = gauge",
		"agent segments = 0", "agent segments lacks 0", "agent segment-count <= 5", "agent checkpoint absent", "agent stored * >= 1", "agent stored * = 0",
		"agent oldest * <= 8h", "agent folder has wal",
	} {
		if check == "agent refused" {
			continue // needs a start that is meant to be refused: see TestRefused
		}
		o := seen()
		o.Fakes[0].Connections = nil
		if got := Judge(newCase(t, "check "+check), o)[0]; got.Verdict == Pass {
			t.Errorf("%s: passes although nothing happened", check)
		}
	}
}

func TestAssumptions(t *testing.T) {
	good, bad := "m requests >= 1", "m requests >= 9"
	tests := []struct {
		name              string
		change            func(*observe.Observation)
		wantGood, wantBad Verdict
	}{
		{"nothing wrong", func(*observe.Observation) {}, Pass, Fail},
		{"not ready", func(o *observe.Observation) { o.Runs[0].Ready = time.Time{} }, Inconclusive, Inconclusive},
		{"never started", func(o *observe.Observation) { o.Runs = nil }, Inconclusive, Inconclusive},
		{"crashed", func(o *observe.Observation) { o.Runs[0].Stopping = time.Time{} }, Inconclusive, Fail},
		{"wait in vain", func(o *observe.Observation) { o.Waits[0].Met = false }, Inconclusive, Fail},
		{"wait not reached", func(o *observe.Observation) { o.Waits = nil }, Inconclusive, Fail},
		{"control refused", func(o *observe.Observation) {
			o.Controls = []observe.Run{{Exited: began.Add(-1), Started: began.Add(-2)}}
		}, Inconclusive, Fail},
		{"reload refused", func(o *observe.Observation) { o.Reloads = []observe.Reload{{Refused: true, Meant: true}} }, Inconclusive, Fail},
		{"reload unanswered", func(o *observe.Observation) { o.Reloads = []observe.Reload{{Trouble: "EOF"}} }, Inconclusive, Fail},
		{"journal full", func(o *observe.Observation) { o.Fakes[0].Dropped = 1 }, Inconclusive, Inconclusive},
		{"not recorded", func(o *observe.Observation) { o.Fakes = nil }, Inconclusive, Inconclusive},
	}
	for _, test := range tests {
		o := seen(push(0, "a", 200))
		test.change(o)
		got := Judge(newCase(t, "check "+good, "check "+bad), o)
		if got[0].Verdict != test.wantGood || got[1].Verdict != test.wantBad {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
}

func TestGivenThatDoesNotHold(t *testing.T) {
	got := Judge(newCase(t, "given m requests >= 2", "check m requests >= 1", "check m requests >= 3"), seen(push(0, "a", 200)))
	if got[0].Verdict != Fail || got[1].Verdict != Inconclusive || got[2].Verdict != Fail {
		t.Errorf("got %+v", got)
	}
	if want := "line 12 is not given: got 1 requests, want >= 2"; got[1].Detail != want {
		t.Errorf("got %q, want %q", got[1].Detail, want)
	}
}

func TestGarbageIsNoWitness(t *testing.T) {
	garbage := push(time.Second, "?", 200)
	garbage.DecodeError = "not snappy"
	o := seen(garbage)
	table(t, o, []row{
		{"m method = POST", Inconclusive, "nothing that fits arrived at m"},
		{"m requests >= 1", Inconclusive, ""},
		{"m accepted = 1", Inconclusive, ""},
		{"m requests = 0", Fail, "got 1 requests"},
		{"m decodes", Fail, "got not snappy"},
	})
}

func TestControlsAreNotTheAgent(t *testing.T) {
	o := seen(push(-30*time.Second, "control", 200), push(time.Second, "a", 200))
	o.Controls = []observe.Run{{Started: after(-time.Minute), Ready: after(-time.Minute), Exited: after(-time.Second)}}
	expect(t, o, "m requests = 1", Pass, "")
}

func TestWindowAndFilters(t *testing.T) {
	other := push(40*time.Minute, "b", 503)
	other.Path, other.Kind = "/other", "metadata"
	other.Header.Set("X-Scope-OrgID", "t")
	o := seen(push(time.Minute, "a", 503), push(2*time.Minute, "a", 200), other, push(50*time.Minute, "c", 0))
	o.Runs = append(o.Runs, observe.Run{Started: after(45 * time.Minute), Ready: after(45 * time.Minute), Meant: true})
	table(t, o, []row{
		{"m requests = 3", Pass, ""},
		{"m requests of kind=any = 4", Pass, ""},
		{"m requests of kind=metadata = 1", Pass, ""},
		{"m requests of kind=any path=/other = 1", Pass, ""},
		{"m requests of kind=any tenant=t = 1", Pass, ""},
		{"m requests of kind=any status=5xx = 2", Pass, ""},
		{"m requests of status=200 = 1", Pass, ""},
		{"m requests of status=reset = 1", Pass, ""},
		{"m requests of body=1 = 2", Pass, ""},
		{"m requests of body=2 = 1", Pass, ""},
		{"m requests of run=2 = 1", Pass, ""},
		{"m requests from middle = 1", Pass, ""},
		{"m requests until middle = 2", Pass, ""},
		{"m requests from ready = 3", Pass, ""},
		{"m statuses = 503 200 reset", Pass, ""},
		{"m statuses = 503 200", Fail, "got 503 200 reset, want 503 200"},
		{"m statuses starts 503", Pass, ""},
		{"m statuses has reset", Pass, ""},
		{"m statuses lacks 400", Pass, ""},
		{"m statuses lacks 503", Fail, ""},
	})
}

func TestVerdictsSurviveJSON(t *testing.T) {
	o := seen(with(push(0, "a", 200), up(1), up(observe.Stale())))
	var b strings.Builder
	if err := observe.Encode(&b, o); err != nil {
		t.Fatal(err)
	}
	back, err := observe.Decode(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	checks := []string{"check m values up = 1 stale", "check m values up = 1 2", "check m labels up has job=a"}
	if got, want := fmt.Sprint(Judge(newCase(t, checks...), back)), fmt.Sprint(Judge(newCase(t, checks...), o)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
