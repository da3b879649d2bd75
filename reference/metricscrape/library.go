package metricscrape

import (
	"errors"
	"io"
	"strings"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// scanLibrary reads the protobuf format, which is the one that has native histograms, with the library.
func (p *page) scanLibrary(body []byte, contentType string) error {
	parser, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{
		IgnoreNativeHistograms:                  !p.settings.native,
		KeepClassicOnClassicAndNativeHistograms: p.settings.classic,
	})
	if err != nil {
		return err
	}
	var all families
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			p.describe(all.list)
			return nil
		}
		if err == nil {
			err = p.entry(entry, parser, &all)
		}
		if err != nil {
			return shortened(err)
		}
	}
}

// shortened bounds an error of the library, which quotes what it cannot read.
func shortened(err error) error {
	if text := err.Error(); len(text) > 300 {
		return errors.New(strings.ToValidUTF8(text[:300], "") + "...")
	}
	return err
}

// entry takes what the library has just read.
func (p *page) entry(entry textparse.Entry, parser textparse.Parser, all *families) error {
	switch entry {
	case textparse.EntryHelp:
		name, text := parser.Help()
		all.of(string(name)).Help = string(text)
	case textparse.EntryType:
		name, kind := parser.Type()
		all.of(string(name)).Type = typeName(string(kind))
	case textparse.EntryUnit:
		name, unit := parser.Unit()
		all.of(string(name)).Unit = string(unit)
	case textparse.EntrySeries:
		return p.seriesEntry(parser)
	case textparse.EntryHistogram:
		return p.histogramEntry(parser)
	}
	return nil
}

func (p *page) seriesEntry(parser textparse.Parser) error {
	if err := p.checkRoom(); err != nil {
		return err
	}
	raw, at, value := parser.Series()
	k, err := p.knownEntry(raw, parser)
	if err != nil {
		return err
	}
	s := sample{known: k, value: value}
	s.time, s.timed = p.timeOf(at)
	p.lines = append(p.lines, s)
	p.exemplarEntries(k, parser, false)
	return nil
}

func (p *page) histogramEntry(parser textparse.Parser) error {
	if err := p.checkRoom(); err != nil {
		return err
	}
	raw, at, whole, float := parser.Histogram()
	k, err := p.knownEntry(raw, parser)
	if err != nil {
		return err
	}
	n := native{known: k}
	if whole != nil {
		n.value = encodeInteger(whole)
	} else {
		n.value = encodeFloat(float)
	}
	n.time, n.timed = p.timeOf(at)
	p.natives.lines = append(p.natives.lines, n)
	p.exemplarEntries(k, parser, true)
	return nil
}

func (p *page) timeOf(at *int64) (int64, bool) {
	if at == nil || p.settings.ignoreTimes {
		return 0, false
	}
	return *at, true
}

func (p *page) knownEntry(raw []byte, parser textparse.Parser) (*known, error) {
	if k := p.known[string(raw)]; k != nil {
		return k, nil
	}
	var set labels.Labels
	parser.Labels(&set)
	return p.learn(raw, set)
}

func (p *page) exemplarEntries(k *known, parser textparse.Parser, native bool) {
	for e := (exemplar.Exemplar{}); parser.Exemplar(&e); e = (exemplar.Exemplar{}) {
		p.takeExemplar(k, &e, native)
	}
}
