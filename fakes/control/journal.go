package control

import (
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// mediaJournal is the type of a recording.
const mediaJournal = "application/x-ndjson"

// getJournal records the requests that ended.
func (s *Server) getJournal(c *call, f *fake) error {
	secrets, err := c.yes("secrets")
	if err != nil {
		return err
	}
	var ended []journal.Exchange
	for _, e := range f.Exchanges() {
		if e.Outcome != "" {
			ended = append(ended, e)
		}
	}
	c.w.Header().Set("Content-Type", mediaJournal)
	c.begin(http.StatusOK)
	return recording.Write(c.w, recording.Header{
		Fake: f.name, Kind: f.spec.Kind, Recorded: time.Now(), Secrets: secrets, Dropped: f.ExchangeJournal().Dropped(),
	}, ended)
}

// postJournal loads a recording, all of it or nothing.
func (s *Server) postJournal(c *call, f *fake) error {
	if err := c.want(mediaJournal, "application/octet-stream", "application/x-www-form-urlencoded", ""); err != nil {
		return err
	}
	var exchanges []journal.Exchange
	header, err := recording.Read(http.MaxBytesReader(c.w, c.r.Body, maxJournal), func(e journal.Exchange) error {
		exchanges = append(exchanges, e)
		return nil
	})
	switch {
	case err != nil:
		return err
	case header.Kind != f.spec.Kind:
		return badRequest("the recording is of a %s, and %s is a %s", header.Kind, f.id, f.spec.Kind)
	}
	for _, e := range exchanges {
		f.Load(e)
	}
	s.changed(f, "load")
	return c.json(http.StatusOK, api.Loaded{Requests: len(exchanges)})
}
