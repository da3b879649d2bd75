package metrics_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// stored is what the tables below ask about. All of it lies at round times.
func stored() *prompb.WriteRequest {
	a := series("__name__=up,job=a,zone=<north>", 1000, 1, 1015, 0)
	a.Exemplars = []prompb.Exemplar{
		{Labels: []prompb.Label{{Name: "trace_id", Value: "x"}}, Value: 0.5, Timestamp: 1015_250},
		{Labels: []prompb.Label{{Name: "trace_id", Value: "w"}}, Value: 0.25, Timestamp: 1001_000},
	}
	ended := series("__name__=up,job=b", 1000, 5)
	ended.Samples = append(ended.Samples, prompb.Sample{Timestamp: 1010_000, Value: math.Float64frombits(value.StaleNaN)})
	return &prompb.WriteRequest{
		Timeseries: []prompb.TimeSeries{a, ended,
			series("__name__=odd,kind=inf", 1000, math.Inf(1)), series("__name__=odd,kind=tiny", 1000, 1e-7), series("__name__=odd,kind=huge", 1000, 1e21),
			series("__name__=http_total,code=200", 1000, 10, 1030, 40, 1060, 70)},
		Metadata: []prompb.MetricMetadata{
			{MetricFamilyName: "up", Type: prompb.MetricMetadata_GAUGE, Help: "whether \"it\" is", Unit: ""},
			{MetricFamilyName: "http_total", Type: prompb.MetricMetadata_COUNTER, Help: "requests", Unit: "requests"},
		},
	}
}

