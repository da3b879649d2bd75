package profilewrite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// push is one profile as it goes to every endpoint: the same bytes for each of them and for each retry.
type push struct {
	// series tells pushes of one source apart from those of others: its encoded labels.
	series string
	// body is a push.v1.PushRequest with one series of one sample.
	body []byte
	// size is the length of the profile itself.
	size int
}

// newPush merges the labels and encodes the request.
func newPush(p profile.Profile, external map[string]string) (*push, error) {
	labels, err := mergeLabels(p.Labels, external)
	if err != nil {
		return nil, err
	}
	series := appendLabels(nil, labels)
	return &push{
		series: string(series),
		body:   encodeRequest(series, p.Raw, p.ID),
		size:   len(p.Raw),
	}, nil
}

// mergeLabels returns the labels that are sent, sorted by name. Of the profile's own, those that begin with "__" are
// dropped except __name__ and __delta__; external labels replace them and, with an empty value, remove them. The arguments
// are not changed.
func mergeLabels(own []profile.Label, external map[string]string) ([]profile.Label, error) {
	merged := make([]profile.Label, 0, len(own)+len(external))
	for _, l := range own {
		if _, replaced := external[l.Name]; !replaced && l.Value != "" && isSent(l.Name) {
			merged = append(merged, l)
		}
	}
	for name, value := range external {
		if value != "" {
			merged = append(merged, profile.Label{Name: name, Value: value})
		}
	}
	slices.SortFunc(merged, func(a, b profile.Label) int { return cmp.Compare(a.Name, b.Name) })
	return merged, checkLabels(merged)
}

func isSent(name string) bool {
	return !strings.HasPrefix(name, "__") || name == profile.NameLabel || name == profile.DeltaLabel
}

// checkLabels refuses what a backend could not take: sorted labels with a name twice, or text that is not UTF-8.
func checkLabels(labels []profile.Label) error {
	if len(labels) == 0 {
		return errors.New("the profile has no labels")
	}
	for i, l := range labels {
		switch {
		case !utf8.ValidString(l.Name) || !utf8.ValidString(l.Value):
			return fmt.Errorf("label %q of the profile is not valid UTF-8", l.Name)
		case i > 0 && l.Name == labels[i-1].Name:
			return fmt.Errorf("the profile has the label %q twice", l.Name)
		}
	}
	return nil
}

// Field numbers of push.v1.PushRequest, RawProfileSeries and RawSample, and of types.v1.LabelPair.
const (
	requestSeries  protowire.Number = 1
	seriesLabels   protowire.Number = 1
	seriesSamples  protowire.Number = 2
	sampleProfile  protowire.Number = 1
	sampleID       protowire.Number = 2
	labelPairName  protowire.Number = 1
	labelPairValue protowire.Number = 2
)

// appendLabels encodes the labels as fields of a RawProfileSeries.
func appendLabels(b []byte, labels []profile.Label) []byte {
	for _, l := range labels {
		b = appendLength(b, seriesLabels, sizeText(labelPairName, l.Name)+sizeText(labelPairValue, l.Value))
		b = appendText(b, labelPairName, l.Name)
		b = appendText(b, labelPairValue, l.Value)
	}
	return b
}

// encodeRequest encodes one series, whose labels are encoded already, with one sample. Profiles may be large, so all sizes
// are known before the one allocation.
func encodeRequest(labels, raw []byte, id string) []byte {
	sample := sizeBytes(sampleProfile, len(raw)) + sizeText(sampleID, id)
	series := len(labels) + sizeBytes(seriesSamples, sample)
	b := make([]byte, 0, sizeBytes(requestSeries, series))
	b = appendLength(b, requestSeries, series)
	b = append(b, labels...)
	b = appendLength(b, seriesSamples, sample)
	b = appendLength(b, sampleProfile, len(raw))
	b = append(b, raw...)
	return appendText(b, sampleID, id)
}

// appendLength begins a field of n bytes.
func appendLength(b []byte, field protowire.Number, n int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(n))
}

// appendText encodes a string field; as in all proto3 messages, an empty one is left out.
func appendText(b []byte, field protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	return append(appendLength(b, field, len(text)), text...)
}

func sizeBytes(field protowire.Number, n int) int {
	return protowire.SizeTag(field) + protowire.SizeBytes(n)
}

func sizeText(field protowire.Number, text string) int {
	if text == "" {
		return 0
	}
	return sizeBytes(field, len(text))
}

// checkResponse tells whether b is a protobuf message, which is all that can be said of a push.v1.PushResponse.
func checkResponse(b []byte) error {
	for len(b) > 0 {
		_, _, n := protowire.ConsumeField(b)
		if n < 0 {
			return fmt.Errorf("the answer is not a PushResponse: %w", protowire.ParseError(n))
		}
		b = b[n:]
	}
	return nil
}
