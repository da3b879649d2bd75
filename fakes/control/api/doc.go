// Package api is the control API of the fakes as Go types: what its JSON bodies look like, in both directions. Start with [Fake], [Session]
// and [Wait]. The routes stand in the documentation of package control and in its OpenAPI document; package client calls them. It imports
// none of the fakes, so whoever talks to a process of fakes need not link them.
//
// Durations are texts such as "10s". Times are RFC 3339. A number that JSON has no word for is the text "NaN", "stale", "+Inf" or "-Inf".
package api

// Version is the first part of all paths but /livez, /readyz and /api/openapi.json.
const Version = "/api/v1"

// Error is the body of every answer that is not 2xx.
type Error struct {
	// Error says what is wrong and how it could be right, in one sentence.
	Error string `json:"error"`
	// Nearest tells, of a wait that timed out, what arrived in place of what was waited for, a line each.
	Nearest []string `json:"nearest,omitempty"`
}
