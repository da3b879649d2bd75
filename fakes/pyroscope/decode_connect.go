package pyroscope

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// maxParts is how many labels and profiles together one request may have: an empty one takes two bytes on the wire and a hundred in memory.
const maxParts = 200_000

// protoDecoder reads a push.v1.PushRequest.
type protoDecoder struct {
	profiles []Profile
	parts    int
}

func (s *Server) decodeProto(message []byte) ([]Profile, *failure) {
	var d protoDecoder
	r := proto.NewReader(message)
	for i := 1; r.Next(); i++ {
		if r.Number != 1 {
			continue
		}
		if err := d.series(r.Bytes()); err != nil {
			r.Fail(fmt.Errorf("series %d: %w", i, err))
		}
	}
	if r.Err() != nil {
		return nil, invalid("unmarshal message: %v", r.Err())
	}
	return d.profiles, nil
}

// series reads a push.v1.RawProfileSeries: its labels are those of each of its profiles.
func (d *protoDecoder) series(message []byte) error {
	var set, annotations labels.Labels
	from := len(d.profiles)
	r := proto.NewReader(message)
	for r.Next() {
		var err error
		switch r.Number {
		case 1:
			set, err = d.pair(set, r.Bytes())
		case 2:
			err = d.sample(r.Bytes())
		case 3:
			annotations, err = d.pair(annotations, r.Bytes())
		}
		if err != nil {
			return err
		}
	}
	for i := from; i < len(d.profiles); i++ {
		d.profiles[i].Labels, d.profiles[i].Annotations = set, annotations
	}
	return r.Err()
}

// part counts what the message is made of.
func (d *protoDecoder) part() error {
	if d.parts++; d.parts > maxParts {
		return fmt.Errorf("more than %d labels and profiles", maxParts)
	}
	return nil
}

// pair reads a types.v1.LabelPair or a types.v1.ProfileAnnotation.
func (d *protoDecoder) pair(to labels.Labels, message []byte) (labels.Labels, error) {
	var l labels.Label
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			l.Name = text(&r)
		case 2:
			l.Value = text(&r)
		}
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("label %d: %w", len(to)+1, r.Err())
	}
	return append(to, l), d.part()
}

// text reads a string field, which protobuf wants in UTF-8.
func text(r *proto.Reader) string {
	data := r.Bytes()
	if !utf8.Valid(data) {
		r.Fail(fmt.Errorf("field %d is not valid UTF-8", r.Number))
	}
	return string(data)
}

// sample reads a push.v1.RawSample.
func (d *protoDecoder) sample(message []byte) error {
	var p Profile
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			p.Raw = r.Bytes()
		case 2:
			p.ID = text(&r)
		}
	}
	if r.Err() != nil {
		return fmt.Errorf("profile: %w", r.Err())
	}
	d.profiles = append(d.profiles, p)
	return d.part()
}

// The types below are the same messages in protobuf's JSON.
type (
	jsonRequest struct {
		Series []struct {
			Labels      []labels.Label `json:"labels"`
			Samples     []jsonSample   `json:"samples"`
			Annotations []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"annotations"`
		} `json:"series"`
	}
	jsonSample struct {
		RawProfile jsonBytes `json:"rawProfile"`
		Original   jsonBytes `json:"raw_profile"` // protobuf's JSON may use a field's own name too
		ID         string    `json:"ID"`
	}
	jsonBytes []byte
)

// UnmarshalText accepts base64 of either alphabet, with or without padding, as protobuf's JSON does.
func (b *jsonBytes) UnmarshalText(text []byte) error {
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(string(text), "-_") {
		encoding = base64.RawURLEncoding
	}
	data, err := encoding.DecodeString(strings.TrimRight(string(text), "="))
	*b = data
	return err
}

func decodeJSON(message []byte) ([]Profile, *failure) {
	var request jsonRequest
	if len(message) == 0 {
		return nil, invalid("unmarshal message: zero-length payload is not a valid JSON object")
	}
	// Every part stands behind one of these, so that what is counted here bounds what is made of it.
	if bytes.Count(message, []byte("{"))+bytes.Count(message, []byte(",")) > 4*maxParts {
		return nil, invalid("unmarshal message: more than %d labels and profiles", maxParts)
	}
	if err := json.Unmarshal(message, &request); err != nil {
		return nil, invalid("unmarshal message: %v", err)
	}
	var profiles []Profile
	for _, series := range request.Series {
		var annotations labels.Labels
		for _, a := range series.Annotations {
			annotations = append(annotations, labels.Label{Name: a.Key, Value: a.Value})
		}
		for _, sample := range series.Samples {
			raw := sample.RawProfile
			if raw == nil {
				raw = sample.Original
			}
			profiles = append(profiles, Profile{Labels: series.Labels, Annotations: annotations, Raw: raw, ID: sample.ID})
		}
	}
	return profiles, nil
}
