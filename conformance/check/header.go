package check

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// header judges one header of every request. Names are compared without regard to letter case, values exactly.
func (v *view) header() result {
	judge, err := v.text()
	if err != nil {
		return inconclusive("%v", err)
	}
	return v.each(func(r *observe.Request) (bool, string) {
		got := headerOf(r, v.Argument)
		switch {
		case v.Op == "absent":
			return len(got) == 0, shorten(got)
		case v.Op == "!=" && len(got) == 0:
			return true, ""
		case len(got) == 0:
			return false, "no header " + v.Argument
		case v.Op == "present":
			return true, ""
		case len(got) > 1:
			return false, "several values: " + strings.Join(got, "; ")
		}
		return judge(got[0]), got[0]
	})
}

func headerOf(r *observe.Request, name string) []string {
	if strings.EqualFold(name, "Host") {
		return []string{r.Host}
	}
	return r.Header[http.CanonicalHeaderKey(name)]
}

// text is the judgement of one text by = != has starts matches.
func (v *view) text() (func(got string) bool, error) {
	want := v.value()
	switch v.Op {
	case "!=":
		return func(got string) bool { return got != want }, nil
	case "has":
		return func(got string) bool { return strings.Contains(got, want) }, nil
	case "starts":
		return func(got string) bool { return strings.HasPrefix(got, want) }, nil
	case "matches":
		re, err := regexp.Compile("^(?:" + want + ")$")
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	}
	return func(got string) bool { return got == want }, nil
}

func (v *view) credentials() result {
	return v.each(func(r *observe.Request) (bool, string) {
		encoded, found := strings.CutPrefix(r.Header.Get("Authorization"), "Basic ")
		if !found {
			return false, "no Basic credentials"
		}
		got, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return false, "credentials that are not base64"
		}
		return string(got) == v.value(), string(got)
	})
}
