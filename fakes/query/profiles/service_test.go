package profiles_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	googlev1 "github.com/grafana/pyroscope/api/gen/proto/go/google/v1"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
)

// stored are three profiles of shop and one of bank, ten seconds apart.
func stored(t testing.TB) *pyroscope.Server {
	p := profiles.StartT(t)
	push(t, p, "", "shop", cpu(t, 1000, calls{"main;work": {1, 10}, "main": {1, 5}}), cpu(t, 1010, calls{"main;work": {2, 20}, "main;<rest>": {0, 1}}))
	push(t, p, "", "shop", cpu(t, 1020, calls{"main;work;deep": {3, 30}}))
	push(t, p, "", "bank", cpu(t, 1020, calls{"count": {4, 40}}))
	return p
}

// TestJSON compares whole answers with the API's JSON, as somebody reads them who has nothing but curl.
func TestJSON(t *testing.T) {
	p := stored(t)
	const selected = `"profileTypeID":"` + cpuTime + `","start":"1000000","end":"1020000"`
	for _, test := range []struct {
		call, body string
		status     int
		want       string
	}{
		{"ProfileTypes", `{}`, 200, `{"profileTypes":[{"ID":"` + cpuTime + `","name":"process_cpu","sampleType":"cpu","sampleUnit":"nanoseconds","periodType":"cpu","periodUnit":"nanoseconds"},` +
			`{"ID":"` + counted + `","name":"process_cpu","sampleType":"samples","sampleUnit":"count","periodType":"cpu","periodUnit":"nanoseconds"}]}`},
		{"ProfileTypes", `{"start":1,"end":2}`, 200, `{}`},
		{"ProfileTypes", `{"start":1}`, 400, `{"code":"invalid_argument","message":"missing time range in the query"}`},
		{"LabelNames", `{"matchers":["{service_name=\"bank\"}"]}`, 200, `{"names":["__name__","__period_type__","__period_unit__","__profile_type__","__service_name__","__type__","__unit__","service_name","worker","zone"]}`},
		{"LabelValues", `{"name":"service_name"}`, 200, `{"names":["bank","shop"]}`},
		{"LabelValues", `{"name":"__unit__","start":1000000,"end":1010000}`, 200, `{"names":["count","nanoseconds"]}`},
		{"LabelValues", `{"name":"worker","matchers":["{service_name=\"shop\"}"]}`, 200, `{"names":["main","main;<rest>","main;work","main;work;deep"]}`},
		{"LabelValues", `{}`, 400, `{"code":"invalid_argument","message":"name is required"}`},
		{"Series", `{"matchers":["{service_name=\"shop\",__type__=\"cpu\"}","{zone=~\".*bank\"}"],"labelNames":["service_name","__type__"]}`, 200,
			`{"labelsSet":[{"labels":[{"name":"__type__","value":"cpu"},{"name":"service_name","value":"bank"}]},{"labels":[{"name":"__type__","value":"cpu"},{"name":"service_name","value":"shop"}]},` +
				`{"labels":[{"name":"__type__","value":"samples"},{"name":"service_name","value":"bank"}]}]}`},
		{"SelectMergeStacktraces", `{` + selected + `,"labelSelector":"{service_name=\"shop\"}"}`, 200,
			`{"flamegraph":{"names":["total","main","<rest>","work","deep"],"levels":[{"values":["0","66","0","0"]},{"values":["0","66","5","1"]},{"values":["5","1","1","2","0","60","30","3"]},{"values":["36","30","30","4"]}],"total":"66","maxSelf":"30"}}`},
		{"SelectMergeStacktraces", `{` + selected + `,"labelSelector":"{worker=~\"main;work|count\"}"}`, 200, // labels of samples
			`{"flamegraph":{"names":["total","count","main","work"],"levels":[{"values":["0","70","0","0"]},{"values":["0","40","40","1","0","30","0","2"]},{"values":["40","30","30","3"]}],"total":"70","maxSelf":"40"}}`},
		{"SelectMergeStacktraces", `{` + selected + `,"maxNodes":"3"}`, 200,
			`{"flamegraph":{"names":["total","count","main","work","other"],"levels":[{"values":["0","106","0","0"]},{"values":["0","40","40","1","0","66","5","2"]},{"values":["45","60","30","3","0","1","1","4"]},{"values":["75","30","30","4"]}],"total":"106","maxSelf":"40"}}`},
		{"SelectMergeStacktraces", `{` + selected + `,"labelSelector":"{service_name=\"none\"}"}`, 200, `{"flamegraph":{"names":["total"],"levels":[{"values":["0","0","0","0"]}]}}`},
		{"SelectMergeStacktraces", `{` + selected + `,"format":"PROFILE_FORMAT_DOT"}`, 501, `{"code":"unimplemented","message":"this fake does not make the format PROFILE_FORMAT_DOT"}`},
		{"SelectMergeStacktraces", `{"profileTypeID":"cpu","start":1,"end":2}`, 400, `got(1): \"cpu\""}`},
		{"SelectMergeProfile", `{"profileTypeID":"` + cpuTime + `"}`, 400, `{"code":"invalid_argument","message":"missing time range in the query"}`},
		{"SelectMergeProfile", `{` + selected + `,"labelSelector":"{a"}`, 400, `{"code":"invalid_argument","message":"parse label selector: `},
		{"SelectSeries", `{` + selected + `,"step":15,"groupBy":["service_name"]}`, 200,
			`{"series":[{"labels":[{"name":"service_name","value":"shop"}],"points":[{"value":15,"timestamp":"1000000"},{"value":21,"timestamp":"1015000"}]}]}`},
		{"SelectSeries", `{"profileTypeID":"` + cpuTime + `","start":"1000000","end":"1030000","step":15}`, 200,
			`{"series":[{"points":[{"value":15,"timestamp":"1000000"},{"value":21,"timestamp":"1015000"},{"value":70,"timestamp":"1030000"}]}]}`},
		{"SelectSeries", `{"profileTypeID":"` + cpuTime + `","start":"1000000","end":"1030000","step":15,"aggregation":"TIME_SERIES_AGGREGATION_TYPE_AVERAGE"}`, 200, `{"value":35,"timestamp":"1030000"}]}]}`},
		{"SelectSeries", `{"profileTypeID":"` + cpuTime + `","start":"1000000","end":"1030000","step":15,"groupBy":["service_name"],"limit":"1"}`, 200, `{"series":[{"labels":[{"name":"service_name","value":"shop"}]`},
		{"SelectSeries", `{` + selected + `}`, 400, `{"code":"invalid_argument","message":"step must be non-zero"}`},
		{"GetProfileStats", `{}`, 200, `{"dataIngested":true,"oldestProfileTime":"1000000","newestProfileTime":"1020000"}`},
		{"Diff", `{}`, 501, `"code":"unimplemented"`},
	} {
		status, body := post(t, p, test.call, test.body)
		if status != test.status || !strings.Contains(body, squeezed(test.want)) {
			t.Errorf("%s %s is answered %d\n got %s\nwant %s", test.call, test.body, status, body, test.want)
		}
	}
}

