package pyroscope

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// failure is a request that cannot be taken, with the code that Connect has for it.
type failure struct {
	code    string
	message string
}

func (f *failure) Error() string { return f.message }

func invalid(format string, args ...any) *failure {
	return &failure{"invalid_argument", fmt.Sprintf(format, args...)}
}

// body is a request's body, decoded as far as it could be.
type body struct {
	format   Format
	profiles []Profile
	size     int // about what the profiles hold, the data that they are parts of included
	err      *failure
}

// decode reads the body of a push. Profiles are not parsed yet. Only so many requests are decoded at once, which bounds the memory that
// hostile ones take, and the room for what comes out is asked of hold.
func (s *Server) decode(e *journal.Exchange, hold func(int64) error) body {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	b := s.read(e)
	if err := hold(int64(b.size)); err != nil {
		return body{format: b.format, err: &failure{"unavailable", err.Error()}}
	}
	return b
}

func (s *Server) read(e *journal.Exchange) body {
	b := body{format: formatOf(e)}
	if e.BodyError != "" {
		b.err = invalid("read body: %s", e.BodyError)
		return b
	}
	if b.format == "" {
		b.err = &failure{"unimplemented", fmt.Sprintf("content type %q is not supported", e.Header.Get("Content-Type"))}
		return b
	}
	data, err := s.inflate(e)
	if err != nil {
		b.err = err
		return b
	}
	switch {
	case isIngest(e.Path):
		b.profiles, b.err = decodeIngest(e, b.format, data)
	case b.format == ConnectJSON:
		b.profiles, b.err = decodeJSON(data)
	default:
		b.profiles, b.err = s.decodeProto(data)
	}
	for i := range b.profiles {
		p := &b.profiles[i]
		p.Tenant, p.format = tenantOf(e), b.format
		if p.Ingest != nil && len(p.Labels) == 0 {
			p.Labels = s.ingestLabels(p)
		}
		b.size += p.size()
	}
	b.size = max(b.size, len(data))
	return b
}

func isPush(path string) bool   { return strings.HasSuffix(path, PushPath) }
func isIngest(path string) bool { return strings.HasSuffix(path, IngestPath) }

func formatOf(e *journal.Exchange) Format {
	if isIngest(e.Path) {
		return ingestFormat(e)
	}
	switch media(e) {
	case "application/proto":
		return ConnectProto
	case "application/json":
		return ConnectJSON
	default:
		return ""
	}
}

// media is the Content-Type without its parameters.
func media(e *journal.Exchange) string {
	media, _, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// inflate undoes Content-Encoding.
func (s *Server) inflate(e *journal.Exchange) ([]byte, *failure) {
	switch encoding := e.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return e.Body, nil
	case "gzip":
		data, err := gunzip(e.Body, s.options.MaxInflated)
		if tooLarge, ok := err.(errTooLarge); ok {
			return nil, &failure{"resource_exhausted", tooLarge.Error()}
		}
		if err != nil {
			return nil, invalid("%v", err)
		}
		return data, nil
	default:
		return nil, &failure{"unimplemented", fmt.Sprintf("unknown compression %q: supported encodings are gzip", encoding)}
	}
}

// errTooLarge is data that would be longer than so many bytes once inflated.
type errTooLarge int

func (e errTooLarge) Error() string {
	return fmt.Sprintf("inflate gzip: the content is larger than %d bytes", int(e))
}

// gunzip inflates at most limit bytes.
func gunzip(data []byte, limit int) ([]byte, error) {
	in, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("inflate gzip: %w", err)
	}
	inflated, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("inflate gzip: %w", err)
	case len(inflated) > limit:
		return nil, errTooLarge(limit)
	}
	return inflated, nil
}
