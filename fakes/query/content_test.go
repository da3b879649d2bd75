package query_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/golang/snappy"
	_ "github.com/grafana/pyroscope/api/gen/proto/go/push/v1" // its messages are called by their names
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// content is what a step of a transcript sends.
type content struct {
	version string // v1, v2, text, form or proto
	one     prompb.WriteRequest
	two     writev2.Request
	symbols writev2.SymbolsTable
	text    string
}

// parseBody reads what a series has: see testdata/transcripts/README.md.
func (s *step) parseBody(text string, now time.Time) error {
	version, rest, _ := strings.Cut(text, " ")
	s.content.version = version
	switch version {
	case "text":
		var err error
		s.content.text, err = strconv.Unquote(rest)
		return err
	case "form":
		s.content.text = encodeForm(rest)
		s.setDefault("Content-Type", "application/x-www-form-urlencoded")
		return nil
	case "proto":
		name, fields, _ := strings.Cut(rest, " ")
		s.setDefault("Content-Type", "application/proto")
		var err error
		s.content.text, err = protoOf(name, fields)
		return err
	case "v1", "v2":
		s.standard(version)
		return s.content.series(rest, now)
	default:
		return fmt.Errorf("want body v1, v2, text, form or proto")
	}
}

func encodeForm(text string) string {
	values := url.Values{}
	for pair := range strings.SplitSeq(text, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values.Add(name, value)
		}
	}
	return values.Encode()
}

// protoOf encodes a message of Pyroscope's API that is written as JSON.
func protoOf(name, fields string) (string, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return "", err
	}
	message := kind.New().Interface()
	if err := protojson.Unmarshal([]byte(fields), message); err != nil {
		return "", err
	}
	encoded, err := proto.Marshal(message)
	return string(encoded), err
}

// jsonOf is a message as JSON without spaces.
func jsonOf(name string, encoded []byte) ([]byte, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	message := kind.New().Interface()
	if err := proto.Unmarshal(encoded, message); err != nil {
		return nil, err
	}
	text, err := protojson.Marshal(message)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	err = json.Compact(&compact, text)
	return compact.Bytes(), err
}

// series reads up{a="b"} 1@-30 # {trace_id="x"} 1@-30.
func (c *content) series(text string, now time.Time) error {
	text, example, hasExemplar := strings.Cut(text, " # ")
	pairs, samples, err := splitSeries(text)
	if err != nil {
		return err
	}
	one := prompb.TimeSeries{Labels: pairs}
	two := writev2.TimeSeries{LabelsRefs: c.refs(pairs)}
	for _, sample := range samples {
		t, v, err := splitSample(sample, now)
		if err != nil {
			return err
		}
		one.Samples = append(one.Samples, prompb.Sample{Timestamp: t, Value: v})
		two.Samples = append(two.Samples, writev2.Sample{Timestamp: t, Value: v})
	}
	if hasExemplar {
		pairs, samples, err := splitSeries(example)
		if err != nil || len(samples) != 1 {
			return fmt.Errorf("want an exemplar as {a=\"b\"} VALUE@SECONDS (%v)", err)
		}
		t, v, err := splitSample(samples[0], now)
		if err != nil {
			return err
		}
		one.Exemplars = []prompb.Exemplar{{Labels: pairs, Timestamp: t, Value: v}}
		two.Exemplars = []writev2.Exemplar{{LabelsRefs: c.refs(pairs), Timestamp: t, Value: v}}
	}
	c.one.Timeseries, c.two.Timeseries = append(c.one.Timeseries, one), append(c.two.Timeseries, two)
	return nil
}

func (c *content) refs(pairs []prompb.Label) (refs []uint32) {
	for _, l := range pairs {
		refs = append(refs, c.symbols.Symbolize(l.Name), c.symbols.Symbolize(l.Value))
	}
	return refs
}

