package pyroscope

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// ingestFormat is the parameter format, or what the content type stands for when there is none.
func ingestFormat(e *journal.Exchange) Format {
	query, _ := url.ParseQuery(e.Query) // what could be read of it
	format := Format(query.Get("format"))
	contentType := e.Header.Get("Content-Type")
	switch {
	case format == "groups":
		return IngestFolded
	case format != "":
		return format
	case strings.Contains(contentType, "multipart/form-data"):
		return IngestPprof
	case strings.HasPrefix(contentType, "binary/octet-stream+"):
		return Format(strings.TrimPrefix(contentType, "binary/octet-stream+"))
	default:
		return IngestFolded
	}
}

func decodeIngest(e *journal.Exchange, format Format, data []byte) ([]Profile, *failure) {
	query, err := url.ParseQuery(e.Query)
	if err != nil {
		return nil, invalid("parse query: %v", err)
	}
	about, fail := ingestOf(query)
	if fail != nil {
		return nil, fail
	}
	p := Profile{Raw: data, Ingest: about}
	if media, params, err := mime.ParseMediaType(e.Header.Get("Content-Type")); err == nil && media == "multipart/form-data" {
		if fail := p.readForm(data, params["boundary"]); fail != nil {
			return nil, fail
		}
	}
	if _, _, err := splitName(about.Name); err != nil {
		return nil, invalid("parameter name %q: %v", about.Name, err)
	}
	return []Profile{p}, nil
}

func ingestOf(query url.Values) (*Ingest, *failure) {
	about := &Ingest{
		Name:            query.Get("name"),
		SpyName:         query.Get("spyName"),
		SampleRate:      query.Get("sampleRate"),
		Units:           query.Get("units"),
		AggregationType: query.Get("aggregationType"),
	}
	var err error
	if about.From, err = parseTime(query.Get("from")); err != nil {
		return nil, invalid("parameter from: %v", err)
	}
	if about.Until, err = parseTime(query.Get("until")); err != nil {
		return nil, invalid("parameter until: %v", err)
	}
	return about, nil
}

// parseTime reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	switch {
	case n < 1e11:
		return time.Unix(n, 0), nil
	case n < 1e14:
		return time.UnixMilli(n), nil
	case n < 1e17:
		return time.UnixMicro(n), nil
	default:
		return time.Unix(0, n), nil
	}
}

// maxFormParts is how many parts a form may have; clients send three at most.
const maxFormParts = 32

// readForm takes the profile and what belongs to it out of a form.
func (p *Profile) readForm(data []byte, boundary string) *failure {
	p.Raw = nil
	form := multipart.NewReader(bytes.NewReader(data), boundary)
	for range maxFormParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			if p.Raw == nil {
				return invalid("the form has no part named profile")
			}
			return nil
		}
		if err != nil {
			return invalid("read form: %v", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return invalid("read form: part %q: %v", part.FormName(), err)
		}
		switch part.FormName() {
		case "profile":
			p.Raw = content
		case "prev_profile":
			p.Ingest.Previous = content
		case "sample_type_config":
			p.Ingest.SampleTypeConfig = content
		}
	}
	return invalid("the form has more than %d parts", maxFormParts)
}

var (
	errNoName = errors.New("it is empty")
	errBraces = errors.New("the braces do not close at the end")
	errTag    = errors.New("a tag is not of the form name=value")
)

// splitName takes app{tag=value,tag=value} apart.
func splitName(name string) (app string, tags labels.Labels, err error) {
	app, rest, braces := strings.Cut(name, "{")
	if app = strings.TrimSpace(app); app == "" {
		return "", nil, errNoName
	}
	if !braces {
		return app, nil, nil
	}
	rest, closed := strings.CutSuffix(strings.TrimSpace(rest), "}")
	if !closed {
		return "", nil, errBraces
	}
	for tag := range strings.SplitSeq(rest, ",") {
		if strings.TrimSpace(tag) == "" {
			continue
		}
		key, value, ok := strings.Cut(tag, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return "", nil, errTag
		}
		tags = append(tags, labels.Label{Name: key, Value: strings.TrimSpace(value)})
	}
	return app, tags, nil
}

// profileNames gives the name that Pyroscope stores a profile under, by what it counts.
var profileNames = map[string]string{
	"cpu": "process_cpu", "samples": "process_cpu", "wall": "wall", "itimer": "process_cpu",
	"alloc_objects": "memory", "alloc_space": "memory", "inuse_objects": "memory", "inuse_space": "memory",
	"goroutine": "goroutine", "goroutines": "goroutine",
	"contentions": "mutex", "delay": "mutex",
	"mutex_count": "mutex", "mutex_duration": "mutex",
	"block_count": "block", "block_duration": "block",
}

// ingestLabels makes the labels of a profile of /ingest, whose name has been checked.
func (s *Server) ingestLabels(p *Profile) labels.Labels {
	app, tags, _ := splitName(p.Ingest.Name)
	counted := "cpu"
	if p.format == IngestPprof {
		counted = firstSampleType(p.Raw, s.options.MaxInflated)
		if strings.Contains(string(p.Ingest.SampleTypeConfig), `"block_`) {
			counted = "block_count" // mutex and block profiles both count contentions
		}
	} else if i := strings.LastIndexByte(app, '.'); i > 0 && profileNames[app[i+1:]] != "" {
		app, counted = app[:i], app[i+1:]
	}
	name := profileNames[counted]
	if name == "" {
		name = counted
	}
	set := labels.Labels{{Name: labels.MetricName, Value: name}}
	if !tags.Has("service_name") {
		set = append(set, labels.Label{Name: "service_name", Value: app})
	}
	return append(set, slices.DeleteFunc(tags, func(l labels.Label) bool { return strings.HasPrefix(l.Name, "__") })...)
}
