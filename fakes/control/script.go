package control

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// scriptOf is a script with its progress.
func scriptOf(script *reply.Script) api.Script {
	out := api.Script{Text: scriptText(script), Sections: []api.Section{}}
	if script.IsRandom() {
		out.Seed = script.Seed()
	}
	for _, state := range script.States() {
		out.Sections = append(out.Sections, api.Section{
			Match: state.Match.String(), Replies: texts(state.Replies), Default: state.Default.String(),
			Played: state.Played, AfterEnd: state.AfterEnd,
		})
		out.Played += state.Played
		out.Total += len(state.Replies)
	}
	links := script.Connections().State()
	if len(links.Links) > 0 || !links.Default.IsZero() {
		out.Connections = &api.Section{
			Match: "connections", Replies: texts(links.Links), Default: links.Default.String(), Played: links.Played, AfterEnd: -1,
		}
		out.Played += links.Played
		out.Total += len(links.Links)
	}
	return out
}

// scriptText is a script with the seed of what is drawn, so that it can be played again.
func scriptText(script *reply.Script) string {
	if !script.IsRandom() {
		return script.Text()
	}
	return fmt.Sprintf("seed: %d\n%s", script.Seed(), script.Text())
}

func texts[T interface{ String() string }](all []T) []string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = one.String()
	}
	return out
}

func (s *Server) getScript(c *call, f *fake) error {
	if strings.HasPrefix(c.r.Header.Get("Accept"), "text/plain") {
		c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		c.begin(http.StatusOK)
		_, err := c.w.Write([]byte(scriptText(f.Replies()) + "\n"))
		return err
	}
	return c.json(http.StatusOK, scriptOf(f.Replies()))
}

func (s *Server) putScript(c *call, f *fake) error { return s.changeScript(c, f, f.Replies().Replace) }

func (s *Server) postScript(c *call, f *fake) error { return s.changeScript(c, f, f.Replies().Play) }

func (s *Server) deleteScript(c *call, f *fake) error {
	f.Replies().Clear()
	return s.scriptChanged(c, f)
}

// changeScript reads a text. What curl says of --data by itself is taken too.
func (s *Server) changeScript(c *call, f *fake, change func(string) error) error {
	if err := c.want("text/plain", "application/x-www-form-urlencoded", ""); err != nil {
		return err
	}
	text, err := c.bytes(maxScript)
	if err != nil {
		return err
	}
	if err := change(string(text)); err != nil {
		return err // of the script, with its place
	}
	return s.scriptChanged(c, f)
}

func (s *Server) scriptChanged(c *call, f *fake) error {
	s.hub.add(api.Event{Type: api.EventScript, Fake: f.id, Session: f.session.id})
	return c.json(http.StatusOK, scriptOf(f.Replies()))
}
