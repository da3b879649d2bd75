package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// Filter picks requests. Zero fields pick everything.
type Filter struct {
	Kind   string `json:"kind,omitempty"`
	Path   string `json:"path,omitempty"`
	Status string `json:"status,omitempty"`
	Tenant string `json:"tenant,omitempty"`
	Body   int    `json:"body,omitempty"`
	Run    int    `json:"run,omitempty"`
}

var filterKeys = []string{"kind", "path", "status", "tenant", "body", "run"}

// filters reads KEY=VALUE words and returns how many there were.
func filters(f *Filter, of token, words []token) (n int, problem *Error) {
	for ; n < len(words); n++ {
		key, value, found := strings.Cut(words[n].text, "=")
		if !found || key == "" || words[n].quoted || key == "!" || key == "<" || key == ">" {
			break
		}
		if err := f.set(key, value); err != nil {
			return 0, errorf(words[n].pos, "filter %s: %s", words[n].text, err.Text).hinted(err.Hint)
		}
	}
	if n == 0 {
		return 0, errorf(of.pos, "of: want KEY=VALUE behind it, with a key of %s", strings.Join(filterKeys, ", "))
	}
	return n, nil
}

func (f *Filter) set(key, value string) *Error {
	number := func(field *int) *Error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return errorf(Pos{}, "want a number from 1 on")
		}
		*field = n
		return nil
	}
	switch key {
	case "kind":
		f.Kind = value
		return oneOf(value, []string{"samples", "metadata", "profile", "scrape", "token", "connect", "forward", "any"})
	case "path":
		f.Path = value
	case "status":
		f.Status = value
		if class := strings.TrimSuffix(value, "xx"); len(class) != 1 && checkStatus(value) != nil {
			return errorf(Pos{}, "want a status, a class like 2xx, or one of %s", strings.Join(outcomes, ", "))
		}
	case "tenant":
		f.Tenant = value
	case "body":
		return number(&f.Body)
	case "run":
		return number(&f.Run)
	default:
		return oneOf(key, filterKeys)
	}
	return nil
}

func oneOf(text string, known []string) *Error {
	if slices.Contains(known, text) {
		return nil
	}
	return errorf(Pos{}, "%q is not one of %s", text, strings.Join(known, ", ")).hinted(nearest(text, known))
}
