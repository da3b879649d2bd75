package pyroscope_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// post sends a body as it is and returns the answer with its text.
func post(t *testing.T, url string, body []byte, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// pprof is a small profile with one sample of this value.
func pprof(t *testing.T, value int64) []byte {
	t.Helper()
	function := &profile.Function{ID: 1, Name: "work"}
	location := &profile.Location{ID: 1, Line: []profile.Line{{Function: function}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "cpu", Unit: "nanoseconds"}},
		Sample:     []*profile.Sample{{Value: []int64{value}, Location: []*profile.Location{location}}},
		Function:   []*profile.Function{function},
		Location:   []*profile.Location{location},
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestIngestFolded(t *testing.T) {
	p := pyroscope.StartT(t)
	query := url.Values{
		"name": {"shop.cpu{env=prod, __session_id__=x}"}, "from": {"1700000000"}, "until": {"1700000010"},
		"units": {"samples"}, "sampleRate": {"100"}, "spyName": {"gospy"}, "aggregationType": {"sum"},
	}
	response, text := post(t, p.URL()+"/prefix/ingest?"+query.Encode(), []byte("main;work;inner 12\nmain;idle 3\n"))
	if response.StatusCode != 200 {
		t.Fatalf("answered %d: %s", response.StatusCode, text)
	}
	found, err := p.Accepted().Profiles(`process_cpu{service_name="shop", env="prod"}`)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	one := found[0]
	if got, want := one.Labels.String(), `process_cpu{service_name="shop", env="prod"}`; got != want {
		t.Errorf("labels are %s, want %s", got, want)
	}
	if one.Parsed == nil || len(one.Parsed.Sample) != 2 || one.Parsed.Sample[0].Value[0] != 12 {
		t.Fatalf("parsed %v (%s)", one.Parsed, one.ParseError)
	}
	if got := one.Parsed.Sample[0].Location[0].Line[0].Function.Name; got != "inner" {
		t.Errorf("the innermost frame is %q, want inner", got)
	}
	if one.Ingest.From.Unix() != 1700000000 || one.Ingest.SpyName != "gospy" || one.Ingest.Units != "samples" {
		t.Errorf("told %+v", one.Ingest)
	}
	response, _ = post(t, p.URL()+"/ingest?format=lines&name=shop.wall", []byte("main;work\nmain;work\n"))
	if response.StatusCode != 200 {
		t.Errorf("lines were answered %d", response.StatusCode)
	}
	p.WaitFor(t.Context(), pyroscope.Profiles(`wall{service_name="shop"}`, 1))
}

func TestWhatItDoesNotTakeIsRecorded(t *testing.T) {
	p := pyroscope.StartT(t, pyroscope.Options{MaxInflated: 1000})
	proto := []string{"Content-Type", "application/proto"}
	tests := []struct {
		name, path string
		header     []string
		body       []byte
		status     int
		text       string
	}{
		{"codec", pyroscope.PushPath, []string{"Content-Type", "application/grpc"}, nil, 415, ""},
		{"compression", pyroscope.PushPath, append(proto, "Content-Encoding", "br"), nil, 501, `{"code":"unimplemented","message":"unknown compression \"br\": supported encodings are gzip"}`},
		{"protocol", pyroscope.PushPath, append(proto, "Connect-Protocol-Version", "2"), nil, 400, `"code":"invalid_argument"`},
		{"not protobuf", pyroscope.PushPath, proto, []byte{0x0a, 9}, 400, `{"code":"invalid_argument","message":"unmarshal message: the message is cut off"}`},
		{"not UTF-8", pyroscope.PushPath, proto, []byte{0x0a, 5, 0x0a, 3, 0x0a, 1, 0xff}, 400, "is not valid UTF-8"},
		{"not gzip", pyroscope.PushPath, append(proto, "Content-Encoding", "gzip"), []byte("plain"), 400, "inflate gzip"},
		{"bomb", pyroscope.PushPath, append(proto, "Content-Encoding", "gzip"), zipped(make([]byte, 1001)), 429, `"code":"resource_exhausted"`},
		{"not JSON", pyroscope.PushPath, []string{"Content-Type", "application/json"}, []byte("{"), 400, `"code":"invalid_argument"`},
		{"no name", "/ingest", nil, []byte("a 1"), 400, "parameter name"},
		{"bad time", "/ingest?name=a&from=yesterday", nil, []byte("a 1"), 400, "parameter from"},
		{"no form", "/ingest?name=a", []string{"Content-Type", "multipart/form-data; boundary=x"}, []byte("junk"), 400, "the form has no part named profile"},
		{"bad braces", "/ingest?name=" + url.QueryEscape("a{b=c"), nil, []byte("a 1"), 400, "the braces do not close at the end"},
	}
	for i, test := range tests {
		response, text := post(t, p.URL()+test.path, test.body, test.header...)
		if response.StatusCode != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: answered %d: %s; want %d: %s", test.name, response.StatusCode, text, test.status, test.text)
		}
		push := p.Pushes()[i]
		if !bytes.Equal(push.Body, test.body) || push.Accepted() || push.DecodeError == "" && test.name != "protocol" {
			t.Errorf("%s: recorded %d bytes, decode error %q, accepted %v", test.name, len(push.Body), push.DecodeError, push.Accepted())
		}
	}
	if n := p.Accepted().Requests(); n != 0 {
		t.Errorf("%d requests were accepted", n)
	}
}

func TestOtherPathsAndMethods(t *testing.T) {
	p := pyroscope.StartT(t)
	p.Replies().ThenStatus(503)
	for path, want := range map[string]int{"/ready": 200, "/": 404, pyroscope.PushPath: 405, "/ingest": 405} {
		response, err := http.Get(p.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("GET %s was answered %d, want %d", path, response.StatusCode, want)
		}
	}
	if left := p.Replies().States()[0].Left(); left != 1 {
		t.Error("a request that is no push took a reply of the script")
	}
}

func TestStrict(t *testing.T) {
	p := pyroscope.StartT(t, pyroscope.Options{Strict: true, Limits: pyroscope.Limits{LabelNames: 4}})
	good := pprof(t, 1)
	tests := []struct {
		name, labels string
		raw          []byte
		status       int
		text         string
	}{
		{"good", `__name__=cpu service_name=a`, good, 200, ``},
		{"no labels", ``, good, 400, `error at least one label pair is required per profile`},
		{"no name", `service_name=a`, good, 400, `invalid metric name`},
		{"bad name", `__name__=c-pu service_name=a`, good, 400, `invalid metric name`},
		{"no service", `__name__=cpu`, good, 400, `service name is not provided`},
		{"many", `__name__=cpu service_name=a b=c d=e f=g`, good, 400, `has 5 label names; limit 4`},
		{"twice", `__name__=cpu service_name=a x=1 x=2`, good, 400, `has duplicate label name: 'x'`},
		{"bad name", `__name__=cpu service_name=a 1x=1`, good, 400, `invalid label name '1x'`},
		{"no profile", `__name__=cpu service_name=a`, []byte("junk"), 400, `parse profile: `},
		{"empty profile", `__name__=cpu service_name=a`, nil, 400, `the profile is empty`},
	}
	for _, test := range tests {
		body := jsonPush(test.labels, test.raw)
		response, text := post(t, p.URL()+pyroscope.PushPath, body, "Content-Type", "application/json", "X-Scope-OrgID", "one")
		if response.StatusCode != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: answered %d: %s; want %d: %s", test.name, response.StatusCode, text, test.status, test.text)
		}
	}
	response, text := post(t, p.URL()+pyroscope.PushPath, jsonPush("a=b", good), "Content-Type", "application/json")
	if response.StatusCode != 401 || text != `{"code":"unauthenticated","message":"no org id"}` {
		t.Errorf("without a tenant: answered %d: %s", response.StatusCode, text)
	}
	if samples, _ := p.Accepted().Profiles(`{__tenant_id__="one"}`); len(samples) != 1 {
		t.Errorf("%d profiles of tenant one were accepted, want 1", len(samples))
	}
}

