package pyroscope

import "time"

// Arrival is one accepted request, for those who follow the accepted data as it grows.
type Arrival struct {
	// Seq counts accepted requests from 1; Forget does not begin anew.
	Seq int
	// Arrived is when the head of the request had been read.
	Arrived time.Time
	// Profiles are in the order sent, and not parsed: see [Server.Parse].
	Profiles []Profile
}

// AcceptedSince returns the accepted requests numbered above seq that are still kept, oldest first: what came since somebody looked
// last. Nothing in it may be written to.
func (s *Server) AcceptedSince(seq int) []Arrival {
	entries := s.accepted.Since(seq)
	arrivals := make([]Arrival, len(entries))
	for i, e := range entries {
		arrivals[i] = Arrival{Seq: e.seq, Arrived: e.arrived, Profiles: e.profiles}
	}
	return arrivals
}

// OldestAccepted is the number of the oldest accepted request that is still kept, or what the next one will have: the requests before
// it were forgotten, or fell out of the journal's limits.
func (s *Server) OldestAccepted() int { return s.accepted.Oldest() }

// Parse returns the profile with Parsed or ParseError set, within the limits of [Options].
func (s *Server) Parse(p Profile) Profile {
	s.parse(&p)
	return p
}
