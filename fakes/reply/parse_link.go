package reply

import "strings"

// linkWords are the words key=value that change a connection.
var linkWords = map[string]func(w word, l *Link, value string) error{
	"latency": func(w word, l *Link, v string) (err error) {
		l.Latency, l.LatencyMax, err = parseRange(w, v)
		return err
	},
	"slow-close": func(w word, l *Link, v string) (err error) { l.SlowClose, err = parseDuration(w, v); return err },
	"bandwidth":  func(w word, l *Link, v string) error { return parseRate(w, v, &l.Bandwidth) },
	"cut-in":     func(w word, l *Link, v string) error { return parseSize(w, v, &l.CutIn) },
	"cut-out":    func(w word, l *Link, v string) error { return parseSize(w, v, &l.CutOut) },
}

// parseLinkHead reads the word that begins a connection, its repeat cut off.
func parseLinkHead(w word, text string) (Link, error) {
	switch text {
	case "accept":
		return Link{}, nil
	case "refuse":
		return Link{Refuse: true}, nil
	case "mute":
		return Link{Mute: true}, nil
	}
	hint := nearest(text, []string{"accept", "refuse", "mute", "latency=", "bandwidth=", "cut-in=", "cut-out=", "slow-close=", "chance="})
	return Link{}, w.errorf("not what can happen to a connection: known are accept, refuse and mute%s", hint)
}

// modifyLink changes the connection that stands before the word; false when the word is none of those that do.
func modifyLink(w word, l *Link) (bool, error) {
	key, value, ok := strings.Cut(w.text, "=")
	change := linkWords[key]
	if !ok || change == nil {
		return false, nil
	}
	if l.Refuse || l.Mute {
		return true, w.errorf("%s= belongs to an accepted connection", key)
	}
	return true, change(w, l, value)
}
