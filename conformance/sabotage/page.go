package sabotage

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// pageEdit changes a metrics page in the text format.
type pageEdit func(a *Act, page []byte) []byte

// sampleLine is one sample of a page: the series as written, and its value.
var sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{.*\})?) +(\S+)(.*)$`)

// lines makes an edit of the samples of one metric; edit returns the new line, or "" to leave it out.
func lines(name string, edit func(series, value, rest string) string) pageEdit {
	return func(a *Act, page []byte) []byte {
		var out bytes.Buffer
		for line := range strings.Lines(string(page)) {
			m := sampleLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
			if m == nil || name != "" && m[1] != name {
				out.WriteString(line)
				continue
			}
			edited := edit(m[1]+m[2], m[3], m[4])
			if edited != "" {
				edited += "\n"
			}
			if edited != line {
				a.touch()
			}
			out.WriteString(edited)
		}
		return out.Bytes()
	}
}

func hideMetric(name string) (pageEdit, error) {
	return lines(name, func(_, _, _ string) string { return "" }), nil
}

func freezeMetric(name string) (pageEdit, error) {
	var mu sync.Mutex
	first := map[string]string{} // guarded by mu
	return lines(name, func(series, value, rest string) string {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := first[series]; !ok {
			first[series] = value
		}
		return series + " " + first[series] + rest
	}), nil
}

func miscountMetric(name string) (pageEdit, error) {
	return lines(name, func(series, value, rest string) string {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return series + " " + value + rest
		}
		return series + " " + strconv.FormatFloat(v+1, 'g', -1, 64) + rest
	}), nil
}

func dropMetricLabel(name string) (pageEdit, error) {
	label := regexp.MustCompile(`([{,])` + regexp.QuoteMeta(name) + `="(?:[^"\\]|\\.)*",?`)
	return lines("", func(series, value, rest string) string {
		return label.ReplaceAllString(series, "$1") + " " + value + rest
	}), nil
}
