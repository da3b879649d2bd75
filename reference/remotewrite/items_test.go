package remotewrite

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// stage is a fake Mimir, and an agent on the same network.
type stage struct {
	*agent
	mimir *mimir.Server
}

// inMemory plays with an endpoint whose block has these further lines.
func inMemory(t *testing.T, endpoint string, play func(*stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		fake, err := mimir.Start(mimir.Options{Options: server.Options{Listen: network.Listen, Addr: "mimir:9009"}})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		w.network = network.Dial
		s := &stage{mimir: fake}
		s.agent = w.run(t.TempDir(), "endpoint {\n name = \"m\"\n url = \"http://mimir:9009/push\"\n"+endpoint+"\n}")
		play(s)
		s.stop()
		fake.Close()
	})
}

// everything appends a sample of two counters with an exemplar for the first, and a native histogram.
func (s *stage) everything(n int) {
	s.t.Helper()
	h := prompb.FromIntHistogram(0, &histogram.Histogram{
		Schema: 1, Count: uint64(n), Sum: 1.5, PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []int64{int64(n)},
	})
	text, err := h.Marshal()
	if err != nil {
		s.t.Fatal(err)
	}
	now := time.Now().UnixMilli()
	counters := layoutOf("requests_total", "jobs_total")
	counters.Metadata = []column.Metadata{
		{Family: "requests", Type: "counter", Help: "Requests."}, {Family: "seconds", Type: "histogram", Unit: "seconds"},
		{Family: "jobs", Type: "counter", Help: fmt.Sprintf("Jobs %d.", n/10)},
	}
	exemplar := column.Exemplar{Labels: []column.Label{{Name: "trace_id", Value: fmt.Sprint(n)}}, Value: 0.25}
	err = s.Exports().(Exports).Receiver.Append(s.t.Context(),
		column.Column{Layout: counters, T: now, Values: []float64{float64(n), 2}},
		column.Column{Layout: layoutOf("seconds"), T: now, Histograms: []column.Histogram{text}},
		column.Column{Layout: counters, T: now, Exemplars: []column.Exemplar{exemplar}, Index: []int{0}, Times: []int64{now - 7}},
	)
	if err != nil {
		s.t.Fatal(err)
	}
}

func layoutOf(metrics ...string) *column.Layout {
	l := &column.Layout{}
	for _, m := range metrics {
		l.Series = append(l.Series, column.Series{Labels: []column.Label{{Name: "__name__", Value: m}, {Name: "job", Value: "j"}}})
	}
	return l
}

// arrived are the numbers of samples, histograms, exemplars and metadata entries that the fake has accepted.
func (s *stage) arrived() string {
	s.t.Helper()
	data := s.mimir.Accepted()
	all, err := data.Series("{}")
	if err != nil {
		s.t.Fatal(err)
	}
	var samples, histograms, exemplars int
	for _, one := range all {
		samples, histograms, exemplars = samples+len(one.Samples), histograms+len(one.Histograms), exemplars+len(one.Exemplars)
	}
	return fmt.Sprintf("%d samples, %d histograms, %d exemplars, %d metadata", samples, histograms, exemplars, len(data.Metadata()))
}

func (s *stage) expect(when, want string) {
	s.t.Helper()
	if got := s.arrived(); got != want {
		s.t.Errorf("%s: %s arrived, want %s", when, got, want)
	}
}

// counts compares metrics of the endpoint; names are without prefix.
func (s *stage) counts(when string, want map[string]float64) {
	s.t.Helper()
	m := s.metrics()
	for name, v := range want {
		key := "prometheus_remote_storage_" + name
		if !strings.HasSuffix(name, "_in_total") {
			key += "{remote_name=m,url=http://mimir:9009/push}"
		}
		if got, there := m[key]; got != v || !there {
			s.t.Errorf("%s: %s is %v, want %v", when, name, got, v)
		}
	}
}

func TestWhatIsSentOfEachKind(t *testing.T) {
	for _, c := range []struct{ endpoint, want string }{
		{"", "2 samples, 0 histograms, 1 exemplars, 0 metadata"},
		{"send_exemplars = false", "2 samples, 0 histograms, 0 exemplars, 0 metadata"},
		{"send_native_histograms = true", "2 samples, 1 histograms, 1 exemplars, 0 metadata"},
		{"send_native_histograms = true\n protobuf_message = \"io.prometheus.write.v2.Request\"", "2 samples, 1 histograms, 1 exemplars, 4 metadata"},
		{"protobuf_message = \"io.prometheus.write.v2.Request\"\n metadata_config {\n send = false\n }", "2 samples, 0 histograms, 1 exemplars, 0 metadata"},
	} {
		t.Run(c.endpoint, func(t *testing.T) {
			inMemory(t, c.endpoint, func(s *stage) {
				s.everything(3)
				time.Sleep(10 * time.Second)
				s.expect("after a flush", c.want)
				var samples, histograms, exemplars, metadata int
				fmt.Sscanf(c.want, "%d samples, %d histograms, %d exemplars, %d", &samples, &histograms, &exemplars, &metadata)
				s.counts("after a flush", map[string]float64{
					"samples_total": float64(samples), "histograms_total": float64(histograms), "exemplars_total": float64(exemplars),
					"samples_pending": 0, "histograms_pending": 0, "exemplars_pending": 0,
					"samples_dropped_total": 0, "histograms_dropped_total": 0, "exemplars_dropped_total": 0,
					"samples_in_total": 2, "histograms_in_total": 1, "exemplars_in_total": 1,
				})
				if v := s.metrics()["agent_wal_exemplars_appended_total"]; v != 1 {
					t.Errorf("agent_wal_exemplars_appended_total is %v, want 1", v)
				}
				series, err := s.mimir.Accepted().Series("requests_total")
				if err != nil || len(series) != 1 || exemplars > 0 && (series[0].Exemplars[0].Value != 0.25 ||
					series[0].Exemplars[0].Labels[0].Value != "3" || series[0].Exemplars[0].Timestamp != series[0].Samples[0].Timestamp-7) {
					t.Errorf("got %+v, %v", series, err)
				}
			})
		})
	}
}

