package control

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// pyroscopeKind is the kind pyroscope.
type pyroscopeKind struct {
	*pyroscope.Server
	queries Profiles // without functions when none are linked
}

func startPyroscope(s *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error) {
	o := pyroscope.Options{Options: shared, Strict: spec.Strict, MaxInflated: spec.MaxDecoded}
	var err error
	if o.Limits, err = pyroscopeLimits(spec.Limits); err != nil {
		return nil, nil, err
	}
	p, err := pyroscope.Start(o)
	if err != nil {
		return nil, nil, err
	}
	k := &pyroscopeKind{Server: p}
	if attach := s.options.Query.Pyroscope; attach != nil {
		k.queries = attach(p)
	}
	return k, p.Server, nil
}

func (k *pyroscopeKind) endpoint() string      { return k.URL() }
func (k *pyroscopeKind) accepted() *api.Counts { return nil }
func (k *pyroscopeKind) forget()               { k.Forget() }

func (k *pyroscopeKind) serve(api.Serve) error {
	return badRequest("a pyroscope serves nothing that could be set")
}

func (k *pyroscopeKind) asStarted() {}

func (k *pyroscopeKind) describe(e journal.Exchange, _ int) description {
	if e.Kind != pyroscope.KindProfile {
		return requestLine(e)
	}
	push := k.Decode(e)
	d := description{problem: push.DecodeError, line: pushLine(push)}
	d.counts.Profiles = int64(len(push.Profiles))
	d.content.Format = string(push.Format)
	for i, p := range push.Profiles {
		one := profileOf(p, i)
		one.Request = e.Seq
		d.content.Profiles = append(d.content.Profiles, one)
	}
	return d
}

// profileOf is a profile as the API shows it.
func profileOf(p pyroscope.Profile, index int) api.Profile {
	one := api.Profile{
		Index: index, Tenant: p.Tenant, Labels: p.Labels, ID: p.ID, Annotations: p.Annotations, Size: len(p.Raw), Problem: p.ParseError,
	}
	if p.Parsed == nil {
		return one
	}
	one.Samples, one.Functions, one.Totals = len(p.Parsed.Sample), len(p.Parsed.Function), make([]int64, len(p.Parsed.SampleType))
	for _, t := range p.Parsed.SampleType {
		one.SampleTypes = append(one.SampleTypes, t.Type+"/"+t.Unit)
	}
	for _, sample := range p.Parsed.Sample {
		for i, v := range sample.Value {
			one.Totals[i] += v
		}
	}
	return one
}

// profile is a profile of a push, whatever format it came in.
func (k *pyroscopeKind) profile(e journal.Exchange, index int) ([]byte, error) {
	push := k.Decode(e)
	if index < 0 || index >= len(push.Profiles) {
		return nil, notFound("request %d has %s, so none has the index %d", e.Seq, plural(len(push.Profiles), "profile"), index)
	}
	one := push.Profiles[index]
	if one.Parsed == nil {
		return nil, notFound("profile %d of request %d is no pprof: %s", index, e.Seq, one.ParseError)
	}
	var b bytes.Buffer
	if err := one.Parsed.Write(&b); err != nil {
		return nil, fmt.Errorf("write profile %d of request %d: %w", index, e.Seq, err)
	}
	return b.Bytes(), nil
}

// wait waits for accepted profiles.
func (k *pyroscopeKind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	var condition pyroscope.Condition
	selector := ""
	switch {
	case w.Profiles != nil:
		selector, condition = *w.Profiles, pyroscope.Profiles(*w.Profiles, w.AtLeast)
	case w.Series != nil:
		selector, condition = *w.Series, pyroscope.DistinctSeries(*w.Series, w.AtLeast)
	default:
		return api.Found{}, false, nil
	}
	found := api.Found{Condition: condition.String()}
	if err := k.WaitFor(ctx, condition); err != nil {
		return found, true, err
	}
	all, err := k.Accepted().Profiles(selector)
	for i, p := range all[:min(w.Limit, len(all))] {
		found.Profiles = append(found.Profiles, profileOf(p, i))
	}
	found.More = len(all) > w.Limit
	return found, true, err
}

// pushLine is a push in words.
func pushLine(p pyroscope.Push) string {
	switch {
	case p.DecodeError != "":
		return "not decoded: " + p.DecodeError
	case len(p.Profiles) == 0:
		return "nothing in it"
	}
	texts := make([]string, len(p.Profiles))
	for i, one := range p.Profiles {
		texts[i] = fmt.Sprintf("%s %s, %s", one.Labels, contents(one), plural(len(one.Raw), "byte"))
	}
	return strings.Join(texts, "; ")
}

// contents is what a profile counts and how many samples it has.
func contents(p pyroscope.Profile) string {
	if p.Parsed == nil {
		return "(" + p.ParseError + ")"
	}
	return sampleTypes(p.Parsed) + ", " + plural(len(p.Parsed.Sample), "sample")
}

func sampleTypes(p *profile.Profile) string {
	types := make([]string, len(p.SampleType))
	for i, t := range p.SampleType {
		types[i] = t.Type + "/" + t.Unit
	}
	return strings.Join(types, " ")
}
