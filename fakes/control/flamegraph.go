package control

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// getMerged adds up what a pyroscope holds.
func (s *Server) getMerged(c *call, f *fake) error {
	merged, err := c.merged(f)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := merged.Write(&b); err != nil {
		return fmt.Errorf("write the merged profile: %w", err)
	}
	return c.raw("application/octet-stream", f.name+"-merged.pb.gz", b.Bytes())
}

// merged adds up the profiles that the query means.
func (c *call) merged(f *fake) (*profile.Profile, error) {
	k, ok := f.kind.(*pyroscopeKind)
	switch {
	case !ok:
		return nil, notFound("%s is of kind %s: only what a pyroscope holds is merged", f.id, f.spec.Kind)
	case k.queries.Merge == nil:
		return nil, errNoQueries
	}
	q := ProfileQuery{Selector: c.query.Get("selector"), Type: c.query.Get("type")}
	var err error
	if q.From, err = c.moment("from"); err != nil {
		return nil, err
	}
	if q.Until, err = c.moment("until"); err != nil {
		return nil, err
	}
	merged, err := k.queries.Merge(q)
	if err != nil {
		return nil, badRequest("merge profiles: %v", err)
	}
	return merged, nil
}

// moment is a time of the query; the zero time if there is none.
func (c *call) moment(name string) (time.Time, error) {
	text := c.query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, badRequest("%s=%s: want a time such as 2006-01-02T15:04:05.123Z", name, text)
	}
	return t, nil
}

// getFlamegraph shows what a pyroscope holds, or one profile of a request, as a tree.
func (s *Server) getFlamegraph(c *call, f *fake) error {
	if s.options.Query.FlameOf == nil {
		return errNoQueries
	}
	if c.query.Get("seq") != "" {
		return s.flameOfRequest(c, f)
	}
	merged, err := c.merged(f)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, s.options.Query.FlameOf(merged, 0))
}
func (s *Server) flameOfRequest(c *call, f *fake) error {
	seq, err := c.number("seq", 0, 1, maxNumber)
	if err != nil {
		return err
	}
	index, err := c.number("index", 0, 0, maxNumber)
	if err != nil {
		return err
	}
	data, err := f.profileOf(seq, index)
	if err != nil {
		return err
	}
	p, err := profile.ParseData(data)
	if err != nil {
		return notFound("profile %d of request %d is no pprof: %v", index, seq, err)
	}
	at, err := sampleType(p, c.query.Get("type"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, s.options.Query.FlameOf(p, at))
}

// sampleType finds a sample type: by its name such as cpu, with its unit such as cpu/nanoseconds, or as the second part of a profile type such as
// process_cpu:cpu:nanoseconds:cpu:nanoseconds. Nothing is the profile's default, or its last.
func sampleType(p *profile.Profile, text string) (int, error) {
	if parts := strings.Split(text, ":"); len(parts) == 5 {
		text = parts[1]
	}
	if text == "" {
		text = p.DefaultSampleType
	}
	var names []string
	for i, t := range p.SampleType {
		if name := t.Type + "/" + t.Unit; text == name || text == t.Type {
			return i, nil
		} else {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return 0, notFound("the profile has no sample types")
	case text == "" || text == p.DefaultSampleType:
		return len(names) - 1, nil
	}
	return 0, badRequest("type %q: the profile has %s", text, listed(names))
}
