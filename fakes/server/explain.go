package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// GiveUp says that a wait was in vain: it adds to the error why nothing may have come, and what people need to have the same again. It ends the test
// that the fake was started for; without one it returns the error.
func (s *Server) GiveUp(err error) error {
	for _, line := range []string{s.silence(), s.script.Chance()} {
		if line != "" {
			err = fmt.Errorf("%w\n\t%s", err, line)
		}
	}
	s.test.Helper()
	return s.Fail(err)
}

// Fail ends the test that the fake was started for with an error; without one it returns the error.
func (s *Server) Fail(err error) error {
	s.test.Helper()
	s.test.Fatalf("%v", err)
	return err
}

// silence tells why no request came, as far as that can be seen from here; it is empty when one did.
func (s *Server) silence() string {
	switch connections := s.connections.All(); {
	case !s.IsUp():
		return "the fake is down: it takes no connection until Up"
	case s.exchanges.Total() > 0:
		return ""
	case len(connections) == 0:
		return fmt.Sprintf("nobody has connected to the fake, which listens at %s", s.url())
	default:
		return fmt.Sprintf("no request came over %s; the last one %s", counted(len(connections), "connection"), s.fate(connections[len(connections)-1]))
	}
}

// fate is what became of a connection without a request.
func (s *Server) fate(c journal.Connection) string {
	links := s.script.Connections().State()
	scripted := links.Default
	if n := c.Seq - 1; n < len(links.Links) {
		scripted = links.Links[n]
	}
	switch {
	case c.TLS != nil && c.TLS.Error != "":
		return "failed in its TLS handshake: " + c.TLS.Error
	case !scripted.IsZero():
		return fmt.Sprintf("was treated as the script says: %s", scripted)
	case c.Closed.IsZero():
		return "is open"
	}
	return fmt.Sprintf("was closed after %s", c.Closed.Sub(c.Opened))
}

// Ending says how an exchange ended: the status with what was answered in words, or why there was no answer.
func Ending(e *journal.Exchange) string {
	switch {
	case e.Outcome == "":
		return "still open"
	case e.Status == 0:
		return e.Outcome
	}
	text := fmt.Sprintf("%d, %s", e.Status, e.Outcome)
	if words := strings.TrimSpace(string(e.ReplyBody)); e.Status/100 > 3 && words != "" && words != http.StatusText(e.Status) {
		text += fmt.Sprintf(": %.300s", strings.ToValidUTF8(words, "\uFFFD"))
	}
	return text
}

// maxSummed is how many kinds of requests a summary lists.
const maxSummed = 10

// Summary says what was asked for and how it was answered, the newest first.
func (s *Server) Summary() string {
	counts := map[string]int{}
	var order []string
	all := s.Exchanges()
	for i := len(all) - 1; i >= 0; i-- {
		what := fmt.Sprintf("%s %s (%s)", all[i].Method, all[i].Path, Ending(&all[i]))
		if counts[what]++; counts[what] == 1 {
			order = append(order, what)
		}
	}
	if len(order) == 0 {
		return "nothing was asked for"
	}
	var parts []string
	for _, what := range order[:min(len(order), maxSummed)] {
		if n := counts[what]; n > 1 {
			what += fmt.Sprintf(" %d times", n)
		}
		parts = append(parts, what)
	}
	if more := len(order) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d others", more))
	}
	return strings.Join(parts, ", ")
}

// counted is a number of something.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
