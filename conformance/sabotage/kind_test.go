package sabotage

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"
)

// describing is a request that is about metadata only.
func describing() *prompb.WriteRequest {
	return &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{{MetricFamilyName: "one", Type: prompb.MetricMetadata_GAUGE}}}
}

func TestAPushIsMadeWrongByItsKind(t *testing.T) {
	for _, c := range []struct {
		act              string
		data, metadata   bool // whether the first request of each kind arrives
		another, touched int  // how many of two requests with metadata arrive in all; how often something was made wrong
	}{
		{"loses-first", false, true, 2, 1},
		{"loses-first@metadata", true, false, 1, 1},
		{"loses-first@any", true, false, 1, 1}, // metadata comes first here
		{"sends-nothing", false, false, 0, 3},
		{"sends-nothing@data", false, true, 2, 1},
		{"drops-metadata", true, false, 0, 2},
	} {
		act := parse(t, c.act)
		arrived := 0
		next := act.Push(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived++ }))
		count := func(request *prompb.WriteRequest) int {
			before := arrived
			next.ServeHTTP(httptest.NewRecorder(), posting(t, request))
			return arrived - before
		}
		first := count(describing())
		data := count(write())
		second := count(describing())
		if data == 1 != c.data || first == 1 != c.metadata || first+second != c.another || act.Touched() != c.touched {
			t.Errorf("%s: data %d, metadata %d and %d, touched %d; want %+v", c.act, data, first, second, act.Touched(), c)
		}
	}
}

// posting is the request with a body as agents send it.
func posting(t *testing.T, request *prompb.WriteRequest) *http.Request {
	t.Helper()
	msg, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/push", strings.NewReader(string(s2.EncodeSnappy(nil, msg))))
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", "application/x-protobuf")
	return r
}

func TestKindsThatDoNotExistAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"loses-first@profiles":    "is none of data, metadata, any",
		"scrapes-nothing@any":     "is not about pushes",
		"slow-backoff@metadata":   "is not about pushes",
		"loses-frist@metadata":    "unknown sabotage",
		"drops-header@any":        "needs an argument",
		"drops-header@elsewhere:": "is none of",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): got %v, want %q in it", text, err, want)
		}
	}
	for _, text := range []string{"sets-header@any:A=b@c:d", "sets-header:A=b@c"} {
		if act, err := Parse(text); err != nil || Name(text) != "sets-header" || act.Name() != text {
			t.Errorf("Parse(%q): %v, name %q", text, err, Name(text))
		}
	}
}
