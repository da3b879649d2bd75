package reply_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// words writes replies down for comparison.
func words(replies []reply.Reply) string {
	var s []string
	for _, r := range replies {
		s = append(s, r.String())
	}
	return strings.Join(s, " | ")
}

func TestParseReplies(t *testing.T) {
	rows := []struct{ text, want, last string }{
		{"503 503 200", "503 | 503 | 200", ""},
		{"503*3 200", "503 | 503 | 503 | 200", ""},
		{"503*", "", "503"},
		{"500 503* retry-after=1", "500", "503 retry-after=1"},
		{"429 retry-after=2 200", "429 retry-after=2 | 200", ""},
		{"429*2 retry-after=2", "429 retry-after=2 | 429 retry-after=2", ""},
		{"delay=500ms 200 201", "delay=500ms 200 | 201", ""},
		{"200 delay=1s 201", "200 | delay=1s 201", ""},
		{"reset hang close garbage ok", "reset | hang | close | garbage | ok", ""},
		{"connect:resource_exhausted/429 connect:unavailable message=gone", "connect:resource_exhausted/429 | connect:unavailable message=gone", ""},
		{`302 location=http://o.test/x 200 type=text/plain body="a b;#\n"`, `302 location=http://o.test/x | 200 type=text/plain body="a b;#\n"`, ""},
		{`200 header="x-a: b c" header=X-B:d`, `200 header="X-A: b c" header="X-B: d"`, ""},
		{`200 cut=1 200 truncate=2 200 length=3 200 endless rate=4`, `200 cut=1 | 200 truncate=2 | 200 length=3 | 200 endless rate=4`, ""},
		{`200 body=""`, `200 body=""`, ""},
		{"  200\t# a comment; 300", "200", ""},
	}
	for _, row := range rows {
		p, err := reply.Parse(row.text)
		if err != nil || len(p.Sections) != 1 {
			t.Errorf("%s: %d sections, %v", row.text, len(p.Sections), err)
			continue
		}
		s := p.Sections[0]
		last := ""
		if s.Default != nil {
			last = s.Default.String()
		}
		if got := words(s.Replies); got != row.want || last != row.last {
			t.Errorf("%s: got %q then %q, want %q then %q", row.text, got, last, row.want, row.last)
		}
	}
}

func TestParseSections(t *testing.T) {
	p, err := reply.Parse(`
		503 200
		kind=metadata: 500; tenant="a b:" path=/x token=t: 401*
		kind=*: reset
		connections: refuse*2 accept latency=5ms bandwidth=1000 cut-in=1 cut-out=2 slow-close=1s mute*
	`)
	if err != nil {
		t.Fatal(err)
	}
	want := []reply.Match{{}, {Kind: "metadata"}, {Tenant: "a b:", Path: "/x", Token: "t"}, {Kind: "*"}}
	for i, s := range p.Sections {
		if i >= len(want) || s.Match != want[i] {
			t.Errorf("section %d is for %+v", i, s.Match)
		}
	}
	if len(p.Sections) != 4 || len(p.Links) != 3 || !p.Links[1].Refuse || p.LinkDefault == nil || !p.LinkDefault.Mute {
		t.Errorf("got %d sections, links %v, then %v", len(p.Sections), p.Links, p.LinkDefault)
	}
	if got := p.Links[2].String(); got != "accept latency=5ms bandwidth=1000 cut-in=1 cut-out=2 slow-close=1s" {
		t.Errorf("got %q", got)
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	rows := []struct {
		text         string
		line, column int
		reason       string
	}{
		{"200 5o3", 1, 5, "not a reply"},
		{"200\n  resett", 2, 3, `did you mean "reset"?`},
		{"99", 1, 1, "200 to 599"},
		{"600", 1, 1, "200 to 599"},
		{"200*0", 1, 1, "from 1"},
		{"200*1000000", 1, 1, "from 1"},
		{"200* 503", 1, 6, "ever"},
		{"200 delay=1s", 1, 5, "none follows"},
		{"delay=1s delay=1s 200", 1, 10, "second delay"},
		{"delay=soon 200", 1, 1, "not a duration"},
		{"delay=-1s 200", 1, 1, "not a duration"},
		{"retry-after=2 200", 1, 1, "stands after"},
		{"reset retry-after=2", 1, 7, "carries nothing"},
		{"200 cut=x", 1, 5, "number of bytes"},
		{"200 rate=0", 1, 5, "bytes a second"},
		{"200 header=x", 1, 5, "NAME: VALUE"},
		{"200 message=x", 1, 5, "connect:CODE"},
		{"connect:unavailible", 1, 1, `did you mean "unavailable"?`},
		{"connect:unavailable/9", 1, 1, "200 to 599"},
		{`200 body="x`, 1, 5, "not closed"},
		{"knd=x: 200", 1, 1, `did you mean "kind"?`},
		{"200 kind=x: 200", 1, 1, "selector has words"},
		{"kind=: 200", 1, 1, "no value"},
		{"kind=a kind=b: 200", 1, 8, "twice"},
		{"connections: acept", 1, 14, `did you mean "accept"?`},
		{"connections: refuse latency=1s", 1, 21, "accepted connection"},
		{"connections: delay=1s accept", 1, 14, "latency="},
	}
	for _, row := range rows {
		_, err := reply.Parse(row.text)
		var e *reply.ParseError
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v", row.text, err)
			continue
		}
		if e.Line != row.line || e.Column != row.column || !strings.Contains(e.Error(), row.reason) {
			t.Errorf("%q: got %v, want %d:%d ...%s...", row.text, e, row.line, row.column, row.reason)
		}
	}
}

func TestTextIsReadBack(t *testing.T) {
	n := int64(7)
	rows := []reply.Reply{
		reply.OK(), reply.Status(204), reply.Fail(reply.Hang).Delay(time.Second), reply.Redirect(307, "http://a/b?c=d#e"),
		reply.Error("internal", `say "no"`, 418), reply.Status(200).Body("").Header("X-A", "1").Header("X-A", "2"),
		reply.Status(200).Body("ends in:").CutAfter(n).TruncateAfter(n).Announce(n).WithoutEnd().At(n), reply.OK().Body("\x00\xff\n"),
	}
	for _, want := range rows {
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got reply.Reply
		if err := got.UnmarshalText(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	var r reply.Reply
	for _, text := range []string{"", "200 200", "200*", "kind=a: 200", "connections: accept"} {
		if err := r.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as one reply", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"503*3 200", `kind=a: 200 body="x"; connections: accept cut-in=1`, "delay=1s reset*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := reply.Parse(text)
		if err != nil {
			return
		}
		for _, s := range p.Sections {
			for _, r := range s.Replies[:min(len(s.Replies), 10)] {
				var again reply.Reply
				if err := again.UnmarshalText([]byte(r.String())); err != nil || again.String() != r.String() {
					t.Errorf("%q is written as %q, which is read as %q, %v", text, r, again, err)
				}
			}
		}
	})
}
