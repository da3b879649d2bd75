package ceiling

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/google/pprof/profile"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
	"google.golang.org/protobuf/proto"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// request is one of those that are sent again and again.
type request struct {
	method, path string
	url          string // of a request to a proxy, in place of path
	header       http.Header
	body         []byte
	units        int64
}

// traffic is what one subject gets.
type traffic struct {
	requests []request
	target   string // host.Task's
}

func nothing() {}

// profileStacks is how many stacks a pushed profile has, and profileDepth how many frames each: about what ten seconds of a busy
// program give.
const (
	profileStacks = 400
	profileDepth  = 20
)

// sampleProfile is a CPU profile as a program would write it: compressed.
func sampleProfile() ([]byte, error) {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 10_000_000,
		TimeNanos: 1_700_000_000_000_000_000, DurationNanos: 10_000_000_000,
	}
	for i := range uint64(profileStacks) {
		f := &profile.Function{ID: i + 1, Name: fmt.Sprintf("example.org/storefront/checkout.step%d", i), Filename: "checkout.go"}
		p.Function = append(p.Function, f)
		p.Location = append(p.Location, &profile.Location{ID: i + 1, Address: 0x400000 + 64*i, Line: []profile.Line{{Function: f, Line: int64(i)}}})
	}
	for i := range profileStacks {
		s := &profile.Sample{Value: []int64{int64(i + 1), int64(i+1) * 10_000_000}}
		for depth := range profileDepth {
			s.Location = append(s.Location, p.Location[(i*7+depth*13)%profileStacks])
		}
		p.Sample = append(p.Sample, s)
	}
	var b bytes.Buffer
	err := p.Write(&b)
	return b.Bytes(), err
}

// pushProfiles is one profile in a Connect call.
func pushProfiles() (traffic, func(), error) {
	raw, err := sampleProfile()
	if err != nil {
		return traffic{}, nil, err
	}
	body, err := proto.Marshal(&pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{{
		Labels: []*typesv1.LabelPair{
			{Name: "__name__", Value: "process_cpu"}, {Name: "service_name", Value: "checkout"}, {Name: "namespace", Value: "storefront-production"},
		},
		Samples: []*pushv1.RawSample{{RawProfile: raw, ID: "00000000-0000-4000-8000-000000000001"}},
	}}})
	return traffic{requests: []request{{
		method: http.MethodPost, path: pyroscope.PushPath, body: body, units: 1,
		header: http.Header{"Content-Type": {"application/proto"}, "Connect-Protocol-Version": {"1"}},
	}}}, nothing, err
}

// ingestProfiles is one profile in the form that pyroscope-go sends.
func ingestProfiles() (traffic, func(), error) {
	raw, err := sampleProfile()
	if err != nil {
		return traffic{}, nil, err
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("profile", "profile.pprof")
	if err != nil {
		return traffic{}, nil, err
	}
	if _, err := part.Write(raw); err != nil {
		return traffic{}, nil, err
	}
	err = form.Close()
	query := url.Values{"name": {"checkout{namespace=storefront-production}"}, "from": {"1700000000"}, "until": {"1700000010"}, "spyName": {"gospy"}}
	return traffic{requests: []request{{
		method: http.MethodPost, path: pyroscope.IngestPath + "?" + query.Encode(), body: b.Bytes(), units: 1,
		header: http.Header{"Content-Type": {form.FormDataContentType()}},
	}}}, nothing, err
}

func scrapeProfiles() (traffic, func(), error) {
	return traffic{requests: []request{{method: http.MethodGet, path: "/debug/pprof/allocs", units: 1}}}, nothing, nil
}

func scrapePages() (traffic, func(), error) {
	return traffic{requests: []request{{method: http.MethodGet, path: "/metrics", units: 1}}}, nothing, nil
}

func askTokens() (traffic, func(), error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"agent"}, "client_secret": {"s3cret"}}
	return traffic{requests: []request{{
		method: http.MethodPost, path: "/token", body: []byte(form.Encode()), units: 1,
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}}}, nothing, nil
}

// throughProxy goes to a target in this process, whose CPU time is not the proxy's.
func throughProxy() (traffic, func(), error) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	return traffic{
		requests: []request{{method: http.MethodGet, url: "http://target.test/", units: 1}},
		target:   target.Listener.Addr().String(),
	}, target.Close, nil
}
