package api

// Wait is what to wait for: exactly one of the first fields, at least so many times. Selectors are those of package labels, such as
// up{job="a"}; {} finds all.
type Wait struct {
	Samples    *string `json:"samples,omitempty"`    // mimir: a selector
	Exemplars  *string `json:"exemplars,omitempty"`  // mimir: a selector
	Histograms *string `json:"histograms,omitempty"` // mimir: a selector; native histograms
	Series     *string `json:"series,omitempty"`     // mimir, pyroscope: a selector; different label sets
	Metadata   *string `json:"metadata,omitempty"`   // mimir: a metric's name
	Profiles   *string `json:"profiles,omitempty"`   // pyroscope: a selector
	Scrapes    *string `json:"scrapes,omitempty"`    // pprof: a path; exposition: empty. Scrapes that were served whole
	Tokens     bool    `json:"tokens,omitempty"`     // oauth2: tokens given out
	Target     *string `json:"target,omitempty"`     // proxy: host or host:port; requests for it
	Requests   *Filter `json:"requests,omitempty"`   // all: requests that ended and that the filter lets through; {} for all
	// Connections counts all, failed handshakes among them.
	Connections bool `json:"connections,omitempty"`

	// AtLeast is how many; 0 means 1.
	AtLeast int `json:"atLeast,omitempty"`
	// Timeout is how long to wait at most, to ten minutes; empty means 10s.
	Timeout string `json:"timeout,omitempty"`
	// Limit is how many series, profiles or requests the answer holds; 0 means 100.
	Limit int `json:"limit,omitempty"`
}

// Filter selects requests; an empty field fits all.
type Filter struct {
	Kind   string `json:"kind,omitempty"`
	Path   string `json:"path,omitempty"`
	Tenant string `json:"tenant,omitempty"`
	// Status is a status such as 503, or a class such as 5xx, or an outcome such as reset.
	Status string `json:"status,omitempty"`
	// Search is a text, whatever its case, in the path, the query, a header that is no secret, a label, a metric's name, or an error.
	Search string `json:"search,omitempty"`
	// After leaves out all up to this number.
	After int `json:"after,omitempty"`
}

// Found is what a wait waited for. The newest are left out where there are more than the limit.
type Found struct {
	// Condition says in words what was waited for, Waited how long.
	Condition string     `json:"condition"`
	Waited    string     `json:"waited"`
	Series    []Series   `json:"series,omitempty"`
	Metadata  []Metadata `json:"metadata,omitempty"`
	Profiles  []Profile  `json:"profiles,omitempty"`
	Requests  []Summary  `json:"requests,omitempty"`
	// More tells that there is more than the limit.
	More bool `json:"more,omitempty"`
}
