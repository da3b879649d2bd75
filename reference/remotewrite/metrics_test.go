package remotewrite

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// documented are the metrics of prometheus.remote_write@v0.32 with their types.
var documented = map[string]string{
	"agent_wal_storage_active_series":                                "GAUGE",
	"agent_wal_storage_deleted_series":                               "GAUGE",
	"agent_wal_storage_created_series_total":                         "COUNTER",
	"agent_wal_storage_removed_series_total":                         "COUNTER",
	"agent_wal_samples_appended_total":                               "COUNTER",
	"agent_wal_exemplars_appended_total":                             "COUNTER",
	"prometheus_remote_storage_samples_total":                        "COUNTER",
	"prometheus_remote_storage_exemplars_total":                      "COUNTER",
	"prometheus_remote_storage_metadata_total":                       "COUNTER",
	"prometheus_remote_storage_samples_failed_total":                 "COUNTER",
	"prometheus_remote_storage_exemplars_failed_total":               "COUNTER",
	"prometheus_remote_storage_metadata_failed_total":                "COUNTER",
	"prometheus_remote_storage_samples_retries_total":                "COUNTER",
	"prometheus_remote_storage_exemplars_retried_total":              "COUNTER",
	"prometheus_remote_storage_metadata_retried_total":               "COUNTER",
	"prometheus_remote_storage_samples_dropped_total":                "COUNTER",
	"prometheus_remote_storage_exemplars_dropped_total":              "COUNTER",
	"prometheus_remote_storage_enqueue_retries_total":                "COUNTER",
	"prometheus_remote_storage_sent_batch_duration_seconds":          "HISTOGRAM",
	"prometheus_remote_storage_queue_highest_sent_timestamp_seconds": "GAUGE",
	"prometheus_remote_storage_samples_pending":                      "GAUGE",
	"prometheus_remote_storage_exemplars_pending":                    "GAUGE",
	"prometheus_remote_storage_shard_capacity":                       "GAUGE",
	"prometheus_remote_storage_shards":                               "GAUGE",
	"prometheus_remote_storage_shards_min":                           "GAUGE",
	"prometheus_remote_storage_shards_max":                           "GAUGE",
	"prometheus_remote_storage_shards_desired":                       "GAUGE",
	"prometheus_remote_storage_bytes_total":                          "COUNTER",
	"prometheus_remote_storage_metadata_bytes_total":                 "COUNTER",
	"prometheus_remote_storage_max_samples_per_send":                 "GAUGE",
	"prometheus_remote_storage_samples_in_total":                     "COUNTER",
	"prometheus_remote_storage_exemplars_in_total":                   "COUNTER",
	// Not on the page: what its samples_retries_total is really called elsewhere.
	"prometheus_remote_storage_samples_retried_total": "COUNTER",
	// Not on the page either: native histograms.
	"prometheus_remote_storage_histograms_total":         "COUNTER",
	"prometheus_remote_storage_histograms_failed_total":  "COUNTER",
	"prometheus_remote_storage_histograms_retried_total": "COUNTER",
	"prometheus_remote_storage_histograms_dropped_total": "COUNTER",
	"prometheus_remote_storage_histograms_pending":       "GAUGE",
	"prometheus_remote_storage_histograms_in_total":      "COUNTER",
}

func TestAllDocumentedMetricsAreThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		families, err := a.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, f := range families {
			found[f.GetName()] = f.GetType().String()
		}
		if !maps.Equal(found, documented) {
			t.Errorf("got %v\nwant %v", slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(documented)))
		}
		a.stop()
	})
}

func TestMetricsTellWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), `endpoint {
  name = "n"
  url  = "http://user:hunter2@mimir:9009/push"
  queue_config {
    max_samples_per_send = 10
    min_shards           = 2
    max_shards           = 9
    capacity             = 50
  }
}`)
		const labels = "{remote_name=n,url=http://user:xxxxx@mimir:9009/push}"
		const p = "prometheus_remote_storage_"
		check := func(when string, want map[string]float64) {
			t.Helper()
			m := a.metrics()
			for name, v := range want {
				key := name + labels
				if strings.HasPrefix(name, "agent_wal_") || strings.HasSuffix(name, "_in_total") {
					key = name
				} else if rest, ok := strings.CutSuffix(name, " count"); ok {
					key = rest + labels + " count"
				}
				if got, ok := m[key]; !ok || got != v {
					t.Errorf("%s: %s is %v (there: %v), want %v", when, key, got, ok, v)
				}
			}
		}
		check("at the start", map[string]float64{p + "shards": 2, p + "shards_desired": 2, p + "samples_total": 0})
		l := layout(20)
		time.Sleep(250 * time.Millisecond)
		a.append(l, 1)
		time.Sleep(10 * time.Second)
		check("when quiet", map[string]float64{
			p + "samples_total": 20, p + "samples_in_total": 20, p + "samples_pending": 0, p + "samples_failed_total": 0,
			p + "samples_retries_total": 0, p + "samples_dropped_total": 0, p + "enqueue_retries_total": 0,
			p + "shards": 2, p + "shards_min": 2, p + "shards_max": 9, p + "shard_capacity": 50,
			p + "max_samples_per_send": 10, "agent_wal_samples_appended_total": 20, "agent_wal_storage_active_series": 20,
			p + "queue_highest_sent_timestamp_seconds": float64(time.Now().Unix() - 10),
			p + "sent_batch_duration_seconds count":    2,
		})
		mimir.set(400)
		a.append(l, 2)
		time.Sleep(10 * time.Second)
		check("after a refusal", map[string]float64{p + "samples_failed_total": 20, p + "samples_total": 20, p + "samples_pending": 0})
		mimir.set(503)
		a.append(l, 3)
		time.Sleep(10 * time.Second)
		check("in an outage", map[string]float64{p + "samples_pending": 20, p + "samples_total": 20})
		if m := a.metrics(); m[p+"samples_retries_total"+labels] < 50 || m[p+"samples_retries_total"+labels] != m[p+"samples_retried_total"+labels] {
			t.Errorf("retried %v and %v", m[p+"samples_retries_total"+labels], m[p+"samples_retried_total"+labels])
		}
		mimir.set(200)
		time.Sleep(10 * time.Second)
		check("after it", map[string]float64{p + "samples_pending": 0, p + "samples_total": 40, p + "samples_in_total": 60})
		a.stop()
	})
}
