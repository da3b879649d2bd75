package api

import "time"

// CertificateRequest asks for a client certificate of a fake's authority.
type CertificateRequest struct {
	// Name is the common name; empty means client.
	Name string `json:"name,omitempty"`
}

// Certificate is a certificate with its private key, both as PEM.
type Certificate struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// Tokens are what an issuer gave out, oldest first.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

// Token is one that an issuer gave out.
type Token struct {
	Value    string    `json:"value"`
	ClientID string    `json:"clientId,omitempty"`
	Scopes   []string  `json:"scopes,omitempty"`
	Issued   time.Time `json:"issued"`
	Expires  time.Time `json:"expires"`
	Revoked  bool      `json:"revoked,omitempty"`
}

// Loaded is the answer to a recording.
type Loaded struct {
	// Requests is how many were taken.
	Requests int `json:"requests"`
}

// Health is the answer of /livez and /readyz.
type Health struct {
	Status string `json:"status"`
	Fakes  int    `json:"fakes"`
}