// squeezed takes out what Go's protobuf puts in at random to keep people from comparing bytes.
func squeezed(text string) string {
	return strings.NewReplacer(`, "`, `,"`, `: `, `:`, `, {`, `,{`).Replace(text)
}

// post makes a call in JSON.
func post(t *testing.T, p *pyroscope.Server, call, body string) (int, string) {
	t.Helper()
	response, err := http.Post(p.URL()+profiles.Prefix+"/"+call, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, squeezed(string(answer))
}

// TestConnect makes the calls with Connect's own client, in each codec, and reads the merged profile.
func TestConnect(t *testing.T) {
	p := stored(t)
	for name, options := range map[string][]connect.ClientOption{
		"protobuf": nil, "zipped": {connect.WithSendGzip()}, "JSON": {connect.WithProtoJSON()}, "GET": {connect.WithHTTPGet()},
	} {
		q := querier(p, options...)
		names, err := q.LabelValues(t.Context(), connect.NewRequest(&typesv1.LabelValuesRequest{Name: "service_name"}))
		if err != nil || !slices.Equal(names.Msg.Names, []string{"bank", "shop"}) {
			t.Errorf("%s: services are %v (%v)", name, names, err)
		}
		//lint:ignore SA1019 it is what Grafana and profilecli call
		merged, err := q.SelectMergeProfile(t.Context(), connect.NewRequest(&querierv1.SelectMergeProfileRequest{
			ProfileTypeID: counted, LabelSelector: `{service_name="shop"}`, Start: 1000_000, End: 1020_000,
		}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, want := stacks(merged.Msg), "main:1 main;work:3 main;work;deep:3"; got != want {
			t.Errorf("%s: merged %s, want %s", name, got, want)
		}
	}
	answer, err := querier(p).SelectMergeStacktraces(t.Context(), connect.NewRequest(&querierv1.SelectMergeStacktracesRequest{
		ProfileTypeID: counted, LabelSelector: `{service_name="bank"}`, Start: 1, End: 2000_000, Format: querierv1.ProfileFormat_PROFILE_FORMAT_PPROF,
	}))
	if err != nil || stacks(answer.Msg.Pprof.Profile) != "count:4" {
		t.Errorf("as pprof: %v (%v)", answer, err)
	}
	if _, err := querier(p, connect.WithGRPCWeb()).ProfileTypes(t.Context(), connect.NewRequest(&querierv1.ProfileTypesRequest{})); err == nil {
		t.Error("gRPC was answered")
	}
}

// stacks writes a profile's samples down, sorted.
func stacks(p *googlev1.Profile) string {
	names := map[uint64]string{}
	for _, f := range p.Function {
		names[f.Id] = p.StringTable[f.Name]
	}
	frames := map[uint64]string{}
	for _, l := range p.Location {
		frames[l.Id] = names[l.Line[0].FunctionId]
	}
	var lines []string
	for _, s := range p.Sample {
		var stack []string
		for _, id := range slices.Backward(s.LocationId) {
			stack = append(stack, frames[id])
		}
		lines = append(lines, fmt.Sprintf("%s:%d", strings.Join(stack, ";"), s.Value[0]))
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

// TestTenants: each sees its own, a strict fake shows nobody anything, AllTenants shows everything.
func TestTenants(t *testing.T) {
	p := profiles.StartT(t)
	push(t, p, "one", "shop", cpu(t, 1000, calls{"main": {1, 1}}))
	push(t, p, "two", "bank", cpu(t, 1000, calls{"main": {1, 1}}))
	services := func(p *pyroscope.Server, tenant string) string {
		r := connect.NewRequest(&typesv1.LabelValuesRequest{Name: "service_name"})
		r.Header().Set("X-Scope-OrgID", tenant)
		answer, err := querier(p).LabelValues(t.Context(), r)
		if err != nil {
			return connect.CodeOf(err).String()
		}
		return strings.Join(answer.Msg.Names, " ")
	}
	for tenant, want := range map[string]string{"one": "shop", "two": "bank", "": ""} {
		if got := services(p, tenant); got != want {
			t.Errorf("tenant %q sees %q, want %q", tenant, got, want)
		}
	}
	profiles.Attach(p, profiles.Options{AllTenants: true})
	if got := services(p, ""); got != "bank shop" {
		t.Errorf("who names no tenant sees %q", got)
	}
	if _, body := post(t, p, "LabelValues", `{"name":"__tenant_id__"}`); body != `{"names":["one","two"]}` {
		t.Errorf("the tenants are %s", body)
	}
	if got := services(profiles.StartT(t, pyroscope.Options{Strict: true}), ""); got != "unauthenticated" {
		t.Errorf("a strict fake answers nobody with %q", got)
	}
}
