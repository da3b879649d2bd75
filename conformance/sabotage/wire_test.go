package sabotage

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// recorder is a fake that writes down what reached it and answers from a list, 200 at its end. A status of 0 breaks off.
type recorder struct {
	mu      sync.Mutex
	seen    []string // "METHOD url body"
	headers []http.Header
	at      []time.Time
	answers []int
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	r.seen = append(r.seen, req.Method+" "+req.URL.RequestURI()+" "+string(body))
	r.headers = append(r.headers, req.Header.Clone())
	r.at = append(r.at, time.Now())
	status := 200
	if len(r.answers) > 0 {
		status, r.answers = r.answers[0], r.answers[1:]
	}
	r.mu.Unlock()
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Retry-After", "7")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status))
}

// send makes one request and returns what the agent sees: the status, 0 when the connection broke, and the answer.
func send(h http.Handler, method, url, body string) (status int, answer *httptest.ResponseRecorder) {
	answer = httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			status = 0
		}
	}()
	h.ServeHTTP(answer, httptest.NewRequest(method, url, strings.NewReader(body)))
	return answer.Code, answer
}

// sendAll makes pushes with these bodies and returns the statuses seen.
func sendAll(h http.Handler, bodies ...string) []int {
	var statuses []int
	for _, b := range bodies {
		status, _ := send(h, http.MethodPost, "/push", b)
		statuses = append(statuses, status)
	}
	return statuses
}

func parse(t *testing.T, text string) *Act {
	t.Helper()
	act, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return act
}

func TestPushEdits(t *testing.T) {
	for _, c := range []struct {
		act     string
		bodies  []string
		answers []int
		arrived []string
		seen    []int
	}{
		{"never-retries", []string{"a", "a", "b", "a"}, []int{503}, []string{"a", "b"}, []int{503, 200, 200, 200}},
		{"retries-once-only", []string{"a", "a", "a", "b"}, []int{503, 503}, []string{"a", "a", "b"}, []int{503, 503, 200, 200}},
		{"drop-on-5xx", []string{"a", "b"}, []int{502, 429}, []string{"a", "b"}, []int{200, 429}},
		{"drop-on-429", []string{"a", "b"}, []int{429, 503}, []string{"a", "b"}, []int{200, 503}},
		{"repeats-refused", []string{"a", "b"}, []int{400, 200, 503}, []string{"a", "a", "b"}, []int{400, 503}},
		{"repeats-failed", []string{"a", "b"}, []int{503, 0, 400}, []string{"a", "a", "b"}, []int{503, 400}},
		{"duplicates", []string{"a", "b"}, []int{200, 200, 503}, []string{"a", "a", "b"}, []int{200, 503}},
		{"stops-after-failure", []string{"a", "b", "c"}, []int{200, 400}, []string{"a", "b"}, []int{200, 400, 200}},
		{"stops-after-failure", []string{"a", "b"}, []int{0}, []string{"a"}, []int{0, 200}},
		{"loses-first", []string{"a", "b", "c"}, nil, []string{"b", "c"}, []int{200, 200, 200}},
		{"loses-every-third", []string{"1", "2", "3", "4", "5", "6", "7"}, nil, []string{"1", "3", "4", "7"}, []int{200, 200, 200, 200, 200, 200, 200}},
		{"sends-nothing", []string{"a", "b"}, nil, nil, []int{200, 200}},
		{"reorders", []string{"a", "b", "c", "d", "e"}, nil, []string{"b", "a", "d", "c"}, []int{200, 200, 200, 200, 200}},
	} {
		act, fake := parse(t, c.act), &recorder{answers: c.answers}
		seen := sendAll(act.Push(fake), c.bodies...)
		var arrived []string
		for _, line := range fake.seen {
			arrived = append(arrived, strings.TrimPrefix(line, "POST /push "))
		}
		if !slices.Equal(arrived, c.arrived) || !slices.Equal(seen, c.seen) {
			t.Errorf("%s: %v arrived and the agent saw %v, want %v and %v", c.act, arrived, seen, c.arrived, c.seen)
		}
		if act.Touched() == 0 && !slices.Contains(c.answers, 0) {
			t.Errorf("%s: touched nothing", c.act)
		}
	}
}

func TestFailTogetherConcernsTheOthers(t *testing.T) {
	act := parse(t, "fails-together")
	bad, good := &recorder{answers: []int{503}}, &recorder{}
	toBad, toGood := act.Push(bad), act.Push(good)
	sendAll(toGood, "a")
	sendAll(toBad, "a", "b")
	sendAll(toGood, "b", "c")
	if len(bad.seen) != 2 || len(good.seen) != 1 || act.Touched() != 2 {
		t.Errorf("the bad one saw %d, the good one %d, touched %d; want 2, 1, 2", len(bad.seen), len(good.seen), act.Touched())
	}
}

func TestTurnsAndDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		slow, quick := &recorder{}, &recorder{}
		act := parse(t, "sends-in-turn")
		toSlow := act.Push(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			slow.ServeHTTP(w, r)
		}))
		toQuick := act.Push(quick)
		go sendAll(toSlow, "a")
		synctest.Wait()
		sendAll(toQuick, "a")
		if got := quick.at[0].Sub(began); got != time.Minute {
			t.Errorf("the quick one was reached after %s, want 1m", got)
		}
		late, fake := parse(t, "late-repeats:2s"), &recorder{}
		began = time.Now()
		sendAll(late.Push(fake), "a", "a")
		if first, second := fake.at[0].Sub(began), fake.at[1].Sub(began); first != 0 || second != 2*time.Second {
			t.Errorf("arrived after %s and %s, want 0 and 2s", first, second)
		}
	})
}

func TestRequestEdits(t *testing.T) {
	for _, c := range []struct{ act, line string }{
		{"wrong-path", "POST /a/b/elsewhere?x=1 body"},
		{"wrong-method", "PUT /a/b?x=1 body"},
		{"drops-query", "POST /a/b body"},
		{"sets-header:X-A=2", "POST /a/b?x=1 body"},
	} {
		act, fake := parse(t, c.act), &recorder{}
		send(act.Push(fake), http.MethodPost, "/a/b?x=1", "body")
		if !slices.Equal(fake.seen, []string{c.line}) || act.Touched() != 1 {
			t.Errorf("%s: got %q, touched %d, want %q", c.act, fake.seen, act.Touched(), c.line)
		}
	}
	act, fake := parse(t, "drops-header:Content-Type"), &recorder{}
	send(act.Push(fake), http.MethodPost, "/", "")
	if act.Touched() != 0 {
		t.Error("drops-header touched a request without the header")
	}
	act = parse(t, "ignores-retry-after")
	if _, answer := send(act.Push(fake), http.MethodPost, "/", ""); answer.Header().Get("Retry-After") != "" || act.Touched() != 1 {
		t.Errorf("Retry-After is still %q, touched %d", answer.Header().Get("Retry-After"), act.Touched())
	}
	act = parse(t, "sets-answer-header:Retry-After=77")
	if _, answer := send(act.Push(fake), http.MethodPost, "/", ""); answer.Header().Get("Retry-After") != "77" || act.Touched() != 1 {
		t.Errorf("Retry-After is %q, touched %d", answer.Header().Get("Retry-After"), act.Touched())
	}
}

func TestScrapeEdits(t *testing.T) {
	for _, c := range []struct {
		act     string
		answers []int
		seen    []string
		status  int
	}{
		{"scrape-drops-query", nil, []string{"GET /debug/x "}, 200},
		{"scrape-sets-query:seconds=9", nil, []string{"GET /debug/x?seconds=9 "}, 200},
		{"scrape-wrong-path", nil, []string{"GET /debug/x/elsewhere?seconds=1 "}, 200},
		{"scrape-skips:/debug/x", nil, nil, 404},
		{"scrapes-nothing", nil, nil, 404},
		{"scrapes-twice", nil, []string{"GET /debug/x?seconds=1 ", "GET /debug/x?seconds=1 "}, 200},
		{"scrape-believes-anything", []int{500}, []string{"GET /debug/x?seconds=1 "}, 200},
		{"scrape-believes-anything", []int{0}, []string{"GET /debug/x?seconds=1 "}, 200},
	} {
		act, fake := parse(t, c.act), &recorder{answers: c.answers}
		status, answer := send(act.Scrape(fake), http.MethodGet, "/debug/x?seconds=1", "")
		if !slices.Equal(fake.seen, c.seen) || status != c.status || act.Touched() == 0 {
			t.Errorf("%s: got %q and status %d, touched %d", c.act, fake.seen, status, act.Touched())
		}
		if strings.HasPrefix(c.act, "scrape-believes") && answer.Body.String() != string(emptyProfile()) {
			t.Errorf("%s: the agent is shown %q", c.act, answer.Body)
		}
		fake = &recorder{}
		if send(act.Push(fake), http.MethodPost, "/push", "x"); !slices.Equal(fake.seen, []string{"POST /push x"}) {
			t.Errorf("%s: a push came as %q", c.act, fake.seen)
		}
	}
}
