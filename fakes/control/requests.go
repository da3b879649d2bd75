package control

import (
	"fmt"
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// How much lists hold when nobody says, and at most.
const (
	defaultList   = 100
	maxList       = 1000
	defaultSeries = 1000
	maxSeriesSeen = 100_000
)

func (s *Server) getRequests(c *call, f *fake) error {
	limit, err := c.number("limit", defaultList, 1, maxList)
	if err != nil {
		return err
	}
	filter := api.Filter{
		Kind: c.query.Get("kind"), Path: c.query.Get("path"), Tenant: c.query.Get("tenant"),
		Status: c.query.Get("status"), Search: c.query.Get("search"),
	}
	if filter.After, err = c.number("after", 0, 0, maxNumber); err != nil {
		return err
	}
	matches, err := f.matcher(filter)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, f.requests(filter.After, limit, matches))
}

// maxNumber is the largest number of a request that may be asked for.
const maxNumber = 1<<53 - 1

// requests is a part of the requests.
func (f *fake) requests(after, limit int, matches func(*journal.Exchange) bool) api.Requests {
	list := api.Requests{Requests: []api.Summary{}, Next: after, Dropped: f.ExchangeJournal().Dropped()}
	for _, e := range f.ExchangeJournal().Since(after) {
		if !matches(&e) {
			list.Next = e.Seq
			continue
		}
		if len(list.Requests) == limit {
			list.More = true
			break
		}
		list.Next = e.Seq
		list.Requests = append(list.Requests, f.summary(e, f.describe(e, 1)))
	}
	return list
}

// exchange is the request of the path.
func (c *call) exchange(f *fake) (journal.Exchange, error) {
	seq, err := c.pathNumber("seq")
	if err != nil {
		return journal.Exchange{}, err
	}
	return f.exchange(seq)
}

func (f *fake) exchange(seq int) (journal.Exchange, error) {
	e, ok := f.ExchangeJournal().Get(seq)
	if !ok {
		return e, notFound("%s has no request %d: the newest is %d, and old ones are dropped", f.id, seq, f.ExchangeJournal().Total())
	}
	return e, nil
}

func (s *Server) getRequest(c *call, f *fake) error {
	e, err := c.exchange(f)
	if err != nil {
		return err
	}
	limit, err := c.number("limit", defaultSeries, 0, maxSeriesSeen)
	if err != nil {
		return err
	}
	secrets, err := c.yes("secrets")
	if err != nil {
		return err
	}
	d := f.describe(e, limit)
	r := api.Request{
		Summary: f.summary(e, d), Header: e.Header, BodyError: e.BodyError, ReplyHeader: e.ReplyHeader, ReplySize: len(e.ReplyBody), Content: d.content,
	}
	if !secrets {
		r.Header, r.ReplyHeader = recording.RedactHeader(e.Header), recording.RedactHeader(e.ReplyHeader)
	}
	return c.json(http.StatusOK, r)
}

func (s *Server) getBody(c *call, f *fake) error {
	e, err := c.exchange(f)
	if err != nil {
		return err
	}
	return c.raw("application/octet-stream", fmt.Sprintf("%s-%d.body", f.name, e.Seq), e.Body)
}

func (s *Server) getReply(c *call, f *fake) error {
	e, err := c.exchange(f)
	if err != nil {
		return err
	}
	if e.ReplyBody == nil {
		return notFound("%s keeps no body answered to request %d: only those that are scraped and oauth2 do, of what was sent whole", f.id, e.Seq)
	}
	return c.raw("application/octet-stream", fmt.Sprintf("%s-%d.reply", f.name, e.Seq), e.ReplyBody)
}

func (s *Server) getProfile(c *call, f *fake) error {
	seq, err := c.pathNumber("seq")
	if err != nil {
		return err
	}
	index, err := c.pathNumber("index")
	if err != nil {
		return err
	}
	data, err := f.profileOf(seq, index)
	if err != nil {
		return err
	}
	return c.raw("application/octet-stream", fmt.Sprintf("%s-%d-%d.pb.gz", f.name, seq, index), data)
}

// profileOf is a profile of a request as gzipped pprof.
func (f *fake) profileOf(seq, index int) ([]byte, error) {
	has, ok := f.kind.(profiles)
	if !ok {
		return nil, notFound("%s is of kind %s, which has no profiles", f.id, f.spec.Kind)
	}
	e, err := f.exchange(seq)
	if err != nil {
		return nil, err
	}
	return has.profile(e, index)
}

func (s *Server) getConnections(c *call, f *fake) error {
	limit, err := c.number("limit", defaultList, 1, maxList)
	if err != nil {
		return err
	}
	after, err := c.number("after", 0, 0, maxNumber)
	if err != nil {
		return err
	}
	all := f.ConnectionJournal().Since(after)
	list := api.Connections{Connections: []journal.Connection{}, Next: after, Dropped: f.ConnectionJournal().Dropped(), More: len(all) > limit}
	for _, one := range all[:min(limit, len(all))] {
		list.Connections = append(list.Connections, one)
		list.Next = one.Seq
	}
	return c.json(http.StatusOK, list)
}
