package exposition_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// scrape gets the page with these headers, as pairs.
func scrape(t *testing.T, n *memnet.Network, s *exposition.Server, headers ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DialContext: n.Dial, DisableKeepAlives: true, DisableCompression: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func inMemory(t *testing.T, o exposition.Options, test func(t *testing.T, n *memnet.Network, s *exposition.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		o.Options = server.Options{Listen: n.Listen, Replies: o.Replies}
		test(t, n, exposition.StartT(t, o))
	})
}

func TestPagesOneAfterTheOther(t *testing.T) {
	o := exposition.Options{Pages: []exposition.Page{{Text: "a {{scrape}}\n"}, {Text: "b {{scrape}}\n# EOF\n"}, {Text: "c {{scrape}}{{other}}", ContentType: "x/y"}}}
	o.Replies = "200 500 200*"
	inMemory(t, o, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		// The one that the script fails takes no page and no number.
		for _, want := range [][2]string{
			{"a 1\n", "text/plain; version=0.0.4; charset=utf-8"}, {"Internal Server Error\n", "text/plain; charset=utf-8"},
			{"b 2\n# EOF\n", "application/openmetrics-text; version=1.0.0; charset=utf-8"}, {"c 3{{other}}", "x/y"}, {"c 4{{other}}", "x/y"},
		} {
			resp, body := scrape(t, n, s)
			if string(body) != want[0] || resp.Header.Get("Content-Type") != want[1] {
				t.Errorf("got %q %q, want %q", body, resp.Header.Get("Content-Type"), want)
			}
		}
		s.SetPages(exposition.Page{Text: "d {{scrape}}\n"})
		if _, body := scrape(t, n, s); string(body) != "d 5\n" || s.Count() != 5 {
			t.Errorf("got %q at scrape %d", body, s.Count())
		}
		s.SetSource(exposition.Series(2))
		if _, body := scrape(t, n, s); string(body) != "# TYPE load_0 gauge\nload_0 6\n# TYPE load_1 gauge\nload_1 6\n" {
			t.Errorf("got %q", body)
		}
		all := s.Scrapes()
		if len(all) != 7 || string(all[0].Served) != "a 1\n" || all[1].Served != nil || all[1].Status != 500 {
			t.Errorf("scrapes are %+v", all)
		}
	})
}

func TestZeroOptions(t *testing.T) {
	inMemory(t, exposition.Options{}, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		for i := 1; i < 4; i++ {
			if _, body := scrape(t, n, s); string(body) != fmt.Sprintf("# TYPE scrape_number gauge\nscrape_number %d\n", i) {
				t.Errorf("got %q", body)
			}
		}
		if err := s.WaitFor(t.Context(), 3); err != nil {
			t.Error(err)
		}
	})
}

func TestChurn(t *testing.T) {
	source := exposition.Churn(10, 3)
	first, second := source(1)[0].Metrics, source(2)[0].Metrics
	if len(first) != 10 || len(second) != 10 || first[3].Labels.Key() != second[0].Labels.Key() || second[9].Labels.Get("series") != "12" || second[0].Value != 2 {
		t.Errorf("first %v, second %v", first, second)
	}
}

const (
	acceptText     = "text/plain"
	acceptOM       = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
	acceptProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9," + acceptOM
)

// TestPrometheusReadsEveryFormat gives what is served to the parsers of Prometheus, and counts what they find.
func TestPrometheusReadsEveryFormat(t *testing.T) {
	inMemory(t, exposition.Options{Source: exposition.EveryType}, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		for accept, want := range map[string]found{
			"":             {series: 8, types: "every_untyped=unknown every_gauge=gauge every_total=counter every_seconds=histogram "},
			acceptText:     {series: 8, types: "every_untyped=unknown every_gauge=gauge every_total=counter every_seconds=histogram "},
			acceptOM:       {series: 8, exemplars: 2, types: "every_untyped=unknown every_gauge=gauge every=counter every_seconds=histogram "},
			acceptProtobuf: {series: 3, exemplars: 2, native: 1, types: "every_untyped=unknown every_gauge=gauge every_total=counter every_seconds=histogram "},
		} {
			resp, body := scrape(t, n, s, "Accept", accept)
			if got := parse(t, body, resp.Header.Get("Content-Type")); got != want {
				t.Errorf("%q: got %+v, want %+v\n%s", accept, got, want, body)
			}
		}
	})
}

// found is what a parser found on a page.
type found struct {
	series, exemplars, native int
	types                     string
}

