package scenario

import (
	"strconv"
	"strings"
	"time"
)

// FakeOptions are the options of a fake step. The zero value is a plain fake that answers 200.
type FakeOptions struct {
	Down bool
	// Host is a name, Port a fixed port of it; empty for 127.0.0.1 and a free one.
	Host, Port string
	// Debug is the pprof fake that answers what is asked for below /debug/; empty for none.
	Debug string
	// TLS is empty for a plain listener, otherwise the kind of certificate.
	TLS string
	// Min and Max are TLS versions like 1.2; empty for the fake's own limits.
	Min, Max string
	// ClientCert: a client certificate is required.
	ClientCert bool
	// NoHTTP2: HTTP/2 is not offered on TLS.
	NoHTTP2 bool
	// Page is what an exposition fake serves; nil for a generated page.
	Page *File
	// Series is the number of generated series; 0 for the one series scrape_number, unless EveryType asks for one of each type.
	Series    int
	EveryType bool
	// Formats are what generated series are served as, empty for whatever the client likes best; with an Age they carry times of
	// their own, that long ago.
	Formats []string
	Age     time.Duration
	// Gzip compresses what is served.
	Gzip bool
	// Client is ID:SECRET of the only client that an oauth2 fake knows, empty for any; Style is header or body, empty for both; Lifetime
	// is that of its tokens, 0 for an hour.
	Client, Style string
	Lifetime      time.Duration
	// User is NAME:PASSWORD that a proxy wants to be shown; empty for none.
	User string
	// Knows are names that only the proxy can reach, with the fakes that they stand for.
	Knows map[string]string
}

var (
	optionNames = []string{"down", "host", "tls", "min", "max", "client-cert", "http2", "page", "series",
		"every-type", "format", "age", "gzip", "client", "style", "lifetime", "user", "knows", "debug"}
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
		err = o.setHost(value)
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
	case "page", "series", "every-type", "format", "age", "gzip":
		return b.expositionOption(step, w, key, value)
	case "client", "style", "lifetime":
		return step.tokenOption(w, key, value)
	case "user", "knows":
		return b.proxyOption(step, w, key, value)
	case "debug":
		return b.debugOption(step, w, value)
	default:
		return errorf(w.pos, "unknown option %q", key).hinted(orKnown(key, optionNames))
	}
	if err != nil {
		return errorf(w.pos, "option %s: %s", w.text, err.Text).hinted(err.Hint)
	}
	return nil
}

// setHost reads NAME or NAME:PORT.
func (o *FakeOptions) setHost(value string) *Error {
	var port bool
	if o.Host, o.Port, port = strings.Cut(value, ":"); o.Host == "" {
		return errorf(Pos{}, "want NAME or NAME:PORT")
	}
	if n, err := strconv.Atoi(o.Port); port && (err != nil || n < 1 || n > 65535) {
		return errorf(Pos{}, "want a port from 1 to 65535 behind the colon")
	}
	return nil
}

// debugOption reads the pprof fake that answers below /debug/.
func (b *builder) debugOption(step *StartFake, w token, fake string) *Error {
	if step.Kind != "mimir" && step.Kind != "pyroscope" {
		return errorf(w.pos, "option debug is for mimir and pyroscope only")
	}
	step.Options.Debug = fake
	kind, err := b.kindOf(token{text: fake, pos: w.pos})
	if err == nil && kind != "pprof" {
		err = errorf(w.pos, "option %s: %q is of kind %s, and only pprof serves profiles", w.text, fake, kind)
	}
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
	case o.sources() > 1:
		return errorf(name.pos, "page, series and every-type exclude one another")
	case o.Page != nil && (len(o.Formats) > 0 || o.Age > 0):
		return errorf(name.pos, "format and age are for generated series, and a page is served as it is")
	}
	return nil
}