func TestStrictLimitsOfProfiles(t *testing.T) {
	p := pyroscope.StartT(t)
	good := pprof(t, 1)
	for _, row := range []struct {
		limits pyroscope.Limits
		status int
		want   string
	}{
		{pyroscope.Limits{}, 200, "{}"},
		{pyroscope.Limits{ProfileBytes: 10}, 400, `exceeds the size limit (max_profile_size_byte, actual: `},
		{pyroscope.Limits{IngestionRate: 2048, IngestionBurst: 20}, 429, `{"code":"resource_exhausted","message":"push rate limit (2.0 KiB) exceeded while adding `},
	} {
		p.SetStrict(true)
		p.SetLimits(row.limits)
		response, text := post(t, p.URL()+pyroscope.PushPath, jsonPush("__name__=cpu service_name=a", good), "Content-Type", "application/json", "X-Scope-OrgID", "one")
		if response.StatusCode != row.status || !strings.Contains(text, row.want) {
			t.Errorf("%+v: answered %d: %s", row.limits, response.StatusCode, text)
		}
	}
	p.SetStrict(false)
	if response, _ := post(t, p.URL()+pyroscope.PushPath, jsonPush("a=b", good), "Content-Type", "application/json"); response.StatusCode != 200 || p.Strict() {
		t.Errorf("not strict any more: answered %d", response.StatusCode)
	}
	if l := p.Limits(); l.IngestionRate != 2048 || l.ProfileSamples != 16_000 {
		t.Errorf("limits are %+v", l)
	}
}

