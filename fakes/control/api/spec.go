package api

// Spec says which fake to start and how. All but Kind may be left out.
type Spec struct {
	Kind string `json:"kind"`
	// Name is letters, digits, "-" and "_"; empty means the kind.
	Name string `json:"name,omitempty"`
	// Addr is host:port or a port; empty means a free port of the host that the process was told, which is 127.0.0.1 unless told otherwise.
	Addr string `json:"addr,omitempty"`
	// Host is the name that URLs have in place of Addr's.
	Host string `json:"host,omitempty"`
	// Script is what it answers, in the syntax of package reply, both layers.
	Script string `json:"script,omitempty"`
	Auth   *Auth  `json:"auth,omitempty"`
	TLS    *TLS   `json:"tls,omitempty"`
	// Strict lets mimir and pyroscope refuse what the real ones do; Limits are what they then check.
	Strict bool    `json:"strict,omitempty"`
	Limits *Limits `json:"limits,omitempty"`
	// Discard lets mimir count only.
	Discard bool `json:"discard,omitempty"`
	// Journal bounds what is kept.
	Journal *Journal `json:"journal,omitempty"`
	// BodyLimit is how many bytes of a body are read; MaxDecoded how many it may have once inflated (mimir, pyroscope).
	BodyLimit  int64 `json:"bodyLimit,omitempty"`
	MaxDecoded int   `json:"maxDecoded,omitempty"`
	// MaxConnections is how many may be open at once.
	MaxConnections int `json:"maxConnections,omitempty"`
	// Timeouts are how long clients may take.
	Timeouts *Timeouts `json:"timeouts,omitempty"`
	// UnencryptedHTTP2 also serves HTTP/2 without TLS.
	UnencryptedHTTP2 bool `json:"unencryptedHTTP2,omitempty"`
	// Serve is what a pprof or exposition serves and whom an oauth2 gives tokens. A proxy has Proxy in its place.
	Serve *Serve `json:"serve,omitempty"`
	// Proxy is for the kind proxy only.
	Proxy *ProxyOptions `json:"proxy,omitempty"`
	// OAuth2 is for the kind oauth2 only: what cannot change while it runs.
	OAuth2 *OAuth2Options `json:"oauth2,omitempty"`
}

// Auth is what every request must show; all that is set must be right.
type Auth struct {
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Bearer   string `json:"bearer,omitempty"`
	// Issuer is the name of an oauth2 fake of the same session whose tokens are asked for.
	Issuer string `json:"issuer,omitempty"`
	// Tenant requires the header X-Scope-OrgID.
	Tenant bool `json:"tenant,omitempty"`
}

// TLS is how a fake speaks TLS.
type TLS struct {
	// Min and Max are "1.0" to "1.3"; empty means 1.2 and 1.3.
	Min string `json:"min,omitempty"`
	Max string `json:"max,omitempty"`
	// Certificate is good, expired, not-yet, wrong-name, wrong-issuer, self-signed, wrong-usage, weak or weak-key; empty means good.
	Certificate string `json:"certificate,omitempty"`
	// Names are hosts that the certificate is for, beside those of the address.
	Names []string `json:"names,omitempty"`
	// ClientCertificate requires one that the fake's own authority signed: POST .../client-certificate makes it.
	ClientCertificate bool `json:"clientCertificate,omitempty"`
	// NoHTTP2 offers HTTP/1.1 only.
	NoHTTP2 bool `json:"noHTTP2,omitempty"`
}

// Limits are what strict mode allows; a field that is left out has the real one's default, but none for series and rates.
type Limits struct {
	LabelNames       int `json:"labelNames,omitempty"`
	LabelNameLength  int `json:"labelNameLength,omitempty"`
	LabelValueLength int `json:"labelValueLength,omitempty"`
	// InfoLabelNames is LabelNames of metrics whose name ends in _info, UTF8Names allows names that are not of letters, digits and underscores: Mimir's only.
	InfoLabelNames int  `json:"infoLabelNames,omitempty"`
	UTF8Names      bool `json:"utf8Names,omitempty"`
	// OutOfOrder and Future are durations, and Mimir's only.
	OutOfOrder string `json:"outOfOrder,omitempty"`
	Future     string `json:"future,omitempty"`
	// Series is how many series a tenant of a mimir may have.
	Series int `json:"series,omitempty"`
	// IngestionRate is how many items (mimir) or bytes (pyroscope) a tenant may send in a second, beyond IngestionBurst of them at once.
	IngestionRate  int `json:"ingestionRate,omitempty"`
	IngestionBurst int `json:"ingestionBurst,omitempty"`
	// ProfileBytes, ProfileSamples and SampleLabels are those of one profile of a pyroscope, and of one of its samples.
	ProfileBytes   int `json:"profileBytes,omitempty"`
	ProfileSamples int `json:"profileSamples,omitempty"`
	SampleLabels   int `json:"sampleLabels,omitempty"`
}

