package reply_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

func TestChancesAsText(t *testing.T) {
	for text, want := range map[string]string{
		"503 chance=20%": "", // as it stands
		"503* chance=20% retry-after=1 | 429 chance=0.5% | ok": "503* retry-after=1 chance=20% | 429 chance=0.5% | ok",
		"503*2 | ok":                           "503 | ok 503 | ok",
		"delay=1s..2s 200 | delay=10ms ok 500": "delay=1s..2s 200 | delay=10ms ok 500",
		"delay=0s..5ms ok*":                    "",
		"connections: refuse* chance=10% | accept latency=1ms..3ms": "",
		"kind=metadata: reset* | hang":                              "",
	} {
		s := reply.New()
		if err := s.Play(text); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if want == "" {
			want = text
		}
		if got := s.Text(); got != want {
			t.Errorf("%s: got %s", text, got)
		}
		again := reply.New()
		if err := again.Play(s.Text()); err != nil || again.Text() != s.Text() {
			t.Errorf("%s: written and read it is %s, %v", text, again.Text(), err)
		}
	}
}

func TestMistakesWithChances(t *testing.T) {
	for text, want := range map[string]string{
		"| 503":                           "it stands between two",
		"503 |":                           "nothing follows",
		"503 | | ok":                      "it stands between two",
		"delay=1s | ok":                   "it stands between two",
		"503 | ok*":                       `"*" stands at the first`,
		"503* | ok 200":                   "it comes for ever",
		"503 chance=20":                   `"20" is not a chance`,
		"503 chance=0%":                   "is not a chance",
		"503 chance=NaN%":                 "is not a chance",
		"503 chance=101%":                 "is not a chance",
		"503 chance=1% chance=2%":         "a second chance",
		"503 chance=60% | 429 chance=41%": "above 100%",
		"delay=2s..1s ok":                 "no range",
		"delay=2s..x ok":                  "nor a range",
		"seed: 0":                         "a seed is a number",
		"seed: 5000000000":                "a seed is a number",
		"seed:":                           "one number",
		"seed: 1; seed: 2":                "one seed",
		"connections: slow-close=1s..2s":  "slow-close=",
	} {
		if err := reply.New().Play(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want ...%s...", text, err, want)
		}
	}
}

// counts draws n replies and tells how often each came.
func counts(s *reply.Script, n int) map[string]int {
	got := map[string]int{}
	for range n {
		got[s.Next(reply.Key{}).String()]++
	}
	return got
}

func TestChancesAreKept(t *testing.T) {
	const n = 20_000
	nested := reply.OneOf(reply.Status(503).Chance(50), reply.OneOf(reply.Status(500).Chance(0), reply.Status(502).Chance(0)).Chance(0))
	for _, row := range []struct {
		reply reply.Reply
		want  map[string]float64
	}{
		{reply.Sometimes(20, reply.Status(503)), map[string]float64{"503": 0.2, "ok": 0.8}},
		{reply.OneOf(reply.Status(503).Chance(0), reply.OK().Chance(0)), map[string]float64{"503": 0.5, "ok": 0.5}},
		{reply.OneOf(reply.Status(503).Chance(300), reply.OK().Chance(100)), map[string]float64{"503": 0.75, "ok": 0.25}},
		{reply.OneOf(reply.Status(503).Chance(100), reply.OK().Chance(0)), map[string]float64{"503": 1}},
		{nested, map[string]float64{"503": 0.5, "500": 0.25, "502": 0.25}},
		{reply.Sometimes(50, reply.Sometimes(50, reply.Status(503))), map[string]float64{"503": 0.25, "ok": 0.75}},
		{reply.OneOf(), map[string]float64{"ok": 1}},
	} {
		got := counts(reply.New().SetSeed(1).Default(row.reply), n)
		for text, share := range row.want {
			if math.Abs(float64(got[text])/n-share) > 0.02 {
				t.Errorf("%s: %s came %d times of %d, want about %g", row.reply, text, got[text], n, share)
			}
		}
		if len(got) != len(row.want) {
			t.Errorf("%s: got %v", row.reply, got)
		}
	}
}

func TestRangesAreKept(t *testing.T) {
	s := reply.New().SetSeed(1).Default(reply.Sometimes(100, reply.OK()).DelayBetween(time.Second, 2*time.Second))
	s.Connections().Default(reply.Link{Latency: time.Millisecond, LatencyMax: 3 * time.Millisecond})
	delays, latencies := map[time.Duration]bool{}, map[time.Duration]bool{}
	for range 100 {
		r, l := s.Next(reply.Key{}), s.Connections().Next()
		if r.Pause < time.Second || r.Pause > 2*time.Second || r.PauseMax != 0 || l.Latency < time.Millisecond || l.Latency > 3*time.Millisecond {
			t.Fatalf("got %s and %s", r, l)
		}
		delays[r.Pause], latencies[l.Latency] = true, true
	}
	if len(delays) < 90 || len(latencies) < 90 {
		t.Errorf("only %d and %d different ones", len(delays), len(latencies))
	}
}

func TestSeedSettlesWhatIsDrawn(t *testing.T) {
	const text = "503* chance=50% | delay=1ms..9s 429\ntenant=a: 500* | 502\nconnections: refuse* | accept"
	run := func(s *reply.Script, others int) string {
		for range others { // of another tenant, which must not matter
			s.Next(reply.Key{Tenant: "a"})
		}
		got := play(s, reply.Key{}, 30)
		for range 30 {
			got += s.Connections().Next().String()
		}
		return got
	}
	scripted := func(text string) *reply.Script {
		s := reply.New()
		if err := s.Play(text); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := scripted(text)
	want := run(first, 0)
	seeded := fmt.Sprintf("seed: %d\n%s", first.Seed(), text)
	second := scripted(seeded)
	if got := run(second, 7); got != want {
		t.Errorf("seed %d: got %s, want %s", first.Seed(), got, want)
	}
	if err := second.Replace(seeded); err != nil {
		t.Fatal(err)
	}
	if got := run(second, 0); got != want {
		t.Errorf("replaced: got %s, want %s", got, want)
	}
	if got := run(second.SetSeed(first.Seed()), 0); got != want {
		t.Errorf("seeded again: got %s, want %s", got, want)
	}
	if got := run(second.SetSeed(first.Seed()+1), 0); got == want {
		t.Error("another seed draws the same")
	}
	if note := first.Chance(); !strings.Contains(note, fmt.Sprintf(`"seed: %d"`, first.Seed())) || scripted("503 delay=1s ok").Chance() != "" {
		t.Errorf("got %q", note)
	}
}

func ExampleSometimes() {
	s := reply.New().SetSeed(7)
	s.Default(reply.Sometimes(30, reply.Status(503).Header("Retry-After", "1")))
	for range 5 {
		fmt.Println(s.Next(reply.Key{}))
	}
	// Output:
	// ok
	// ok
	// 503 retry-after=1
	// ok
	// ok
}

func ExampleOneOf() {
	slow := reply.OK().DelayBetween(100*time.Millisecond, 2*time.Second)
	fmt.Println(reply.OneOf(reply.Status(503).Chance(20), reply.Fail(reply.Reset).Chance(1), slow.Chance(0)))
	// Output: 503 chance=20% | reset chance=1% | delay=100ms..2s ok
}
