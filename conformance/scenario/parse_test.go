package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// story is a small scenario that uses most of the language.
const story = `# A 503 is retried with the same bytes.
# Nothing is lost.
clause     RW-RETRY-5XX {PW,PWA}-URL-PATH
needs      remote_write
killed by  never-retries, sets:endpoint.url="a, b"
each mode = plain, basic+bearer
let interval = 15s, real 1s
let script = 503*3 200, mode=plain 503 200

fake exposition app series=3
fake mimir m tls=good min=1.2 reply {{script}}
control config.river mode=plain
start agent config.river
wait m accepted >= 2 within 1m
[mode=plain] down m
[!mode=plain] mark broken
pass 10s because the outage must be longer than the deadline
[mode=plain] mark broken
up m
snapshot last

given app requests >= 2
check m samples up{job="a", x="y"} of path=/push status=2xx from broken >= 1 RW-RETRY-5XX
check m gaps of body=1 = 30ms*2 60ms..1s   # doubling
[virtual] check m header Host = "{{m.addr}}" {PW,PWA}-URL-PATH

-- mode/plain --
# nothing
-- mode/basic --
basic_auth { password = "{{interval}}" }
-- mode/bearer --
bearer_token = "x"
-- config.river --
endpoint {
  url = "{{m.url}}/push"
  {{mode.text}}
  capacity = 0 // offending
  capacity = 1 // control
}
`

