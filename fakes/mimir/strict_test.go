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
		{"no name", series(now, 1, ""), 400, "received series has no metric name (err-mimir-missing-metric-name)"},
		{"many labels", series(now, 1, "up", "a", "1", "b", "2", "c", "3"), 400, "(actual: 4, limit: 3) series: 'up{a=\"1\", b=\"2\", c=\"3\"}' (err-mimir-max-label-names-per-series)"},
		{"long value", series(now, 1, "up", "a", "01234567890"), 400, "(err-mimir-label-value-too-long). To adjust the related per-tenant limit, configure -validation.max-length-label-value,"},
		{"unsorted", unsorted, 400, "(err-mimir-labels-not-sorted)"},
		{"twice", series(now, 1, "up", "a", "1", "a", "2"), 400, "(err-mimir-duplicate-label-names)"},
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
	if response.StatusCode != 400 || !strings.Contains(text, "beyond the out-of-order time window of 1m0s (err-mimir-sample-timestamp-too-old)") {
		t.Errorf("beyond the window: answered %d: %s", response.StatusCode, text)
	}
}
