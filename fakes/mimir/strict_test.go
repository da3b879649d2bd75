package mimir_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

func TestStrict(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Strict: true, Limits: mimir.Limits{LabelNames: 3, LabelValueLength: 10}})
	now := time.Now().UnixMilli()
	unsorted := series(now, 1, "up", "b", "1", "a", "2")
	tests := []struct {
		name   string
		series prompb.TimeSeries
		status int
		text   string
	}{
		{"good", series(now, 1, "up", "a", "1"), 200, ""},
		{"same again", series(now, 1, "up", "a", "1"), 200, ""},
		{"other value", series(now, 2, "up", "a", "1"), 400, "another sample with the same timestamp, but a different value, has already been ingested (err-mimir-sample-duplicate-timestamp)"},
		{"older", series(now-1000, 1, "up", "a", "1"), 400, "out-of-order samples are not allowed (err-mimir-sample-out-of-order). The affected sample has timestamp "},
		{"older of another series", series(now-1000, 1, "up", "a", "2"), 200, ""},
		{"newer", series(now+1, 1, "up", "a", "1"), 200, ""},
		{"future", series(now+3_600_000, 1, "up"), 400, "too far in the future"},
		{"empty name", series(now, 1, ""), 400, "received a series with invalid metric name: ''"},
		{"no name", prompb.TimeSeries{Labels: unsorted.Labels[1:], Samples: unsorted.Samples}, 400, "received series has no metric name (err-mimir-missing-metric-name)"},
		{"many labels", series(now, 1, "up", "a", "1", "b", "2", "c", "3"), 400, "(actual: 4, limit: 3) series: 'up{a=\"1\", b=\"2\", c=\"3\"}' (err-mimir-max-label-names-per-series)"},
		{"long value", series(now, 1, "up", "a", "01234567890"), 400, "(err-mimir-label-value-too-long). To adjust the related per-tenant limit, configure -validation.max-length-label-value,"},
		{"unsorted", unsorted, 400, "(err-mimir-labels-not-sorted)"},
		{"twice", series(now, 1, "up", "a", "1", "a", "2"), 400, "(err-mimir-duplicate-label-names)"},
		{"dotted name", series(now, 1, "http.requests"), 400, "received a series with invalid metric name: 'http.requests' (err-mimir-metric-name-invalid)"},
		{"foreign name", series(now, 1, "größe"), 400, "invalid metric name: 'gre (non-ascii characters removed)'"},
		{"dotted label", series(now, 1, "up", "a.b", "1"), 400, "received a series with an invalid label: 'a.b' series: 'up{"},
		{"recorded name", series(now, 1, "job:up:sum"), 200, ""},
		{"colon in a label", series(now, 1, "up", "a:b", "1"), 400, "(err-mimir-label-invalid)"},
		{"info with many labels", series(now, 1, "build_info", "a", "1", "b", "2", "c", "3"), 200, ""},
		{"bad UTF-8", series(now, 1, "up", "a", "\xff"), 400, "(err-mimir-label-value-invalid)"},
	}
	for _, test := range tests {
		response, text := push(t, m, test.series)
		if response.StatusCode != test.status || !strings.Contains(text, test.text) {
			t.Errorf("%s: answered %d: %s\nwant %d: %s", test.name, response.StatusCode, text, test.status, test.text)
		}
	}
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(now, 1, "up")}}))
	if response, text := post(t, m.PushURL(), body); response.StatusCode != 401 || text != "no org id\n" {
		t.Errorf("without a tenant: answered %d: %s", response.StatusCode, text)
	}
	m.Replies().ThenStatus(200)
	if response, _ := post(t, m.PushURL(), body); response.StatusCode != 200 {
		t.Error("a script that asks for 200 does not get it")
	}
}

func TestStrictOutOfOrderWindow(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Strict: true, Limits: mimir.Limits{OutOfOrder: time.Minute}})
	now := time.Now().UnixMilli()
	push(t, m, series(now, 1, "up"))
	if response, text := push(t, m, series(now-60_000, 1, "up")); response.StatusCode != 200 {
		t.Errorf("within the window: answered %d: %s", response.StatusCode, text)
	}
	response, text := push(t, m, series(now-60_001, 1, "up"))
	if response.StatusCode != 400 || !strings.Contains(text, "beyond the out-of-order time window of 1m (err-mimir-sample-timestamp-too-old)") {
		t.Errorf("beyond the window: answered %d: %s", response.StatusCode, text)
	}
}

