package api

// Fakes is the list of fakes.
type Fakes struct {
	Fakes []Fake `json:"fakes"`
}

// Sessions is the list of sessions.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}