// TestAnswers asks by GET and by POST, where the API has it, and compares whole bodies with what Prometheus answers.
func TestAnswers(t *testing.T) {
	m := metrics.StartT(t)
	push(t, m, "", stored())
	ok := func(data string) string { return `{"status":"success","data":` + data + `}` }
	bad := func(kind, text string) string {
		return `{"status":"error","errorType":"` + kind + `","error":"` + text + `"}`
	}
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"query?query=up{job=\"a\"}&time=1015.5", 200, ok(`{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},"value":[1015.500,"0"]}]}`)},
		{"query?query=sum(up)&time=1005", 200, ok(`{"resultType":"vector","result":[{"metric":{},"value":[1005,"6"]}]}`)},
		{"query?query=count(up)&time=1011", 200, ok(`{"resultType":"vector","result":[{"metric":{},"value":[1011,"1"]}]}`)}, // b is stale
		{"query?query=up&time=1400", 200, ok(`{"resultType":"vector","result":[]}`)},                                        // beyond the lookback
		{"query?query=up&time=1400&lookback_delta=10m", 200, ok(`{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},"value":[1400,"0"]}]}`)},
		{"query?query=odd&time=1000&limit=2", 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"odd","kind":"inf"},"value":[1000,"+Inf"]},{"metric":{"__name__":"odd","kind":"tiny"},"value":[1000,"1e-07"]}]},"warnings":["results truncated due to limit"]}`},
		{"query?query=odd{kind=\"huge\"}&time=1000", 200, ok(`{"resultType":"vector","result":[{"metric":{"__name__":"odd","kind":"huge"},"value":[1000,"1e+21"]}]}`)},
		{"query?query=up{job=\"a\"}[1m]&time=1970-01-01T00:17:00Z", 200, ok(`{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},"values":[[1000,"1"],[1015,"0"]]}]}`)},
		{"query?query=1/4&time=-0.5", 200, ok(`{"resultType":"scalar","result":[-0.500,"0.25"]}`)},
		{"query?query=\"a\\\"b\"&time=1", 200, ok(`{"resultType":"string","result":[1,"a\"b"]}`)},
		{"query?query=rate(http_total[1m])&time=1060", 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"code":"200"},"value":[1060,"1"]}]}}`},
		{"query?query=rate(up{job=\"a\"}[1m])&time=1015", 200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a","zone":"\u003cnorth\u003e"},"value":[1015,"0"]}]},"infos":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"up\" (1:6)"]}`},
		{"query?query=up{", 400, bad("bad_data", `invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces`)},
		{"query?query=", 400, bad("bad_data", `invalid parameter \"query\": unknown position: parse error: no expression found in input`)},
		{"query?query=up&time=noon", 400, bad("bad_data", `invalid parameter \"time\": invalid time value for 'time': cannot parse \"noon\" to a valid timestamp`)},
		{"query?query=up&timeout=soon", 400, bad("bad_data", `invalid parameter \"timeout\": cannot parse \"soon\" to a valid duration`)},
		{"query?query=up&limit=-1", 400, bad("bad_data", `invalid parameter \"limit\": limit must be non-negative`)},
		{"query?query=up%2Bon()up&time=1000", 422, "many-to-many matching not allowed"},
		{"query?query=up&timeout=0", 200, ""},
		{"query_range?query=http_total&start=1000&end=1060&step=30", 200, ok(`{"resultType":"matrix","result":[{"metric":{"__name__":"http_total","code":"200"},"values":[[1000,"10"],[1030,"40"],[1060,"70"]]}]}`)},
		{"query_range?query=http_total&start=1000&end=900&step=30", 400, bad("bad_data", `invalid parameter \"end\": end timestamp must not be before start time`)},
		{"query_range?query=http_total&start=1000&end=1060&step=0", 400, bad("bad_data", `invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer`)},
		{"query_range?query=http_total&start=0&end=1060000&step=1", 400, bad("bad_data", `exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)`)},
		{"query_range?query=http_total&end=1060&step=1", 400, bad("bad_data", `invalid parameter \"start\": cannot parse \"\" to a valid timestamp`)},
		{"query_range?query=http_total&start=1&end=1060&step=1y1", 400, bad("bad_data", `invalid parameter \"step\": cannot parse \"1y1\" to a valid duration`)},
		{"labels", 200, ok(`["__name__","code","job","kind","zone"]`)},
		{"labels?match[]=up&match[]=http_total", 200, ok(`["__name__","code","job","zone"]`)},
		{"labels?limit=1", 200, `{"status":"success","data":["__name__"],"warnings":["results truncated due to limit"]}`},
		{"labels?start=2000", 200, ok(`[]`)},
		{"labels?match[]={a=\"\"}", 400, bad("bad_data", `invalid parameter \"match[]\": match[] must contain at least one non-empty matcher`)},
		{"series?match[]=up&match[]={job=\"b\"}", 200, ok(`[{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},{"__name__":"up","job":"b"}]`)},
		{"series?match[]=up&end=900", 200, ok(`[]`)},
		{"series", 400, bad("bad_data", `no match[] parameter provided`)},
		{"query_exemplars?query=rate(up[1m])", 200, ok(`[{"seriesLabels":{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},"exemplars":[{"labels":{"trace_id":"w"},"value":"0.25","timestamp":1001},{"labels":{"trace_id":"x"},"value":"0.5","timestamp":1015.250}]}]`)},
		{"query_exemplars?query=up&start=1010&end=1020", 200, ok(`[{"seriesLabels":{"__name__":"up","job":"a","zone":"\u003cnorth\u003e"},"exemplars":[{"labels":{"trace_id":"x"},"value":"0.5","timestamp":1015.250}]}]`)},
		{"format_query?query=sum(up)by(job)", 200, ok(`"sum by (job) (up)"`)},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, body := ask(t, m, method, "", test.path)
			exact := strings.HasPrefix(test.want, "{")
			if status != test.status || exact && body != test.want || !strings.Contains(body, test.want) {
				t.Errorf("%s %s is answered %d\n got %s\nwant %s", method, test.path, status, body, test.want)
			}
		}
	}
	for path, want := range map[string]string{
		"label/job/values":             ok(`["a","b"]`),
		"label/job/values?match[]=odd": ok(`[]`),
		"label/U__job/values?limit=1":  `{"status":"success","data":["a"],"warnings":["results truncated due to limit"]}`,
		"metadata":                     ok(`{"http_total":[{"type":"counter","help":"requests","unit":"requests"}],"up":[{"type":"gauge","help":"whether \"it\" is","unit":""}]}`),
		"metadata?metric=up":           ok(`{"up":[{"type":"gauge","help":"whether \"it\" is","unit":""}]}`),
		"metadata?limit=0":             ok(`{}`),
		"rules":                        ok(`{"groups":[]}`),
		"alerts":                       ok(`{"alerts":[]}`),
	} {
		if _, body := ask(t, m, http.MethodGet, "", path); body != want {
			t.Errorf("GET %s\n got %s\nwant %s", path, body, want)
		}
	}
	if status, _ := ask(t, m, http.MethodPost, "", "label/job/values"); status != http.StatusMethodNotAllowed {
		t.Errorf("POST of label values is answered %d", status)
	}
	if status, _ := ask(t, m, http.MethodGet, "", "nothing"); status != http.StatusNotFound {
		t.Errorf("an unknown path is answered %d", status)
	}
}