func TestStrictLimitsHowManySeries(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Strict: true, Limits: mimir.Limits{Series: 2}})
	now := time.Now().UnixMilli()
	for i, all := range [][]prompb.TimeSeries{
		{series(now, 1, "a"), series(now, 1, "b")},
		{series(now+1, 1, "a"), series(now+1, 1, "b")}, // known already
		{series(now+2, 1, "a"), series(now+2, 1, "c")},
	} {
		response, text := push(t, m, all...)
		want, words := 200, ""
		if i == 2 {
			want, words = 400, "failed pushing to ingester fake: user=one: per-user series limit of 2 exceeded (err-mimir-max-series-per-user). "+
				"To adjust the related per-tenant limit, configure -ingester.max-global-series-per-user, or contact your service administrator.\n"
		}
		if response.StatusCode != want || text != words {
			t.Errorf("push %d: answered %d: %s", i, response.StatusCode, text)
		}
	}
	m.Forget()
	if response, text := push(t, m, series(now, 1, "c")); response.StatusCode != 200 {
		t.Errorf("after Forget: answered %d: %s", response.StatusCode, text)
	}
}

func TestStrictLimitsRate(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Strict: true, Limits: mimir.Limits{IngestionRate: 0.001, IngestionBurst: 2}})
	now := time.Now().UnixMilli()
	for _, step := range []struct {
		n, status int
		text      string
	}{
		{3, 429, "exceeded the ingestion burst size limit, set to 2, with 3 items."},
		{2, 200, ""},
		{1, 429, "exceeded the ingestion rate limit, set to 0.001 items/s with a maximum allowed burst of 2. This limit is applied on the total number " +
			"of samples, exemplars and metadata received across all distributors (err-mimir-tenant-max-ingestion-rate). To adjust the related per-tenant " +
			"limits, configure -distributor.ingestion-rate-limit and -distributor.ingestion-burst-size, or contact your service administrator.\n"},
	} {
		var all []prompb.TimeSeries
		for i := range step.n {
			all = append(all, series(now, 1, "up", "i", string(rune('a'+i))))
		}
		body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: all}))
		response, text := post(t, m.PushURL(), body, "X-Scope-OrgID", "one", "Retry-Attempt", "3")
		if response.StatusCode != step.status || !strings.Contains(text, step.text) {
			t.Errorf("%d items: answered %d: %s", step.n, response.StatusCode, text)
		}
		if after := response.Header.Get("Retry-After"); after != map[int]string{429: "24"}[step.status] {
			t.Errorf("%d: Retry-After is %q", response.StatusCode, after)
		}
	}
}

func TestStrictnessChangesWhileRunning(t *testing.T) {
	m := mimir.StartT(t)
	now := time.Now().UnixMilli()
	unnamed := series(now, 1, "")
	status := func() int {
		response, _ := push(t, m, unnamed)
		return response.StatusCode
	}
	lenient := status()
	m.SetStrict(true)
	strict := status()
	m.SetLimits(mimir.Limits{LabelNames: 1})
	limited, _ := push(t, m, series(now, 1, "up", "a", "b"))
	m.SetLimits(mimir.Limits{LabelNames: 1, UTF8Names: true})
	if response, text := push(t, m, series(now, 1, "größe.m")); response.StatusCode != 200 {
		t.Errorf("a name in UTF-8 is answered %d: %s", response.StatusCode, text)
	}
	m.SetStrict(false)
	if got := [4]int{lenient, strict, limited.StatusCode, status()}; got != [4]int{200, 400, 400, 200} {
		t.Errorf("answered %v", got)
	}
	if l := m.Limits(); l.LabelNames != 1 || l.LabelNameLength != 1024 || m.Strict() {
		t.Errorf("limits are %+v", l)
	}
}

func TestCountingChangesWhileRunning(t *testing.T) {
	m := mimir.StartT(t)
	body := snappy.Encode(nil, marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(1, 1, "a")}}))
	counted := make(chan error, 1)
	go func() {
		counted <- m.WaitForCounts(t.Context(), func(n mimir.Counts) bool { return n.Requests == 3 })
	}()
	post(t, m.PushURL(), body)
	m.WaitFor(t.Context(), mimir.Requests(1))
	m.SetDiscard(true)
	post(t, m.PushURL(), body)
	if !m.Discards() || m.Accepted().Requests() != 1 || len(m.Exchanges()) != 1 {
		t.Errorf("counting: %d kept, %d on record", m.Accepted().Requests(), len(m.Exchanges()))
	}
	m.SetDiscard(false)
	post(t, m.PushURL(), body)
	m.WaitFor(t.Context(), mimir.Requests(2))
	if err := <-counted; err != nil || m.Accepted().Requests() != 2 || m.Counts().Samples != 3 || len(m.Exchanges()) != 2 {
		t.Errorf("recording again: %d kept, %+v, %d on record, %v", m.Accepted().Requests(), m.Counts(), len(m.Exchanges()), err)
	}
}
