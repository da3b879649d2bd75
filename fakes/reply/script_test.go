package reply_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// play asks for n replies.
func play(s *reply.Script, k reply.Key, n int) string {
	var got []reply.Reply
	for range n {
		got = append(got, s.Next(k))
	}
	return words(got)
}

func TestEachSelectorHasItsOwnCount(t *testing.T) {
	s := reply.New("samples")
	s.ThenStatus(503, 500).Default(reply.Status(200))
	s.For(reply.Match{Tenant: "a"}).ThenStatus(401)
	s.For(reply.Match{Tenant: "a", Path: "/x"}).ThenStatus(402).Default(reply.Fail(reply.Reset))
	s.For(reply.Match{Kind: "metadata"}).ThenStatus(404)
	samples := reply.Key{Kind: "samples"}
	for _, row := range []struct {
		key  reply.Key
		n    int
		want string
	}{
		{samples, 1, "503"},
		{reply.Key{Kind: "samples", Tenant: "a"}, 2, "401 | ok"},
		{reply.Key{Kind: "samples", Tenant: "a", Path: "/x"}, 3, "402 | reset | reset"},
		{reply.Key{Kind: "metadata"}, 2, "404 | ok"},
		{reply.Key{Kind: "other"}, 1, "ok"},
		{samples, 3, "500 | 200 | 200"},
	} {
		if got := play(s, row.key, row.n); got != row.want {
			t.Errorf("%+v: got %s, want %s", row.key, got, row.want)
		}
	}
	st := s.States()
	if len(st) != 4 || st[0].Played != 2 || st[0].AfterEnd != 2 || st[0].Left() != 0 || st[1].AfterEnd != 1 {
		t.Errorf("states are %+v", st)
	}
}

func TestAnyKindIsWeakest(t *testing.T) {
	s := reply.New("samples")
	if err := s.Play("kind=*: 500*; kind=metadata: 404*; path=/p: 403*"); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[reply.Key]string{
		{Kind: "samples"}: "500", {Kind: "x"}: "500", {Kind: "metadata"}: "404", {Kind: "x", Path: "/p"}: "403",
	} {
		if got := play(s, key, 1); got != want {
			t.Errorf("%+v: got %s, want %s", key, got, want)
		}
	}
}

func TestPlayChangesNothingWhenWrong(t *testing.T) {
	s := reply.New()
	if err := s.Play("503; kind=x: 2oo"); err == nil {
		t.Fatal("accepted")
	}
	if got := play(s, reply.Key{}, 1); got != "ok" {
		t.Errorf("got %s", got)
	}
}

func TestClear(t *testing.T) {
	s := reply.New()
	if err := s.Play("503*; connections: refuse*"); err != nil {
		t.Fatal(err)
	}
	s.Clear()
	if got := play(s, reply.Key{}, 1); got != "ok" || s.Connections().Next().Refuse {
		t.Errorf("got %s", got)
	}
}

func TestRepliesAreValues(t *testing.T) {
	base := reply.Status(503).Header("X-A", "1")
	a, b := base.Header("X-A", "2"), base.Header("X-A", "3")
	if got := fmt.Sprint(base, a, b); got != `503 header="X-A: 1" 503 header="X-A: 1" header="X-A: 2" 503 header="X-A: 1" header="X-A: 3"` {
		t.Errorf("got %s", got)
	}
	if !reply.OK().IsZero() || base.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestStateAsJSON(t *testing.T) {
	s := reply.New()
	s.Then(reply.Status(503).Repeat(2)...).Default(reply.Error("unavailable", "", 0))
	b, err := json.Marshal(s.States()[0])
	want := `{"match":{},"replies":["503","503"],"default":"connect:unavailable","played":0,"afterEnd":0}`
	if err != nil || string(b) != want {
		t.Errorf("got %s %v", b, err)
	}
}

func TestEachReplyIsGivenOnce(t *testing.T) {
	s := reply.New()
	s.Then(reply.Status(503).Repeat(400)...)
	var mu sync.Mutex
	failures := 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if s.Next(reply.Key{}).Code == 503 {
					mu.Lock()
					failures++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if failures != 400 {
		t.Errorf("%d of 400 were given", failures)
	}
}

func Example() {
	s := reply.New()
	s.ThenStatus(503, 503).Then(reply.Status(429).Header("Retry-After", "2")).Default(reply.Status(200))
	for range 4 {
		fmt.Println(s.Next(reply.Key{}))
	}
	// Output:
	// 503
	// 503
	// 429 retry-after=2
	// 200
}

func ExampleScript_Play() {
	s := reply.New()
	fmt.Println(s.Play("503*2 reset 200"))
	fmt.Println(s.Play("503 tow"))
	// Output:
	// <nil>
	// reply script, line 1 column 5: "tow": not a reply: known are a status, ok, reset, close, hang, garbage and connect:CODE
}
