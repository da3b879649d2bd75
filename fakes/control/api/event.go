package api

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Types of events.
const (
	EventRequest    = "request"    // a request ended; Request is set
	EventConnection = "connection" // a connection was opened, shook hands or closed; Connection is set
	EventState      = "state"      // a fake went up or down, was reset, or changed its settings; State is set
	EventScript     = "script"     // a script was changed by the API (not when it was played: see the requests); Script is set
	EventSession    = "session"    // a session began (State has its fakes in turn) or ended
	EventMissed     = "missed"     // the client was too slow, or came back too late; Missed is set: list again
)

// Event is one message of the stream of events; its id and type are those of the message too.
type Event struct {
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Time time.Time `json:"time"`
	// Fake is the fake's ID, and Session its session.
	Fake       string              `json:"fake,omitempty"`
	Session    string              `json:"session,omitempty"`
	Request    *Summary            `json:"request,omitempty"`
	Connection *journal.Connection `json:"connection,omitempty"`
	State      *Fake               `json:"state,omitempty"`
	Script     *Script             `json:"script,omitempty"`
	// Action is what happened: down, up, restart, reset, forget, auth, tls, serve, load; created, deleted or expired of a session.
	Action string `json:"action,omitempty"`
	// Missed is how many events the client did not get; 0 when nobody can tell.
	Missed int64 `json:"missed,omitempty"`
}
