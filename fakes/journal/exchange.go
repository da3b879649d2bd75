package journal

import (
	"net/http"
	"time"
)

// Exchange is one HTTP request that a fake saw and what it answered. It is written at arrival and completed when the reply
// ended, so an exchange without Replied is still open (or was cut).
type Exchange struct {
	// Seq counts the requests of one fake in order of arrival, from 1.
	Seq int `json:"seq"`
	// Conn is the Seq of the connection that the request came over.
	Conn int `json:"conn"`
	// Kind says what the request is for, in the fake's words: samples, metadata, profile, scrape, token, ...
	Kind string `json:"kind"`
	// Arrived is when the head had been read, Read when the whole body had, Replied when the reply was handed to the connection.
	Arrived time.Time `json:"arrived"`
	Read    time.Time `json:"read,omitzero"`
	Replied time.Time `json:"replied,omitzero"`

	Method string      `json:"method"`
	Host   string      `json:"host"`
	Path   string      `json:"path"`            // escaped, as sent
	Query  string      `json:"query,omitempty"` // raw, as sent
	Proto  string      `json:"proto"`
	Header http.Header `json:"header"`
	// Body is what was sent, byte for byte, up to the fake's limit; BodySize is how much there was.
	Body     []byte `json:"body,omitempty"`
	BodySize int64  `json:"bodySize"`
	// BodyError tells why reading the body ended early.
	BodyError string `json:"bodyError,omitempty"`

	// Status is the status answered, 0 when none was: see Outcome.
	Status      int         `json:"status"`
	ReplyHeader http.Header `json:"replyHeader,omitempty"`
	// ReplyBody is the body answered, when it was sent whole, of fakes that keep it (those that are scraped) and of short refusals.
	ReplyBody []byte `json:"replyBody,omitempty"`
	// Outcome is replied, reset, cut, hung or gone (the client left first); empty while open.
	Outcome string `json:"outcome,omitempty"`
}

// Connection is one connection that a fake accepted, with its TLS handshake if there was one.
type Connection struct {
	Seq    int       `json:"seq"`
	Opened time.Time `json:"opened"`
	Closed time.Time `json:"closed,omitzero"`
	Remote string    `json:"remote"`
	// TLS is nil on a plain connection.
	TLS *Handshake `json:"tls,omitempty"`
}

// Handshake is how a TLS handshake went, seen from the fake.
type Handshake struct {
	// Offered are the versions the client named, for example "TLS 1.2".
	Offered []string `json:"offered,omitempty"`
	// ServerName is what the client asked for (SNI).
	ServerName string `json:"serverName,omitempty"`
	// Version and Protocol (ALPN) were agreed; empty when the handshake failed.
	Version  string `json:"version,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	// ClientSubject is the common name of the client's certificate, if it sent one.
	ClientSubject string `json:"clientSubject,omitempty"`
	// Error is why the handshake failed.
	Error string `json:"error,omitempty"`
}
