package remotewrite

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestStoppingSendsWhatIsKnownOfMetrics stops before the first interval is over, and again when nothing is new.
func TestStoppingSendsWhatIsKnownOfMetrics(t *testing.T) {
	inMemory(t, "", func(s *stage) {
		s.everything(1)
		time.Sleep(10 * time.Second)
		s.expect("before the interval is over", "2 samples, 0 histograms, 1 exemplars, 0 metadata")
		s.stop()
		s.expect("after stopping", "2 samples, 0 histograms, 1 exemplars, 3 metadata")
	})
	inMemory(t, "", func(s *stage) {
		s.everything(1)
		time.Sleep(70 * time.Second)
		s.expect("after one interval", "2 samples, 0 histograms, 1 exemplars, 3 metadata")
		before := s.metrics()["prometheus_remote_storage_metadata_total{remote_name=m,url=http://mimir:9009/push}"]
		s.stop()
		after := s.metrics()["prometheus_remote_storage_metadata_total{remote_name=m,url=http://mimir:9009/push}"]
		if before != 3 || after != 3 {
			t.Errorf("%v entries were sent, %v after stopping, want 3 and no more", before, after)
		}
	})
}

// TestWhatGrewTooOldWhileStoppedIsNotSent starts again on a log that was not delivered, after less and after more than
// max_keepalive_time, and looks long before the first clean-up.
func TestWhatGrewTooOldWhileStoppedIsNotSent(t *testing.T) {
	for away, want := range map[time.Duration]int{59 * time.Minute: 3, 61 * time.Minute: 0} {
		synctest.Test(t, func(t *testing.T) {
			w, dir := newWorld(t), t.TempDir()
			b := w.serve("backend:80", 0)
			const body = "endpoint {\n url = \"http://backend/\"\n}\nwal {\n max_keepalive_time = \"1h\"\n}"
			a := w.run(dir, body)
			a.append(layout(3), 1)
			a.stop()
			time.Sleep(away)
			b.set(200)
			a = w.run(dir, body)
			time.Sleep(10 * time.Second)
			if got := b.count(); got != want {
				t.Errorf("after %s %d samples arrived, want %d", away, got, want)
			}
			a.stop()
		})
	}
}

// TestWhatComesInIsSent holds the sum that the metrics promise: with one endpoint and nothing dropped, what came in was sent
// and nothing is pending once it is quiet.
func TestWhatComesInIsSent(t *testing.T) {
	inMemory(t, "send_native_histograms = true", func(s *stage) {
		for i := range 30 {
			s.everything(i)
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		for kind, want := range map[string]float64{"samples": 60, "histograms": 30, "exemplars": 30} {
			s.counts("once it is quiet", map[string]float64{
				kind + "_in_total": want, kind + "_total": want, kind + "_pending": 0,
				kind + "_failed_total": 0, kind + "_dropped_total": 0, kind + "_retried_total": 0,
			})
		}
		s.expect("once it is quiet", "60 samples, 30 histograms, 30 exemplars, 0 metadata")
	})
}