// TestHistogram: native histograms come back with the buckets that were sent.
func TestHistogram(t *testing.T) {
	m := metrics.StartT(t)
	whole := series("__name__=latency,kind=whole")
	whole.Histograms = []prompb.Histogram{{
		Timestamp: 1000_000, Schema: 0, Sum: 12.5, ZeroThreshold: 0.001, Count: &prompb.Histogram_CountInt{CountInt: 7},
		ZeroCount: &prompb.Histogram_ZeroCountInt{ZeroCountInt: 1}, PositiveSpans: []prompb.BucketSpan{{Offset: 1, Length: 2}}, PositiveDeltas: []int64{2, 2},
	}}
	broken := series("__name__=latency,kind=broken") // fewer buckets than its spans tell
	broken.Histograms = []prompb.Histogram{{Timestamp: 1000_000, PositiveSpans: []prompb.BucketSpan{{Length: 9}}, Count: &prompb.Histogram_CountInt{CountInt: 7}}}
	fraction := series("__name__=latency,kind=fraction")
	fraction.Histograms = []prompb.Histogram{{
		Timestamp: 1000_000, Schema: -53, Sum: 3, Count: &prompb.Histogram_CountFloat{CountFloat: 1.5}, CustomValues: []float64{1},
		PositiveSpans: []prompb.BucketSpan{{Length: 2}}, PositiveCounts: []float64{0.5, 1},
	}}
	push(t, m, "", write(whole, broken, fraction))
	_, body := ask(t, m, http.MethodGet, "", "query?query=latency&time=1000")
	for _, want := range []string{
		`{"metric":{"__name__":"latency","kind":"whole"},"histogram":[1000,{"count":"7","sum":"12.5","buckets":[[3,"-0.001","0.001","1"],[0,"1","2","2"],[0,"2","4","4"]]}]}`,
		`{"metric":{"__name__":"latency","kind":"fraction"},"histogram":[1000,{"count":"1.5","sum":"3","buckets":[[3,"-Inf","1","0.5"],[0,"1","+Inf","1"]]}]}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("got %s\nwant %s", body, want)
		}
	}
	if strings.Contains(body, "broken") {
		t.Errorf("a histogram that is none is shown: %s", body)
	}
	if got := metrics.Value(t, m, `histogram_count(latency{kind="whole"} @ 1000)`); got != 7 {
		t.Errorf("the count is %v", got)
	}
	_, body = ask(t, m, http.MethodGet, "", "query_range?query=latency{kind=\"whole\"}&start=1000&end=1010&step=10")
	if want := `"histograms":[[1000,{"count":"7",`; !strings.Contains(body, want) {
		t.Errorf("got %s\nwant %s", body, want)
	}
}

// TestTenants: each sees its own; several can be asked for together; AllTenants shows everything to who names none.
func TestTenants(t *testing.T) {
	m := mimir.StartT(t)
	metrics.Attach(m)
	for _, tenant := range []string{"one", "two"} {
		push(t, m, tenant, write(series("__name__=up,of="+tenant, 1000, 1)))
	}
	const all = `{"__name__":"up","__tenant_id__":"one","of":"one"},{"__name__":"up","__tenant_id__":"two","of":"two"}`
	check := func(tenant, path, want string) {
		t.Helper()
		if _, body := ask(t, m, http.MethodGet, tenant, path); !strings.Contains(body, want) {
			t.Errorf("tenant %q, %s\n got %s\nwant %s", tenant, path, body, want)
		}
	}
	check("one", "series?match[]=up", `[{"__name__":"up","of":"one"}]`)
	check("two|one|two", "series?match[]=up", "["+all+"]")
	check("one|two", `series?match[]=up{__tenant_id__="two"}`, `[{"__name__":"up","__tenant_id__":"two","of":"two"}]`)
	check("", "query?query=up&time=1000", `"result":[]},"warnings":["this fake holds nothing of tenant \"\" (the header X-Scope-OrgID), but of: \"one\", \"two\""]`)
	metrics.Attach(m, metrics.Options{AllTenants: true})
	check("", "series?match[]=up", "["+all+"]")
	check("", "query?query=sum+by(__tenant_id__)(up)&time=1000", `{"metric":{"__tenant_id__":"two"},"value":[1000,"1"]}`)

	strict := metrics.StartT(t, mimir.Options{Strict: true})
	if status, body := ask(t, strict, http.MethodGet, "", "labels"); status != http.StatusUnauthorized || body != "no org id\n" {
		t.Errorf("a strict fake answers %d %q to nobody", status, body)
	}
}

// TestDisorder: what came out of order is shown in order, and of two values for one moment the one accepted last.
func TestDisorder(t *testing.T) {
	m := metrics.StartT(t)
	push(t, m, "", write(series("b=2,__name__=up,a=1,a=9,empty=", 1030, 3, 1000, 1)))
	push(t, m, "", write(series("__name__=up,a=1,b=2", 1015, 2, 1000, 7)))
	_, body := ask(t, m, http.MethodGet, "", "query?query=up[1m]&time=1030")
	if want := `[{"metric":{"__name__":"up","a":"1","b":"2"},"values":[[1000,"7"],[1015,"2"],[1030,"3"]]}]`; !strings.Contains(body, want) {
		t.Errorf("got %s\nwant %s", body, want)
	}
}

// TestForgotten: what the fake forgot, or its journal dropped, is gone; what was refused was never there.
func TestForgotten(t *testing.T) {
	m := metrics.StartT(t, mimir.Options{Options: server.Options{Journal: journal.Limits{MaxEntries: 2}, Replies: "503 200*"}})
	count := func() string {
		_, body := ask(t, m, http.MethodGet, "", "query?query=count_over_time(up[1h])&time=1100")
		_, after, _ := strings.Cut(body, `"value":[1100,`)
		return strings.TrimRight(after, "]}")
	}
	message := write(series("__name__=up", 1000, 1))
	r, err := http.Post(m.PushURL(), "", strings.NewReader("refused"))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if got := count(); got != "" {
		t.Errorf("counted %s before anything was accepted", got)
	}
	for i := range 4 {
		message.Timeseries[0].Samples[0].Timestamp = 1000_000 + int64(i)*1000
		push(t, m, "", message)
		if got, want := count(), fmt.Sprintf("%q", fmt.Sprint(min(i+1, 2))); got != want {
			t.Errorf("after %d pushes there are %s samples, want %s", i+1, got, want)
		}
	}
	m.Forget()
	if _, body := ask(t, m, http.MethodGet, "", "labels"); body != `{"status":"success","data":[]}` {
		t.Errorf("after Forget there are the labels %s", body)
	}
}

// TestRecorded: queries are on record under their own kind, can be scripted, and count for nothing that waits for pushes.
func TestRecorded(t *testing.T) {
	m := metrics.StartT(t)
	if err := m.Replies().Play("kind=query: 503 200"); err != nil {
		t.Fatal(err)
	}
	push(t, m, "", stored())
	for _, want := range []int{503, 200} {
		if status, _ := ask(t, m, http.MethodPost, "", "query?query=up"); status != want {
			t.Errorf("the query was answered %d, want %d", status, want)
		}
	}
	kinds := ""
	for _, e := range m.Exchanges() {
		kinds += e.Kind + " "
	}
	if kinds != "samples query query " || m.Counts().Requests != 1 || m.Accepted().Requests() != 1 {
		t.Errorf("recorded %q, counted %+v", kinds, m.Counts())
	}
}

// TestTimeout: a query that takes too long is answered as one.
func TestTimeout(t *testing.T) {
	m := metrics.StartT(t)
	push(t, m, "", write(series("__name__=up", 1000, 1)))
	status, body := ask(t, m, http.MethodGet, "", "query_range?query=up&start=1000&end=1010&step=1&timeout=-1")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, `"errorType":"timeout"`) {
		t.Errorf("answered %d %s", status, body)
	}
}

// TestVirtual runs fake, queries and a day of lookback in virtual time.
func TestVirtual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		m := metrics.StartT(t, mimir.Options{Options: server.Options{Listen: network.Listen, Addr: "mimir.test:80"}})
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		if err := send(client, m.PushURL(), "", write(series("__name__=up", float64(time.Now().Unix()), 4))); err != nil {
			t.Fatal(err)
		}
		if got := metrics.Value(t, m, "up"); got != 4 {
			t.Errorf("up is %v", got)
		}
		time.Sleep(24 * time.Hour)
		response, err := client.Get(m.URL() + "/prometheus/api/v1/query?query=up")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if response.Body.Close(); err != nil || !strings.Contains(string(body), `"result":[]`) {
			t.Errorf("a day later: %s (%v)", body, err)
		}
		if got := metrics.Value(t, m, "count_over_time(up[25h])"); got != 1 {
			t.Errorf("over the day there are %v samples", got)
		}
	})
}

// TestMeanwhile asks while others push: a query sees one state of the data, and nothing that was there is missing.
func TestMeanwhile(t *testing.T) {
	m := metrics.StartT(t)
	const pushes = 50
	var pushing sync.WaitGroup
	for worker := range 2 {
		pushing.Go(func() {
			for i := range pushes {
				own := series(fmt.Sprintf("__name__=up,worker=%d", worker), 1000+float64(i)/10, 1)
				if err := send(http.DefaultClient, m.PushURL(), "", write(own, series("__name__=up,worker=x", 1000+float64(i%7), 1))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		_, body := ask(t, m, http.MethodGet, "", "query?query=sum(count_over_time(up[1h]))-sum(count_over_time(up[1h]))&time=1100")
		if !strings.Contains(body, `"result":[]`) && !strings.Contains(body, `"value":[1100,"0"]`) {
			t.Errorf("one query saw two states: %s", body)
		}
	}
	pushing.Wait()
	if got := metrics.Value(t, m, `sum(count_over_time(up{worker=~"0|1"}[1h] @ 1100))`); got != 2*pushes {
		t.Errorf("there are %v samples, want %d", got, 2*pushes)
	}
}
