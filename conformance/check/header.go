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
	if !v.readable() {
		return inconclusive("the header %s was redacted: its value can be compared as a whole only", v.Argument)
	}
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

// readable tells whether the operator can be applied to a header from which secrets may have been taken out. What is compared with a
// whole value is taken out the same way.
func (v *view) readable() bool {
	if v.o.Salt == "" || len(v.Values) == 0 || !observe.Credential(v.Argument) {
		return true
	}
	v.Values = []string{observe.NewRedactor(v.o.Salt).Header(v.Argument, v.value())}
	return v.Op == "=" || v.Op == "!="
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
	if v.o.Salt != "" {
		encoded := base64.StdEncoding.EncodeToString([]byte(v.value()))
		v.Argument, v.Values = "Authorization", []string{"Basic " + encoded}
		return v.header()
	}
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