func parse(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("area/story.txtar", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func expand(t *testing.T, s *Scenario, lane Lane) []Case {
	t.Helper()
	cases, err := s.Expand(lane)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestParseHead(t *testing.T) {
	s := parse(t, story)
	if s.Path != "area/story" || s.Sentence != "A 503 is retried with the same bytes. Nothing is lost." {
		t.Errorf("path %q, sentence %q", s.Path, s.Sentence)
	}
	if len(s.KilledBy) != 2 || s.KilledBy[1].Text != `sets:endpoint.url="a, b"` || s.KilledBy[1].Pos.Column != 27 {
		t.Errorf("killed by %+v", s.KilledBy)
	}
}

func TestExpandMatrix(t *testing.T) {
	s := parse(t, story)
	var ids []string
	for _, lane := range Lanes {
		for _, c := range expand(t, s, lane) {
			ids = append(ids, fmt.Sprint(c.Lane, " ", c.ID, " ", c.Values["interval"]))
		}
	}
	want := []string{"virtual area/story#mode=plain 15s", "virtual area/story#mode=basic+bearer 15s",
		"real area/story#mode=plain 1s", "real area/story#mode=basic+bearer 1s"}
	if !slices.Equal(ids, want) {
		t.Errorf("got %q", ids)
	}
}

// find returns the only step of type T.
func find[T any](t *testing.T, c Case) T {
	t.Helper()
	var found []T
	for _, step := range c.Steps {
		if s, ok := step.(T); ok {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d steps of type %T", len(found), *new(T))
	}
	return found[0]
}

func TestExpandSteps(t *testing.T) {
	cases := expand(t, parse(t, story), Virtual)
	plain, both := cases[0], cases[1]
	if got := find[*StartFake](t, Case{Steps: both.Steps[1:2]}); got.Script != "503*3 200" || got.Options.TLS != "good" || got.Options.Min != "1.2" {
		t.Errorf("got %+v", got)
	}
	if got := find[*StartFake](t, Case{Steps: plain.Steps[1:2]}); got.Script != "503 200" {
		t.Errorf("got %+v", got)
	}
	want := "endpoint {\n  url = \"{{m.url}}/push\"\n  basic_auth { password = \"15s\" }\nbearer_token = \"x\"\n  capacity = 0 // offending\n\n}\n"
	if got := find[*StartAgent](t, both); got.File.Text != want {
		t.Errorf("got %s", got.File.Text)
	}
	want = "endpoint {\n  url = \"{{m.url}}/push\"\n  # nothing\n\n  capacity = 1 // control\n}\n"
	if got := find[*Control](t, both); got.File.Text != want {
		t.Errorf("got %s", got.File.Text)
	}
	if got := find[*Wait](t, both); got.Subject != "accepted" || got.Op != ">=" || got.Values[0] != "2" || got.Within != time.Minute {
		t.Errorf("got %+v", got)
	}
	if got := find[*Pass](t, both); got.Duration != 10*time.Second || !strings.HasPrefix(got.Because, "the outage") {
		t.Errorf("got %+v", got)
	}
	find[*Down](t, plain)
	if got := find[*Mark](t, both); got.Place().Line != 16 {
		t.Errorf("got %+v", got)
	}
}

func TestExpandChecks(t *testing.T) {
	c := expand(t, parse(t, story), Virtual)[0]
	if len(c.Checks) != 4 || !c.Checks[0].Given {
		t.Fatalf("got %+v", c.Checks)
	}
	samples := c.Checks[1]
	if samples.Argument != `up{job="a", x="y"}` || samples.Filter != (Filter{Path: "/push", Status: "2xx"}) || samples.From != "broken" ||
		samples.Op != ">=" || !slices.Equal(samples.Values, []string{"1"}) || !slices.Equal(samples.Clauses, []string{"RW-RETRY-5XX"}) {
		t.Errorf("got %+v", samples)
	}
	if gaps := c.Checks[2]; !slices.Equal(gaps.Values, []string{"30ms", "30ms", "60ms..1s"}) || gaps.Text != "m gaps of body=1 = 30ms*2 60ms..1s" {
		t.Errorf("got %+v", gaps)
	}
	if header := c.Checks[3]; header.Values[0] != "{{m.addr}}" || !slices.Equal(header.Clauses, []string{"PW-URL-PATH", "PWA-URL-PATH"}) {
		t.Errorf("got %+v", header)
	}
	if real := expand(t, parse(t, story), Real)[0]; len(real.Checks) != 3 {
		t.Errorf("the condition [virtual] has no effect")
	}
}

// TestParseErrors changes the story in one place and wants one clear line for it.
func TestParseErrors(t *testing.T) {
	tests := []struct{ name, from, to, want string }{
		{"verb", "wait m", "wiat m", `14:1: unknown verb "wiat" (did you mean wait?)`},
		{"no near verb", "wait m", "frobnicate m", `14:1: unknown verb "frobnicate" (known are control,`},
		{"subject", "m accepted >=", "m acepted >=", `14:8: unknown subject "acepted" for mimir (did you mean accepted?)`},
		{"subject of another kind", "m gaps", "app gaps", `24:11: unknown subject "gaps" for exposition (known are`},
		{"operator", "m gaps of body=1 = ", "m gaps of body=1 == ", `24:24: gaps: want an operator of = starts ~ starts~`},
		{"value", "= 30ms*2", "= 30", `24:26: gaps: "30": want a duration like 15s or a range like 500ms..1s`},
		{"range", "60ms..1s", "1s..60ms", `24:33: gaps: "1s..60ms": want a duration`},
		{"repetition", "30ms*2", "30ms*0", `gaps: "30ms*0": want VALUE*N`},
		{"too much", "accepted >= 2", "accepted >= 2 3", `14:22: accepted >=: "3" is too much: want one number`},
		{"too little", "accepted >= 2", "accepted >=", `accepted >=: want a number`},
		{"fake", "down m", "down n", `15:19: no fake called "n" has been started`},
		{"fake kind", "fake mimir", "fake mimr", `11:6: unknown kind of fake "mimr" (did you mean mimir?)`},
		{"option", "tls=good", "tsl=good", `11:14: unknown option "tsl" (did you mean tls?)`},
		{"option value", "tls=good", "tls=god", `11:14: option tls=god: "god" is not one of good, expired, wrong-name, wrong-issuer, self-signed, weak (did you mean good?)`},
		{"option without tls", "tls=good min", "min", `11:12: min, max, client-cert and http2 need tls=KIND`},
		{"mark", "from broken", "from brokne", `23:66: no mark called "brokne" was made (did you mean broken?)`},
		{"filter", "status=2xx", "stauts=2xx", `23:50: filter stauts=2xx: "stauts" is not one of kind, path, status, tenant, body, run (did you mean status?)`},
		{"selector", `x="y"}`, `x=y}`, `23:17: samples: parse selector`},
		{"template", "{{m.addr}}", "{{m.adr}}", `25:33: unknown template {{m.adr}} (did you mean m.addr?)`},
		{"template in a file", "{{m.url}}", "{{m.ulr}}", `35:10: unknown template {{m.ulr}} (did you mean m.url?)`},
		{"fragment", "-- mode/bearer --", "-- mode/baerer --", `36:3: no file "mode/bearer" is attached (did you mean mode/baerer?)`},
		{"file", "agent config.river", "agent confg.river", `13:13: no file "confg.river" is attached (did you mean config.river?)`},
		{"condition", "[mode=plain] down", "[mod=plain] down", `15:1: condition on "mod", which is neither an axis nor a let above (did you mean mode?)`},
		{"condition value", "[mode=plain] down", "[mode=plane] down", `15:1: mode is never "plane" (did you mean plain?)`},
		{"lane", "[virtual]", "[virtaul]", `25:2: condition "virtaul": want a lane or NAME=VALUE (did you mean virtual?)`},
		{"clause", "RW-RETRY-5XX {PW", "rw-retry {PW", `3:12: "rw-retry" is not the name of a clause`},
		{"quote", `"{{m.addr}}"`, `"{{m.addr}}`, `25:33: a quote is opened and not closed on this line`},
		{"brace", `x="y"}`, `x="y"`, `23:17: a brace is opened and not closed on this line`},
		{"reason", "because the", "as the", `pass: want DURATION because REASON`},
		{"wait", " within 1m", "", `wait: want NAME SUBJECT ... within DURATION`},
		{"duration", "within 1m", "within 1", `14:29: "1": want a duration like 15s`},
		{"twice", "fake mimir m", "fake mimir app", `a fake called "app" has been started already`},
		{"name taken", "let script", "let interval", `8:5: let: the name "interval" is taken at line 7`},
		{"reserved", "let script", "let dir", `8:5: let: "dir" cannot be a name`},
		{"step behind check", "given app", "check app requests >= 1\nup m\ngiven app", `23:1: up stands behind a check`},
		{"head behind step", "wait m", "let x = 1\nwait m", `14:1: let belongs to the head, before the first step`},
		{"given with clause", "requests >= 2", "requests >= 2 RW-RETRY-5XX", `22:25: a given is an assumption and proves no clause (use check)`},
		{"sentence", "# A 503 is retried with the same bytes.\n# Nothing is lost.\n", "\n\n", `1:1: the sentence is missing`},
		{"negative", "wait m accepted >= 2 within 1m", "", ``},
		{"running", "start agent", "stop agent\nstart agent", `13:6: the agent does not run here`},
		{"control", "mode=plain\n", "mod=plain\n", `12:22: control: want NAME=VALUE with the name of an axis or a let, not "mod=plain" (did you mean mode?)`},
		{"attached twice", "-- mode/bearer --", "-- mode/basic --", `32:1: the file "mode/basic" is attached twice, first at line 29`},
		{"nameless file", "-- mode/plain --", "--  --\n-- mode/plain --", `27:1: "--  --" begins no attached file (want -- NAME --, at the beginning of the line)`},
		{"negative count", "requests >= 2", "requests > -1", `22:22: requests: "-1": want a whole number from 0 on or a range like 3..4`},
		{"negative duration", "= 30ms*2", "= -30ms", `24:26: gaps: "-30ms": want a duration like 15s`},
		{"option twice", "tls=good", "tls=good tls=weak", `11:23: option tls is there twice`},
		{"series", "series=3", "series=-3", `10:21: option series=-3: want a number from 1 to 1000000`},
		{"host without a name", "series=3", "host=:80", `10:21: option host=:80: want NAME or NAME:PORT`},
		{"host and a bad port", "series=3", "host=a:66000", `10:21: option host=a:66000: want a port from 1 to 65535 behind the colon`},
		{"two at one place", "series=3\nfake mimir m", "host=a:80\nfake mimir m host=a:80", `11:12: the fake "app" is at a:80 already`},
		{"debug elsewhere", "series=3", "debug=m", `10:21: option debug is for mimir and pyroscope only`},
		{"debug and nobody", "tls=good", "debug=own", `11:14: no fake called "own" has been started`},
		{"debug and another", "tls=good", "debug=app", `11:14: option debug=app: "app" is of kind exposition, and only pprof serves profiles`},
		{"empty reply", "reply {{script}}", "reply", `11:31: reply: want a script behind "reply", like 503*3 200`},
		{"reply", "down m", "reply m bogus", `reply "bogus": not a reply: known are`},
		{"clause twice", "clause     RW-RETRY-5XX", "clause     RW-RETRY-5XX RW-RETRY-5XX", `3:1: the clause RW-RETRY-5XX is named twice`},
		{"need twice", "needs      remote_write", "needs      remote_write remote_write", `4:25: needs: remote_write is there twice`},
		{"killer twice", "never-retries,", "never-retries, never-retries,", `5:27: killed by: never-retries is there twice`},
		{"expression", `header Host = "{{m.addr}}"`, `header Host matches "("`, `25:39: header matches: error parsing regexp`},
		{"given by another", "check m gaps of body=1 = 30ms*2 60ms..1s", "check m token given-by app", `24:24: token: "app" is of kind exposition, and only oauth2 gives that out`},
		{"open template", "{{m.url}}", "{{m.url}", `35:10: the template {{m is not closed with }}`},
		{"unchecked refusal", "wait m accepted >= 2 within 1m\n", "stop agent\nstart agent config.river refused\n", `1:1: a start is meant to be refused, and nothing checks that it is (check agent refused)`},
		{"axis behind let", "let script", "each other = a, b\nlet script", `8:1: each stands before let, which may use it`},
	}
	for _, test := range tests {
		text := strings.Replace(story, test.from, test.to, 1)
		if text == story {
			t.Errorf("%s: nothing was changed", test.name)
		}
		_, err := Parse("area/story.txtar", []byte(text))
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: got %v", test.name, err)
			}
			continue
		}
		var es Errors
		if !errors.As(err, &es) || !strings.Contains(es[0].Error(), test.want) || !strings.HasPrefix(es[0].Error(), "area/story.txtar:") {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

// minimal is the smallest scenario that parses, with a place for more.
const minimal = `# It starts.
fake mimir m
start agent a
%s
-- a --
`

func TestNegativeChecksNeedALiveAgent(t *testing.T) {
	for checks, want := range map[string]string{
		"check m requests = 0":                                     "needs a wait or a given",
		"check m samples * of kind=any <= 5":                       "needs a wait or a given",
		"given m requests = 0\ncheck m requests = 0":               "needs a wait or a given",
		"given m connections >= 1\ncheck m requests = 0":           "",
		"wait m connections >= 1 within 1s\ncheck m inflight <= 5": "",
		"check m requests >= 1":                                    "",
		"check agent refused":                                      "needs a start that is meant to be refused, and a control",
		"":                                                         "nothing is checked",
	} {
		_, err := Parse("x.txtar", fmt.Appendf(nil, minimal, checks))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", checks, err, want)
		}
	}
}

// TestMarksSurviveALet puts an attached file with marked lines into a let, and the let into a configuration.
func TestMarksSurviveALet(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(minimal, "check agent refused"), "start agent a", "control a\nstart agent a refused", 1)
	text = strings.Replace(text, "fake mimir m", "each x = one\nlet body = {{x.text}}\nfake mimir m", 1)
	text += "{{body}}\n-- x/one --\nbad = 1 // offending\ngood = 1 // control\n"
	c := expand(t, parse(t, text), Virtual)[0]
	if got := find[*Control](t, c).File.Text; got != "\ngood = 1 // control\n" {
		t.Errorf("the control is %q", got)
	}
	if got := find[*StartAgent](t, c).File.Text; got != "bad = 1 // offending\n\n\n" {
		t.Errorf("what is tested is %q", got)
	}
}

func TestWithoutLeavesOutCases(t *testing.T) {
	text := strings.Replace(story, "let interval", "each other = a, b\nwithout mode=plain other=b\nlet interval", 1)
	cases := expand(t, parse(t, text), Virtual)
	var ids []string
	for _, c := range cases {
		ids = append(ids, strings.TrimPrefix(c.ID, "area/story#"))
	}
	if want := []string{"mode=plain,other=a", "mode=basic+bearer,other=a", "mode=basic+bearer,other=b"}; !slices.Equal(ids, want) {
		t.Errorf("got %q", ids)
	}
}

func TestIncludeInItself(t *testing.T) {
	text := fmt.Sprintf(minimal, "check m requests >= 1") + "{{include b}}\n-- b --\n{{include a}}\n"
	if _, err := Parse("x.txtar", []byte(text)); err == nil || err.Error() != `x.txtar:6:1: the file "b" includes itself` {
		t.Errorf("got %v", err)
	}
}

func TestTemplatesThatExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Grows.\nlet a0 = xxxxxxxxxxxxxxxx\n")
	for i := range 30 {
		fmt.Fprintf(&b, "let a%d = {{a%d}}{{a%d}}\n", i+1, i, i)
	}
	b.WriteString("fake mimir m\nstart agent f\ncheck m requests >= 1\n-- f --\n")
	if _, err := Parse("x.txtar", []byte(b.String())); err == nil || !strings.Contains(err.Error(), "the templates here grow to more than 1048576 bytes") {
		t.Errorf("got %v", err)
	}
	b.Reset()
	b.WriteString("# Grows.\n")
	for i := range 30 {
		fmt.Fprintf(&b, "each b%d = 1, 2\n", i)
	}
	if _, err := Parse("x.txtar", []byte(b.String())); err == nil || !strings.Contains(err.Error(), "the matrix has 1024 cases, more than 1000") {
		t.Errorf("got %v", err)
	}
}