// jsonPush is a push of one profile with labels written as a=b c=d.
func jsonPush(labels string, raw []byte) []byte {
	var pairs []string
	for _, pair := range strings.Fields(labels) {
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, fmt.Sprintf(`{"name":%q,"value":%q}`, name, value))
	}
	return fmt.Appendf(nil, `{"series":[{"labels":[%s],"samples":[{"rawProfile":%q}]}]}`, strings.Join(pairs, ","), encode64(raw))
}

func TestLenientTakesWhatIsNoProfile(t *testing.T) {
	p := pyroscope.StartT(t)
	post(t, p.URL()+pyroscope.PushPath, jsonPush("__name__=cpu", []byte("junk")), "Content-Type", "application/json")
	found, err := p.Accepted().Profiles("cpu")
	if err != nil || len(found) != 1 || found[0].Parsed != nil || !strings.HasPrefix(found[0].ParseError, "parse profile: ") {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestProfileBombIsNotParsed(t *testing.T) {
	p := pyroscope.StartT(t, pyroscope.Options{MaxInflated: 1 << 20})
	post(t, p.URL()+pyroscope.PushPath, jsonPush("a=b", zipped(make([]byte, 1<<20+1))), "Content-Type", "application/json")
	found, err := p.Accepted().Profiles("{}")
	if err != nil || len(found) != 1 || found[0].Parsed != nil || found[0].ParseError != "inflate gzip: the content is larger than 1048576 bytes" {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestWaitForExplains(t *testing.T) {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Replies().Then(reply.Error("unavailable", "", 0), reply.OK())
	push := func(labels string) {
		post(t, p.URL()+pyroscope.PushPath, jsonPush(labels, pprof(t, 1)), "Content-Type", "application/json")
	}
	push("__name__=process_cpu service_name=shop")
	push("__name__=process_cpu service_name=shops")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = p.WaitFor(ctx, pyroscope.Profiles(`process_cpu{service_name="shop"}`, 1))
	want := `fake pyroscope: wait for 1 profiles of process_cpu{service_name="shop"}: context canceled
	so far 0 of 1
	accepted: 1 profile in 1 request
	nearest: process_cpu{service_name="shops"}: service_name is "shops", not "shop"
	request 1 was not accepted (POST /push.v1.PusherService/Push: 503, replied: {"code":"unavailable","message":"as the script says"}), it held 1 of what is waited for`
	if err == nil || err.Error() != want {
		t.Errorf("error is:\n%v\nwant:\n%s", err, want)
	}
	if err := p.WaitFor(t.Context(), pyroscope.Profiles("{", 1)); err == nil || !strings.Contains(err.Error(), "column 2") {
		t.Errorf("a bad selector gives %v", err)
	}
}
