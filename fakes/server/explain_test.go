package server_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

var errInVain = errors.New("in vain")

// TestGiveUpTellsWhyNothingCame plays what keeps requests away, and compares the line that people see under the error.
func TestGiveUpTellsWhyNothingCame(t *testing.T) {
	for _, row := range []struct {
		name    string
		options server.Options
		act     func(t *testing.T, w world, s *server.Server)
		want    string
	}{
		{"nobody", server.Options{}, func(*testing.T, world, *server.Server) {}, "nobody has connected to the fake, which listens at http://127.0.0.1:"},
		{"down", server.Options{}, func(_ *testing.T, _ world, s *server.Server) { s.Down() }, "the fake is down: it takes no connection until Up"},
		{"refused", server.Options{Replies: "connections: refuse"}, tryPost, "over 1 connection; the last one was treated as the script says: refuse"},
		{"untrusted", server.Options{TLS: &server.TLS{Cert: certs.Expired}}, func(t *testing.T, w world, s *server.Server) {
			tryPost(t, w, s)
			waitHandshake(t, s, 1)
		}, "failed in its TLS handshake: remote error: tls: "},
		{"silent", server.Options{}, func(t *testing.T, w world, s *server.Server) { w.send(t, s, "bad\r\n\r\n") }, "over 1 connection; the last one "},
		{"answered", server.Options{}, tryPost, ""},
		{"by chance", server.Options{Replies: "503* chance=1%", Seed: 7}, tryPost, `set Options.Seed or write "seed: 7" into the script`},
	} {
		both(t, func(t *testing.T, w world) {
			s := w.start(t, row.options)
			row.act(t, w, s)
			failed := &failure{}
			other := server.ForTest(failed, "other", func(server.Options) (*server.Server, error) { return s, nil })
			err := other.GiveUp(errInVain)
			_, line, _ := strings.Cut(err.Error(), "in vain")
			if !errors.Is(err, errInVain) || !strings.Contains(line, row.want) || (row.want == "") != (line == "") || failed.text != err.Error() {
				t.Errorf("%s: the error is %v, the test is told %q", row.name, err, failed.text)
			}
		})
	}
}

func tryPost(t *testing.T, w world, s *server.Server) {
	_, _, _ = post(w.client(t, s), s.URL(), "x") // what comes of it is what is looked at
}

// failure is a test that only listens.
type failure struct{ text string }

func (f *failure) Helper()        {}
func (f *failure) Cleanup(func()) {}
func (f *failure) Fatalf(_ string, args ...any) {
	f.text = args[0].(error).Error()
}

func TestSummary(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "503*2 429 body=slower ok"})
		c := w.client(t, s)
		if got := s.Summary(); got != "nothing was asked for" {
			t.Errorf("at first: %s", got)
		}
		for range 4 {
			if _, _, err := post(c, s.URL()+"/a", "x"); err != nil {
				t.Fatal(err)
			}
		}
		waitFinished(t, s, 4)
		if got, want := s.Summary(), "POST /a (200, replied), POST /a (429, replied: slower), POST /a (503, replied) 2 times"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		s.Replies().Default(reply.Status(http.StatusOK))
		for i := range 20 {
			if _, _, err := post(c, s.URL()+"/"+strings.Repeat("b", i+1), "x"); err != nil {
				t.Fatal(err)
			}
		}
		waitFinished(t, s, 24)
		if got := s.Summary(); !strings.HasSuffix(got, ", and 13 others") {
			t.Errorf("got %s", got)
		}
	})
}