func TestMetadataIsSentOnceAnInterval(t *testing.T) {
	inMemory(t, "metadata_config {\n send_interval = \"30s\"\n max_samples_per_send = 2\n}", func(s *stage) {
		s.everything(3)
		s.mimir.Replies().For(reply.Match{Kind: mimir.KindMetadata}).ThenStatus(503, 200, 400)
		time.Sleep(59 * time.Second)
		s.expect("after one round", "2 samples, 0 histograms, 1 exemplars, 2 metadata")
		s.counts("after one round", map[string]float64{"metadata_total": 2, "metadata_retried_total": 2, "metadata_failed_total": 1})
		time.Sleep(30 * time.Second)
		s.expect("after two rounds", "2 samples, 0 histograms, 1 exemplars, 5 metadata")
		bytes, requests := 0, 0
		for _, r := range s.mimir.Requests() {
			if r.Kind != mimir.KindMetadata {
				continue
			}
			requests++
			if r.Accepted() {
				bytes += len(r.Body)
			}
			if len(r.Metadata) > 2 || len(r.Series) > 0 {
				t.Errorf("a request with %d entries and %d series", len(r.Metadata), len(r.Series))
			}
		}
		if requests != 5 { // 503, 200, 400; 200, 200
			t.Errorf("%d requests with metadata, want 5", requests)
		}
		s.counts("after two rounds", map[string]float64{"metadata_bytes_total": float64(bytes), "metadata_total": 5})
		all := s.mimir.Accepted().Metadata()
		if got := fmt.Sprint(all[len(all)-3:]); got != "[{jobs counter Jobs 0. } {requests counter Requests. } {seconds histogram  seconds}]" {
			t.Errorf("got %s", got)
		}
	})
}

func TestWriteRelabelConfig(t *testing.T) {
	inMemory(t, `write_relabel_config {
  source_labels = ["__name__"]
  regex         = "jobs_.*"
  action        = "drop"
}
write_relabel_config {
  target_label = "cluster"
  replacement  = "c1"
}`, func(s *stage) {
		s.everything(3)
		time.Sleep(10 * time.Second)
		s.expect("after a flush", "1 samples, 0 histograms, 1 exemplars, 0 metadata")
		s.counts("after a flush", map[string]float64{"samples_total": 1, "samples_dropped_total": 1, "samples_pending": 0})
		if all, err := s.mimir.Accepted().Series(`requests_total{cluster="c1",job="j"}`); err != nil || len(all) != 1 {
			t.Errorf("got %v, %v", all, err)
		}
	})
}

func TestSampleAgeLimit(t *testing.T) {
	inMemory(t, "queue_config {\n sample_age_limit = \"1m\"\n}", func(s *stage) {
		s.mimir.Replies().Default(reply.Status(503))
		s.everything(3)
		time.Sleep(2 * time.Minute)
		s.counts("when too old", map[string]float64{"samples_dropped_total": 2, "exemplars_dropped_total": 1, "samples_pending": 0, "exemplars_pending": 0})
		s.mimir.Replies().Default(reply.OK())
		s.everything(4)
		time.Sleep(10 * time.Second)
		s.counts("when young", map[string]float64{"samples_total": 2, "exemplars_total": 1})
	})
}

func TestVersion2(t *testing.T) {
	inMemory(t, "protobuf_message = \"io.prometheus.write.v2.Request\"", func(s *stage) {
		s.everything(3)
		time.Sleep(10 * time.Second)
		r := s.mimir.Requests()[0]
		if r.Version != mimir.V2 || r.DecodeError != "" {
			t.Errorf("version %v, %s", r.Version, r.DecodeError)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request", "X-Prometheus-Remote-Write-Version": "2.0.0",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		// Each of them was told with two samples and one exemplar.
		s.counts("after one request", map[string]float64{"metadata_total": 3, "metadata_failed_total": 0})
		const written = "X-Prometheus-Remote-Write-Samples-Written"
		for _, c := range []struct {
			answer        reply.Reply
			sent, failed_ float64
		}{
			{reply.Status(http.StatusUnsupportedMediaType), 0, 2},
			{reply.Status(http.StatusNoContent).Header(written, "1"), 1, 1},
			{reply.Status(http.StatusBadRequest).Header(written, "1"), 1, 1},
			{reply.Status(http.StatusOK).Header(written, "0"), 0, 2},
		} {
			before, posts := s.metrics(), len(s.mimir.Requests())
			s.mimir.Replies().Then(c.answer)
			s.everything(3)
			time.Sleep(10 * time.Second)
			after := s.metrics()
			gain := func(name string) float64 { return sum(after, name) - sum(before, name) }
			if gain("samples_total") != c.sent || gain("samples_failed_total") != c.failed_ {
				t.Errorf("%+v: sent %v, failed %v", c.answer, gain("samples_total"), gain("samples_failed_total"))
			}
			if n := len(s.mimir.Requests()) - posts; n != 1 {
				t.Errorf("%+v: %d requests, want 1", c.answer, n)
			}
		}
	})
}
