package control

import (
	"net/http"
	"strings"

	"github.com/google/pprof/profile"
)

// getFlamegraph merges what a pyroscope holds, or shows one profile of a request.
func (s *Server) getFlamegraph(c *call, f *fake) error {
	if s.options.Query.Flame == nil || s.options.Query.FlameOf == nil {
		return notFound("this process was built without queries")
	}
	if c.query.Get("seq") != "" {
		return s.flameOfRequest(c, f)
	}
	p, ok := f.kind.(*pyroscopeKind)
	if !ok {
		return notFound("%s is of kind %s: only what a pyroscope holds is merged; seq=N shows the profile of a request", f.id, f.spec.Kind)
	}
	tree, err := s.options.Query.Flame(p.Server, c.query.Get("selector"), c.query.Get("type"))
	if err != nil {
		return badRequest("merge profiles: %v", err)
	}
	return c.json(http.StatusOK, tree)
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