// about reads `requests_total counter "Help." "unit"` and says it with the last series in 2.0, beside the series in 1.0.
func (c *content) about(text string) error {
	metric, rest, _ := strings.Cut(text, " ")
	kind, rest, _ := strings.Cut(rest, " ")
	help, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return err
	}
	number, ok := prompb.MetricMetadata_MetricType_value[strings.ToUpper(kind)]
	if !ok {
		return fmt.Errorf("%q is no type of metrics", kind)
	}
	unit := strings.TrimSpace(strings.TrimPrefix(rest, help))
	help, _ = strconv.Unquote(help) // as QuotedPrefix found it
	if unit, err = strconv.Unquote(unit); err != nil {
		return err
	}
	c.one.Metadata = append(c.one.Metadata, prompb.MetricMetadata{
		Type: prompb.MetricMetadata_MetricType(number), MetricFamilyName: metric, Help: help, Unit: unit,
	})
	if n := len(c.two.Timeseries); n > 0 {
		c.two.Timeseries[n-1].Metadata = writev2.Metadata{
			Type: writev2.Metadata_MetricType(number), HelpRef: c.symbols.Symbolize(help), UnitRef: c.symbols.Symbolize(unit),
		}
	}
	return nil
}

// splitSample reads 1@-30: a value, and seconds from now.
func splitSample(text string, now time.Time) (at int64, v float64, err error) {
	before, after, _ := strings.Cut(text, "@")
	v, err = strconv.ParseFloat(before, 64)
	seconds, err2 := strconv.ParseFloat(after, 64)
	if err != nil || err2 != nil {
		return 0, 0, fmt.Errorf("%q is no VALUE@SECONDS", text)
	}
	return now.Truncate(time.Second).UnixMilli() + int64(math.Round(seconds*1000)), v, nil
}

var seriesSyntax = regexp.MustCompile(`^(\w*)\{([^}]*)\}(.*)$`)

// splitSeries takes up{a="b"} 1@-30 apart. The name comes first, as it is sent.
func splitSeries(text string) (pairs []prompb.Label, samples []string, err error) {
	m := seriesSyntax.FindStringSubmatch(text)
	if m == nil {
		return nil, nil, fmt.Errorf("want a series such as up{a=\"b\"}")
	}
	if m[1] != "" {
		pairs = append(pairs, prompb.Label{Name: "__name__", Value: m[1]})
	}
	for pair := range strings.SplitSeq(m[2], ",") {
		if name, quoted, ok := strings.Cut(pair, "="); ok {
			v, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, nil, fmt.Errorf("label %s: %w", pair, err)
			}
			pairs = append(pairs, prompb.Label{Name: name, Value: v})
		}
	}
	return pairs, strings.Fields(m[3]), nil
}

// standard sets the headers that a good client sends, unless the step sets its own above the body.
func (s *step) standard(version string) {
	kind, number := "application/x-protobuf", "0.1.0"
	if version == "v2" {
		kind, number = kind+";proto=io.prometheus.write.v2.Request", "2.0.0"
	}
	s.setDefault("Content-Encoding", "snappy")
	s.setDefault("Content-Type", kind)
	s.setDefault("X-Prometheus-Remote-Write-Version", number)
}

func (s *step) setDefault(name, value string) {
	if _, ok := s.header[http.CanonicalHeaderKey(name)]; !ok {
		s.header.Set(name, value)
	}
}

// body is what to send. A header "X: none" means that X is not sent at all.
func (s *step) body() []byte {
	for name, v := range s.header {
		if v[0] == "none" {
			s.header.Del(name)
		}
	}
	c := &s.content
	var message []byte
	var err error
	switch c.version {
	case "v1":
		message, err = c.one.Marshal()
	case "v2":
		c.two.Symbols = c.symbols.Symbols()
		message, err = c.two.Marshal()
	default:
		return []byte(c.text)
	}
	if err != nil { // these messages can always be written
		panic(err)
	}
	return snappy.Encode(nil, message)
}