// Timeouts are how long clients may take, as durations; empty has the default.
type Timeouts struct {
	// Head is for the TLS handshake, and again for the head of a request; Body for a pause within a body, Write for a pause of a client that takes
	// its answer: a minute each.
	Head  string `json:"head,omitempty"`
	Body  string `json:"body,omitempty"`
	Write string `json:"write,omitempty"`
	// Idle is for a connection without a request: ten minutes.
	Idle string `json:"idle,omitempty"`
}

// Journal bounds what a fake keeps; the oldest goes first.
type Journal struct {
	MaxEntries int   `json:"maxEntries,omitempty"`
	MaxBytes   int64 `json:"maxBytes,omitempty"`
}

// Serve is what a fake serves from now on. Which fields it may have depends on the kind.
type Serve struct {
	// Pages (exposition) are served one for each scrape, the last one for ever.
	Pages []Page `json:"pages,omitempty"`
	// Generator (exposition) makes the metrics in place of pages.
	Generator *Generator `json:"generator,omitempty"`
	// Profiles (pprof) say what is served at some paths.
	Profiles []ServedProfile `json:"profiles,omitempty"`
	// Client (oauth2) is who gets a token from now on; Lifetime is how long tokens live that are given out from now on.
	Client   *OAuth2Client `json:"client,omitempty"`
	Lifetime string        `json:"lifetime,omitempty"`
	// Proxy (proxy) is who may use it, and which hosts it knows, all of it anew.
	Proxy *ProxyOptions `json:"proxy,omitempty"`
}

// Page is one page of metrics.
type Page struct {
	// Text may hold {{scrape}}, which becomes the number of the scrape.
	Text        string `json:"text"`
	ContentType string `json:"contentType,omitempty"`
}

// Generator makes metrics. One of its fields may be set; without any, the one series scrape_number is served.
type Generator struct {
	// Series is a number of gauges load_0, load_1...
	Series int `json:"series,omitempty"`
	// Churn is a gauge with so many series, of which each scrape replaces some.
	Churn *Churn `json:"churn,omitempty"`
	// EveryType has a metric of each type, with exemplars and a native histogram.
	EveryType bool `json:"everyType,omitempty"`
}

// Churn is a gauge whose series come and go.
type Churn struct {
	Series   int `json:"series"`
	Replaced int `json:"replaced"`
}

// ServedProfile is what a pprof serves at a path. Exactly one of the other fields is set.
type ServedProfile struct {
	Path string `json:"path"`
	// Stacks generates profiles with so many stacks; 0, with nothing else set, is the usual generated profile.
	Stacks int `json:"stacks,omitempty"`
	// File is a profile as bytes, or whatever else is to be served, in base64.
	File Bytes `json:"file,omitempty"`
	// Live is a profile of the process that the fakes run in: allocs, heap, goroutine, block, mutex, threadcreate or profile, the CPU profile.
	Live string `json:"live,omitempty"`
}

// OAuth2Client is who may ask for a token; an empty ID is everybody.
type OAuth2Client struct {
	ID     string `json:"id,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// OAuth2Options are those of an issuer that cannot change while it runs.
type OAuth2Options struct {
	// Style is header, body, or empty for both.
	Style        string            `json:"style,omitempty"`
	Scopes       []string          `json:"scopes,omitempty"`
	Params       map[string]string `json:"params,omitempty"`
	SilentExpiry bool              `json:"silentExpiry,omitempty"`
	TokenType    string            `json:"tokenType,omitempty"`
	Form         bool              `json:"form,omitempty"`
}

// ProxyOptions are those of a proxy.
type ProxyOptions struct {
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	// Hosts are names that only the proxy knows, with the address that is dialled in their place.
	Hosts map[string]string `json:"hosts,omitempty"`
}
