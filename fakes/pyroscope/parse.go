package pyroscope

import (
	"errors"
	"fmt"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// parseAll takes the profiles apart, as far as they are profiles.
func (s *Server) parseAll(profiles []Profile) {
	for i := range profiles {
		s.parse(&profiles[i])
	}
}

func (s *Server) parse(p *Profile) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	parsed, err := p.parse(s.options.MaxInflated)
	if err != nil {
		p.ParseError = err.Error()
		return
	}
	p.Parsed = parsed
}

func (p *Profile) parse(limit int) (*profile.Profile, error) {
	switch p.format {
	case ConnectProto, ConnectJSON, IngestPprof:
		data, err := inflateProfile(p.Raw, limit)
		if err != nil {
			return nil, err
		}
		p.inflated = len(data)
		return parsePprof(data)
	case IngestFolded, IngestLines:
		return p.parseFolded()
	default:
		return nil, fmt.Errorf("format %q is recorded, not parsed", p.format)
	}
}

var errEmpty = errors.New("the profile is empty")

// parsePprof takes an inflated profile apart.
func parsePprof(data []byte) (parsed *profile.Profile, err error) {
	if err := checkParts(data, maxProfileParts); err != nil {
		return nil, fmt.Errorf("parse profile: %w", err)
	}
	defer func() { // the library was not written for hostile profiles
		if cause := recover(); cause != nil {
			parsed, err = nil, fmt.Errorf("parse profile: the parser gave up: %v", cause)
		}
	}()
	parsed, err = profile.ParseUncompressed(data)
	if err != nil {
		return nil, fmt.Errorf("parse profile: %w", err)
	}
	if err := parsed.CheckValid(); err != nil {
		return nil, fmt.Errorf("check profile: %w", err)
	}
	return parsed, nil
}

// inflateProfile inflates a profile that is gzipped, without ever holding more of it than limit bytes.
func inflateProfile(raw []byte, limit int) ([]byte, error) {
	switch {
	case len(raw) == 0:
		return nil, errEmpty
	case len(raw) > 1 && raw[0] == 0x1f && raw[1] == 0x8b:
		return gunzip(raw, limit)
	case len(raw) > limit:
		return nil, fmt.Errorf("the profile has more than %d bytes", limit)
	default:
		return raw, nil
	}
}

// maxProfileParts is how many samples, locations, functions, mappings and texts a profile may have together, and a third of how many labels
// and lines. Each takes two bytes on the wire at least, and a hundred in memory.
const maxProfileParts = 1_000_000

// checkParts counts what a profile is made of before anything of it is taken apart. It is an error when there is more than most of it.
func checkParts(data []byte, most int) error {
	parts, nested := 0, 0
	r := proto.NewReader(data)
	for r.Next() {
		parts++
		if r.Type == proto.Bytes && (r.Number == fieldSample || r.Number == fieldLocation) {
			inner := proto.NewReader(r.Bytes())
			for inner.Next() {
				nested++
			}
		}
		if parts > most || nested > 3*most {
			return fmt.Errorf("it has more than %d parts", most)
		}
	}
	return r.Err()
}

// Fields of perftools.profiles.Profile.
const (
	fieldSampleType  = 1
	fieldSample      = 2
	fieldLocation    = 4
	fieldStringTable = 6
)

// firstSampleType is the name of what a pprof profile counts first, "" when it is none.
func firstSampleType(raw []byte, limit int) string {
	data, err := inflateProfile(raw, limit)
	if err != nil {
		return ""
	}
	index, ok := firstTypeIndex(data)
	if !ok {
		return ""
	}
	for r := proto.NewReader(data); r.Next(); {
		if r.Number != fieldStringTable {
			continue
		}
		if index == 0 {
			return string(r.Bytes())
		}
		index--
	}
	return ""
}

// firstTypeIndex is where the name of the first sample type stands among the texts.
func firstTypeIndex(data []byte) (index uint64, ok bool) {
	for r := proto.NewReader(data); r.Next(); {
		if r.Number != fieldSampleType {
			continue
		}
		for inner := proto.NewReader(r.Bytes()); inner.Next(); {
			if inner.Number == 1 {
				return inner.Uint64(), true
			}
		}
	}
	return 0, false
}
