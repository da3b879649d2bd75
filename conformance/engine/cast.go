package engine

import (
	"fmt"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// cast starts the server of a fake by its kind.
func (s *stage) cast(p *prop, step *scenario.StartFake, options server.Options) error {
	switch step.Kind {
	case "mimir":
		return p.mimir(options)
	case "pyroscope":
		return p.pyroscope(options)
	case "pprof":
		return p.pprof(options)
	case "exposition":
		return s.exposition(p, step.Options, options)
	case "oauth2":
		return p.oauth2(step.Options, options)
	case "proxy":
		return s.proxy(p, step.Options, options)
	}
	return fmt.Errorf("no fake of kind %q", step.Kind)
}

func (p *prop) mimir(options server.Options) error {
	m, err := mimir.Start(mimir.Options{Options: options})
	if err != nil {
		return err
	}
	p.server = m.Server
	p.decode = func(e journal.Exchange) observe.Request {
		decoded := m.Decode(e)
		r := observe.Request{Exchange: decoded.Exchange, DecodeError: decoded.DecodeError}
		for _, series := range decoded.Series {
			r.Series = append(r.Series, seriesOf(series))
			if series.Metadata != nil {
				r.Metadata = append(r.Metadata, observe.Metadata(*series.Metadata))
			}
		}
		for _, metadata := range decoded.Metadata {
			r.Metadata = append(r.Metadata, observe.Metadata(metadata))
		}
		return r
	}
	return nil
}

func seriesOf(in mimir.Series) observe.Series {
	out := observe.Series{Labels: in.Labels}
	for _, s := range in.Samples {
		out.Samples = append(out.Samples, observe.Sample{T: s.Timestamp, V: observe.Value(s.Value)})
	}
	for _, e := range in.Exemplars {
		out.Exemplars = append(out.Exemplars, observe.Exemplar{
			Labels: e.Labels, Sample: observe.Sample{T: e.Timestamp, V: observe.Value(e.Value)},
		})
	}
	for _, h := range in.Histograms {
		out.Histograms = append(out.Histograms, histogramOf(h))
	}
	return out
}

// histogramOf reads the counts of one histogram. The sum of a histogram that ends a series is the staleness marker.
func histogramOf(in mimir.Histogram) observe.Histogram {
	out := observe.Histogram{T: in.Timestamp, Sum: observe.Value(in.Sum), Schema: in.Schema, Count: observe.Value(in.CountFloat)}
	if !in.Float {
		out.Count = observe.Value(in.CountInt)
	}
	if out.Sum.IsStale() {
		out.Count = observe.Stale()
	}
	for _, n := range in.PositiveCounts {
		out.Positive = append(out.Positive, observe.Value(n))
	}
	n := int64(0)
	for _, delta := range in.PositiveDeltas {
		n += delta
		out.Positive = append(out.Positive, observe.Value(n))
	}
	return out
}

func (p *prop) pyroscope(options server.Options) error {
	y, err := pyroscope.Start(pyroscope.Options{Options: options})
	if err != nil {
		return err
	}
	p.server = y.Server
	p.decode = func(e journal.Exchange) observe.Request {
		decoded := y.Decode(e)
		r := observe.Request{Exchange: decoded.Exchange, DecodeError: decoded.DecodeError}
		for _, profile := range decoded.Profiles {
			r.Profiles = append(r.Profiles, observe.Profile{
				Labels: profile.Labels, ID: profile.ID, Raw: profile.Raw, ParseError: profile.ParseError,
			})
		}
		return r
	}
	return nil
}

func (p *prop) pprof(options server.Options) error {
	f, err := pprof.Start(pprof.Options{Options: options})
	if err != nil {
		return err
	}
	p.server = f.Server
	p.decode = func(e journal.Exchange) observe.Request { return scraped(e, f.Decode(e).Served) }
	return nil
}

// scraped is a scrape with what was served. The body is kept once.
func scraped(e journal.Exchange, served []byte) observe.Request {
	e.ReplyBody = nil
	return observe.Request{Exchange: e, Served: served}
}

func (s *stage) exposition(p *prop, o scenario.FakeOptions, options server.Options) error {
	setup := exposition.Options{Options: options, Source: source(o), Gzip: o.Gzip}
	for _, format := range o.Formats {
		setup.Formats = append(setup.Formats, exposition.Format(format))
	}
	if o.Page != nil {
		text, err := s.fill(*o.Page)
		if err != nil {
			return err
		}
		setup.Pages = []exposition.Page{{Text: text}}
	}
	f, err := exposition.Start(setup)
	if err != nil {
		return err
	}
	p.server = f.Server
	p.decode = func(e journal.Exchange) observe.Request { return scraped(e, f.Decode(e).Served) }
	p.setPage = func(text string) { f.SetPages(exposition.Page{Text: text}) }
	return nil
}

// source generates what an exposition fake serves when it has no page.
func source(o scenario.FakeOptions) exposition.Source {
	generate := exposition.Series(o.Series)
	if o.EveryType {
		generate = exposition.EveryType
	}
	if o.Age == 0 {
		return generate
	}
	return func(scrape int) []exposition.Family {
		families := generate(scrape)
		at := time.Now().Add(-o.Age)
		for _, f := range families {
			for i := range f.Metrics {
				f.Metrics[i].Time = at
			}
		}
		return families
	}
}
