package reply

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// String writes the reply in the syntax of this package; [Parse] reads it back.
func (r Reply) String() string {
	if r.Choices != nil {
		return choicesText(r.Choices)
	}
	var words []string
	add := func(key, value string) { words = append(words, key+"="+quote(value)) }
	if r.Pause != 0 || r.PauseMax != 0 {
		add("delay", rangeText(r.Pause, r.PauseMax))
	}
	words = append(words, r.head())
	for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
		for _, value := range r.Fields[name] {
			add(fieldWord(name, value))
		}
	}
	if r.Content != nil {
		add("body", string(r.Content))
	}
	if r.Message != "" {
		add("message", r.Message)
	}
	words = appendSizes(words, map[string]*int64{"cut": r.Cut, "truncate": r.Truncate, "length": r.Length})
	if r.Endless {
		words = append(words, "endless")
	}
	if r.Rate != 0 {
		add("rate", strconv.FormatInt(r.Rate, 10))
	}
	return strings.Join(words, " ")
}

// choicesText writes what is drawn from, parted by bars.
func choicesText[T interface{ String() string }](choices []Choice[T]) string {
	texts := make([]string, len(choices))
	for i, c := range choices {
		texts[i] = c.Of.String()
		if c.Percent > 0 {
			texts[i] += " chance=" + strconv.FormatFloat(c.Percent, 'f', -1, 64) + "%"
		}
	}
	return strings.Join(texts, " | ")
}

func rangeText(least, most time.Duration) string {
	if most <= least {
		return least.String()
	}
	return least.String() + ".." + most.String()
}

func (r Reply) head() string {
	switch {
	case r.Fault != None:
		return string(r.Fault)
	case r.Connect != "" && r.Code != 0:
		return fmt.Sprintf("connect:%s/%d", r.Connect, r.Code)
	case r.Connect != "":
		return "connect:" + r.Connect
	case r.Code != 0:
		return strconv.Itoa(r.Code)
	}
	return "ok"
}

// fieldWord is the shortest word for a header.
func fieldWord(name, value string) (key, text string) {
	switch name {
	case "Retry-After", "Location":
		return strings.ToLower(name), value
	case "Content-Type":
		return "type", value
	}
	return "header", name + ": " + value
}

func appendSizes(words []string, sizes map[string]*int64) []string {
	for _, key := range slices.Sorted(maps.Keys(sizes)) {
		if n := sizes[key]; n != nil {
			words = append(words, fmt.Sprintf("%s=%d", key, *n))
		}
	}
	return words
}

// MarshalText is String.
func (r Reply) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads one reply.
func (r *Reply) UnmarshalText(text []byte) error {
	p, err := Parse(string(text))
	if err != nil {
		return err
	}
	if len(p.Sections) != 1 || len(p.Sections[0].Replies) != 1 || p.Sections[0].Default != nil || p.Sections[0].Match != (Match{}) || p.Links != nil || p.LinkDefault != nil {
		return fmt.Errorf("read a reply: %q is not exactly one", text)
	}
	*r = p.Sections[0].Replies[0]
	return nil
}

// String writes what happens to the connection in the syntax of this package.
func (l Link) String() string {
	switch {
	case l.Choices != nil:
		return choicesText(l.Choices)
	case l.Refuse:
		return "refuse"
	case l.Mute:
		return "mute"
	}
	words := []string{"accept"}
	if l.Latency != 0 || l.LatencyMax != 0 {
		words = append(words, "latency="+rangeText(l.Latency, l.LatencyMax))
	}
	if l.Bandwidth != 0 {
		words = append(words, fmt.Sprintf("bandwidth=%d", l.Bandwidth))
	}
	words = appendSizes(words, map[string]*int64{"cut-in": l.CutIn, "cut-out": l.CutOut})
	if l.SlowClose != 0 {
		words = append(words, "slow-close="+l.SlowClose.String())
	}
	return strings.Join(words, " ")
}

// String writes the selector without its colon; it is empty for all requests of the main kinds.
func (m Match) String() string {
	var words []string
	for _, f := range []struct{ key, value string }{{"kind", m.Kind}, {"path", m.Path}, {"tenant", m.Tenant}, {"token", m.Token}} {
		if f.value != "" {
			words = append(words, f.key+"="+quote(f.value))
		}
	}
	return strings.Join(words, " ")
}
