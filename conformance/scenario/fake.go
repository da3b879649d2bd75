package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// FakeKinds are the kinds of fakes that a scenario can start.
func FakeKinds() []string {
	return []string{"mimir", "pyroscope", "pprof", "exposition", "oauth2", "proxy"}
}

// startFake reads KIND NAME [OPTION...] [reply SCRIPT].
func (b *builder) startFake(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 1<<20, "KIND NAME [OPTION...] [reply SCRIPT]"); err != nil {
		return nil, err
	}
	kind, name := words[0], words[1]
	if !slices.Contains(FakeKinds(), kind.text) {
		b.kinds[name.text] = "" // what is asked of it later is not another mistake
		return nil, errorf(kind.pos, "unknown kind of fake %q", kind.text).hinted(orKnown(kind.text, FakeKinds()))
	}
	if err := b.newFake(name); err != nil {
		return nil, err
	}
	b.kinds[name.text] = kind.text
	step := &StartFake{at: here(l), Kind: kind.text, Name: name.text}
	for i, w := range words[2:] {
		if w.text == "reply" {
			var err *Error
			if step.Script, err = script(words[2+i+1:]); err != nil {
				return nil, err
			}
			break
		}
		if err := b.option(step, w); err != nil {
			return nil, err
		}
	}
	return step, step.Options.consistent(words[1])
}

func (b *builder) newFake(name token) *Error {
	if !namePattern.MatchString(name.text) || slices.Contains(reserved, name.text) {
		return errorf(name.pos, "%q cannot be the name of a fake: want small letters, digits and _, and none of %s",
			name.text, strings.Join(reserved, ", "))
	}
	if _, twice := b.kinds[name.text]; twice {
		return errorf(name.pos, "a fake called %q has been started already", name.text)
	}
	if slices.Contains(b.s.names(), name.text) {
		return errorf(name.pos, "the name %q is taken by an axis or a let", name.text)
	}
	return nil
}

var (
	optionNames = []string{"down", "host", "tls", "min", "max", "client-cert", "http2", "page", "series",
		"client", "style", "lifetime", "user", "knows"}
	certificates = []string{"good", "expired", "wrong-name", "wrong-issuer", "self-signed", "weak"}
	tlsVersions  = []string{"1.0", "1.1", "1.2", "1.3"}
)

func (b *builder) option(step *StartFake, w token) *Error {
	key, value, _ := strings.Cut(w.text, "=")
	o := &step.Options
	var err *Error
	switch key {
	case "down":
		o.Down, err = true, oneOf(value, []string{""})
	case "host":
		o.Host = value
		if value == "" {
			err = errorf(Pos{}, "want a name")
		}
	case "tls":
		o.TLS, err = value, oneOf(value, certificates)
	case "min":
		o.Min, err = value, oneOf(value, tlsVersions)
	case "max":
		o.Max, err = value, oneOf(value, tlsVersions)
	case "client-cert":
		o.ClientCert, err = true, oneOf(value, []string{"required"})
	case "http2":
		o.NoHTTP2, err = value == "off", oneOf(value, []string{"on", "off"})
	case "page", "series":
		return b.expositionOption(step, w, key, value)
	case "client", "style", "lifetime":
		return step.tokenOption(w, key, value)
	case "user", "knows":
		return b.proxyOption(step, w, key, value)
	default:
		return errorf(w.pos, "unknown option %q", key).hinted(orKnown(key, optionNames))
	}
	if err != nil {
		return errorf(w.pos, "option %s: %s", w.text, err.Text).hinted(err.Hint)
	}
	return nil
}

func (b *builder) expositionOption(step *StartFake, w token, key, value string) *Error {
	if step.Kind != "exposition" {
		return errorf(w.pos, "option %s is for exposition only", key)
	}
	if key == "series" {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 1_000_000 {
			return errorf(w.pos, "option %s: want a number from 1 to 1000000", w.text)
		}
		step.Options.Series = n
		return nil
	}
	f, err := b.config(token{text: value, pos: w.pos}, everything)
	step.Options.Page = &f
	return err
}

// tokenOption reads an option of oauth2.
func (step *StartFake) tokenOption(w token, key, value string) *Error {
	if step.Kind != "oauth2" {
		return errorf(w.pos, "option %s is for oauth2 only", key)
	}
	o := &step.Options
	switch key {
	case "client":
		o.Client = value
		if _, _, ok := strings.Cut(value, ":"); !ok {
			return errorf(w.pos, "option %s: want ID:SECRET", w.text)
		}
	case "style":
		o.Style = value
		if err := oneOf(value, []string{"header", "body"}); err != nil {
			return errorf(w.pos, "option %s: %s", w.text, err.Text).hinted(err.Hint)
		}
	case "lifetime":
		var err *Error
		o.Lifetime, err = duration(token{text: value, pos: w.pos})
		return err
	}
	return nil
}

// proxyOption reads an option of proxy.
func (b *builder) proxyOption(step *StartFake, w token, key, value string) *Error {
	if step.Kind != "proxy" {
		return errorf(w.pos, "option %s is for proxy only", key)
	}
	if key == "user" {
		step.Options.User = value
		if _, _, ok := strings.Cut(value, ":"); !ok {
			return errorf(w.pos, "option %s: want NAME:PASSWORD", w.text)
		}
		return nil
	}
	host, fake, _ := strings.Cut(value, ":")
	if host == "" || fake == "" {
		return errorf(w.pos, "option %s: want HOST:FAKE", w.text)
	}
	if step.Options.Knows == nil {
		step.Options.Knows = map[string]string{}
	}
	step.Options.Knows[host] = fake
	return b.fake(token{text: fake, pos: w.pos})
}

// consistent refuses options that need another one.
func (o FakeOptions) consistent(name token) *Error {
	switch {
	case o.TLS == "" && (o.Min != "" || o.Max != "" || o.ClientCert || o.NoHTTP2):
		return errorf(name.pos, "min, max, client-cert and http2 need tls=KIND")
	case o.Min != "" && o.Max != "" && o.Min > o.Max:
		return errorf(name.pos, "min=%s is above max=%s", o.Min, o.Max)
	case o.Page != nil && o.Series > 0:
		return errorf(name.pos, "page and series exclude one another")
	}
	return nil
}

// orKnown hints at the nearest word, or at all of them.
func orKnown(text string, known []string) string {
	if hint := nearest(text, known); hint != "" {
		return hint
	}
	return "known are " + strings.Join(known, ", ")
}