func parse(t *testing.T, body []byte, contentType string) found {
	t.Helper()
	p, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatalf("%s: %v", contentType, err)
	}
	var got found
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", contentType, err, body)
		}
		switch entry {
		case textparse.EntryType:
			name, kind := p.Type()
			got.types += fmt.Sprintf("%s=%s ", name, kind)
		case textparse.EntrySeries:
			got.series++
		case textparse.EntryHistogram:
			got.native++
			_, _, h, _ := p.Histogram()
			if h == nil || h.Validate() != nil || h.Count != 6*h.ZeroCount || h.Sum != 4.5*float64(h.ZeroCount) {
				t.Errorf("the native histogram is %+v", h)
			}
		}
		if entry != textparse.EntrySeries && entry != textparse.EntryHistogram {
			continue
		}
		var e exemplar.Exemplar
		for p.Exemplar(&e) {
			got.exemplars++
			if e.Value != 0.5 || !e.HasTs || !strings.HasPrefix(e.Labels.Get("trace_id"), "0000") {
				t.Errorf("an exemplar is %+v", e)
			}
		}
		if entry == textparse.EntrySeries {
			var ls labels.Labels
			p.Labels(&ls)
			if path := ls.Get("path"); path != "" && path != "/a \"b\"\\c\n" {
				t.Errorf("a label is %q", path)
			}
		}
	}
}

func TestFormatsCanBeRestricted(t *testing.T) {
	inMemory(t, exposition.Options{Formats: []exposition.Format{exposition.OpenMetrics}}, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		for _, accept := range []string{"", acceptText, acceptProtobuf, "nonsense/;;q=x"} {
			if resp, _ := scrape(t, n, s, "Accept", accept); !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/openmetrics-text") {
				t.Errorf("%q: got %q", accept, resp.Header.Get("Content-Type"))
			}
		}
	})
	if _, err := exposition.Start(exposition.Options{Formats: []exposition.Format{"jpeg"}}); err == nil {
		t.Error("a format that does not exist was taken")
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	values := []float64{math.Inf(1), math.Inf(-1), math.NaN(), 1e300, -0.5}
	source := func(int) []exposition.Family {
		f := exposition.Family{Name: "x", Type: exposition.Counter}
		for _, v := range values {
			f.Metrics = append(f.Metrics, exposition.Metric{Value: v, Time: time.UnixMilli(1500)})
		}
		return []exposition.Family{f}
	}
	inMemory(t, exposition.Options{Source: source}, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		if _, body := scrape(t, n, s); string(body) != "# TYPE x counter\nx +Inf 1500\nx -Inf 1500\nx NaN 1500\nx 1e+300 1500\nx -0.5 1500\n" {
			t.Errorf("text: %s", body)
		}
		if _, body := scrape(t, n, s, "Accept", acceptOM); !strings.HasPrefix(string(body), "# TYPE x unknown\nx +Inf 1.500\n") {
			t.Errorf("OpenMetrics: %s", body)
		}
	})
}

func TestGzip(t *testing.T) {
	inMemory(t, exposition.Options{Gzip: true}, func(t *testing.T, n *memnet.Network, s *exposition.Server) {
		resp, body := scrape(t, n, s, "Accept-Encoding", "gzip")
		r, err := gzip.NewReader(strings.NewReader(string(body)))
		if err != nil || resp.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%v: %v", resp.Header, err)
		}
		if page, err := io.ReadAll(r); err != nil || !strings.HasSuffix(string(page), "scrape_number 1\n") {
			t.Errorf("got %q %v", page, err)
		}
		if resp, _ := scrape(t, n, s); resp.Header.Get("Content-Encoding") != "" {
			t.Error("a client that does not take gzip got it")
		}
	})
}

func TestNothingToWaitForIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := exposition.Start(exposition.Options{Options: server.Options{Listen: memnet.New().Listen}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := s.WaitFor(ctx, 1); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "0 were served") {
			t.Errorf("got %v", err)
		}
	})
}

// A scraper gets one page after the other.
func Example() {
	s, err := exposition.Start(exposition.Options{Pages: []exposition.Page{{Text: "temperature 20\n"}, {Text: "temperature {{scrape}}1\n"}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	for range 2 {
		resp, err := http.Get(s.URL() + "/metrics")
		if err != nil {
			panic(err)
		}
		page, err := io.ReadAll(resp.Body)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Print(string(page))
	}
	// Output:
	// temperature 20
	// temperature 21
}
