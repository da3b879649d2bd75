package mimir

// Arrival is one accepted request, for those who follow the accepted data as it grows.
type Arrival struct {
	// Seq counts accepted requests from 1; Forget does not begin anew.
	Seq    int
	Tenant string
	batch  *batch
}

// AcceptedSince returns the accepted requests numbered above seq that are still kept, oldest first: what came since somebody looked
// last. Nothing in it may be written to.
func (s *Server) AcceptedSince(seq int) []Arrival {
	entries := s.accepted.Since(seq)
	arrivals := make([]Arrival, len(entries))
	for i, e := range entries {
		arrivals[i] = Arrival{Seq: e.seq, Tenant: e.tenant, batch: e.batch}
	}
	return arrivals
}

// OldestAccepted is the number of the oldest accepted request that is still kept, or what the next one will have: the requests before
// it were forgotten, or fell out of the journal's limits.
func (s *Server) OldestAccepted() int { return s.accepted.Oldest() }

// Series calls f with each label set of the request and what was sent for it, in the order sent. Requests that bring the same labels
// again mostly share their slice, so its first element's address makes a cheap key.
func (a Arrival) Series(f func(Series)) {
	a.batch.each(func(one Series, _ *series) {
		one.Tenant = a.Tenant
		f(one)
	})
}

// Metadata is what the request said about metrics, apart from series (1.0) or with them (2.0).
func (a Arrival) Metadata() []Metadata { return a.batch.metadata }
