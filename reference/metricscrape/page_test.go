package metricscrape

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

const text = "text/plain; version=0.0.4"

var testTarget = labeller{target: []column.Label{{Name: "instance", Value: "app:80"}, {Name: "job", Value: "j"}}}

// flat renders columns as one line a sample: {labels} value @time.
func flat(columns []column.Column) []string {
	var lines []string
	for _, c := range columns {
		for i, v := range c.Values {
			at := c.T
			if c.Times != nil {
				at = c.Times[i]
			}
			var set []string
			for _, l := range c.Layout.Series[i].Labels {
				set = append(set, l.Name+"="+l.Value)
			}
			lines = append(lines, fmt.Sprintf("%s %v @%d", strings.Join(set, ","), v, at))
		}
	}
	return lines
}

func TestPageReadsWhatWasExposed(t *testing.T) {
	p := newPage(testTarget, pageSettings{})
	body := "# HELP a help\n# TYPE a gauge\na 1\nb{x=\"1\"} 2.5\nb {x=\"}\\\" {\"}  -Inf\nc{le=\"1\",} +Inf 123\n\nd\tNaN\r\n{\"utf.8\",z=\"y\"} 7"
	r, err := p.read([]byte(body), text, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := flat(r.columns)
	want := []string{
		"__name__=a,instance=app:80,job=j 1 @1000",
		"__name__=b,instance=app:80,job=j,x=1 2.5 @1000",
		"__name__=b,instance=app:80,job=j,x=}\" { -Inf @1000",
		"__name__=d,instance=app:80,job=j NaN @1000",
		"__name__=utf.8,instance=app:80,job=j,z=y 7 @1000",
		"__name__=c,instance=app:80,job=j,le=1 +Inf @123",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.samples != 6 || r.added != 5 || r.gone != nil {
		t.Errorf("samples %d, added %d, gone %v", r.samples, r.added, r.gone)
	}
}

func TestPageKeepsItsLayout(t *testing.T) {
	p := newPage(testTarget, pageSettings{})
	read := func(body string) reading {
		t.Helper()
		r, err := p.read([]byte(body), text, 1)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := read("a 1\nb 2\nb 3\n").columns[0].Layout
	if again := read("# new comment\na 5\nb 6\nb 7\n"); again.columns[0].Layout != first {
		t.Error("a page with the same series got another layout")
	} else if again.added != 0 || again.gone != nil {
		t.Errorf("added %d, gone %v on an unchanged page", again.added, again.gone)
	}
	changed := read("a 1\nc 2\n")
	if changed.columns[0].Layout == first || changed.added != 1 {
		t.Errorf("a page with another series: same layout or added %d", changed.added)
	}
	if changed.gone == nil || changed.gone.Series[0].Labels[0].Value != "b" || len(changed.gone.Series) != 1 {
		t.Errorf("gone is %v, want b", changed.gone)
	}
}

func TestPageMalformed(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"a 1\nb{ 2\n", `line 2: series "b{ 2" is malformed`},
		{"a one\n", `line 1: value "one" of a is not a number`},
		{"a\n", `line 1: value "" of a is not a number`},
		{"a 1 x\n", `line 1: time "x" of a is not a number of milliseconds`},
		{"a 1 2 3\n", `line 1: time "2" of a is not a number of milliseconds`},
		{"a{x=\"1\",x=\"2\"} 1\n", `line 1: series "a{x=\"1\",x=\"2\"}" has the label "x" twice`},
	} {
		p := newPage(testTarget, pageSettings{})
		if _, err := p.read([]byte("good 1\n"), text, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := p.read([]byte(c.body), text, 2); err == nil || err.Error() != c.want {
			t.Errorf("%q: got error %v, want %s", c.body, err, c.want)
		}
		if len(p.known) != 1 {
			t.Errorf("%q: %d series known after a malformed page, want 1", c.body, len(p.known))
		}
	}
}

func TestPageOwnTimes(t *testing.T) {
	p := newPage(labeller{}, pageSettings{})
	steps := []struct{ body, want string }{
		{"a 1 10\nb 2 10\n", "a 1 @10|b 2 @10"},
		{"a 1 10\nb 3 20\n", "b 3 @20"},
		{"a 4 30\na 5 40\n", "a 4 @30|a 5 @40"},
	}
	for _, s := range steps {
		r, err := p.read([]byte(s.body), text, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(strings.Join(flat(r.columns), "|"), "__name__=", "")
		if got != s.want {
			t.Errorf("%q: got %s, want %s", s.body, got, s.want)
		}
	}
	ignoring := newPage(labeller{}, pageSettings{ignoreTimes: true})
	r, err := ignoring.read([]byte("a 1 10\n"), text, 99)
	if err != nil || flat(r.columns)[0] != "__name__=a 1 @99" {
		t.Errorf("honor_timestamps = false: got %v, %v", flat(r.columns), err)
	}
}

func TestPageOpenMetrics(t *testing.T) {
	p := newPage(labeller{}, pageSettings{})
	body := "# TYPE a counter\na_total{x=\"1\"} 4 1.5 # {trace_id=\"t\"} 1\n# EOF\n"
	r, err := p.read([]byte(body), "application/openmetrics-text; version=1.0.0", 7)
	if err != nil {
		t.Fatal(err)
	}
	if got := flat(r.columns); len(got) != 1 || got[0] != "__name__=a_total,x=1 4 @1500" {
		t.Errorf("got %v", got)
	}
	if _, err := p.read([]byte("a_total 4\n"), "application/openmetrics-text; version=1.0.0", 7); err == nil {
		t.Error("a page without its end was taken")
	}
}

func TestLabelConflicts(t *testing.T) {
	page := labels.FromStrings("__name__", "a", "job", "theirs", "exported_job", "older")
	l := labeller{target: []column.Label{{Name: "job", Value: "ours"}}}
	if _, id := l.series(page); strings.ReplaceAll(id, "\xff", " ") !=
		"__name__ a exported_exported_job theirs exported_job older job ours " {
		t.Errorf("without honor_labels: %q", id)
	}
	l.honor = true
	if _, id := l.series(page); strings.ReplaceAll(id, "\xff", " ") != "__name__ a exported_job older job theirs " {
		t.Errorf("with honor_labels: %q", id)
	}
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"1", "-0", "0.1", "123456789012345.6", "1e5", "NaN", ".", "-", "9007199254740993", "+Inf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := parseShortDecimal([]byte(s)); ok {
			var want float64
			if _, err := fmt.Sscanf(s+" ", "%g", &want); err != nil || math.Float64bits(v) != math.Float64bits(want) {
				t.Errorf("%q: got %v, want %v (%v)", s, v, want, err)
			}
		}
	})
}

// FuzzPage compares the own reading of the text format with the library's.
func FuzzPage(f *testing.F) {
	f.Add("a 1\nb{x=\"y\"} 2 3\n")
	f.Add("a{x=\"\\\"}\"} 1\n# HELP a b\n")
	f.Fuzz(func(t *testing.T, body string) {
		want, failed := libraryReads(body)
		if failed || strings.Contains(body, "\r") {
			return
		}
		p := newPage(labeller{}, pageSettings{})
		if err := p.scan([]byte(body), text); err != nil {
			return // stricter than the library is allowed, other values are not
		}
		if len(p.lines) != len(want) {
			t.Fatalf("%q: %d samples, library %d", body, len(p.lines), len(want))
		}
		for i, s := range p.lines {
			if math.Float64bits(s.value) != math.Float64bits(want[i]) {
				t.Errorf("%q: sample %d is %v, library %v", body, i, s.value, want[i])
			}
		}
	})
}

func libraryReads(body string) (values []float64, failed bool) {
	parser := textparse.NewPromParser([]byte(body), labels.NewSymbolTable(), false)
	for {
		entry, err := parser.Next()
		if err != nil {
			return values, err.Error() != "EOF"
		}
		if entry == textparse.EntrySeries {
			_, _, v := parser.Series()
			values = append(values, v)
		}
	}
}

// FuzzOpenMetrics compares the own reading of OpenMetrics with the library's: values, times and exemplars.
func FuzzOpenMetrics(f *testing.F) {
	f.Add("# TYPE a counter\na_total{x=\"y\"} 1.5 2.25 # {id=\"1\"} 0.5 3\n# EOF\n")
	f.Add("# TYPE a histogram\na_bucket{le=\"1.0\"} 1 # {} 0.5\na_bucket{le=\"+Inf\"} 2 # {a=\"}\\\"\"} 1\n# UNIT b seconds\n# EOF\n")
	f.Fuzz(func(t *testing.T, body string) {
		want, failed := openMetricsReads(body)
		if failed || len(body) > maxExemplarRunes || strings.ContainsAny(body, "\r\t") {
			return
		}
		p := newPage(labeller{}, pageSettings{})
		if err := p.scan([]byte(body), "application/openmetrics-text"); err != nil {
			return // stricter than the library is allowed, another reading is not
		}
		var got []string
		for _, s := range p.lines {
			got = append(got, fmt.Sprintf("%x %d", math.Float64bits(s.value), s.time))
		}
		for _, e := range p.examples {
			got = append(got, fmt.Sprintf("%x %d %v", math.Float64bits(e.Value), e.time, e.Labels))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q\nwant %q", body, got, want)
		}
	})
}

// openMetricsReads lists samples, then exemplars.
func openMetricsReads(body string) (lines []string, failed bool) {
	parser := textparse.NewOpenMetricsParser([]byte(body), labels.NewSymbolTable())
	var examples []string
	for {
		entry, err := parser.Next()
		if err != nil {
			return append(lines, examples...), err.Error() != "EOF"
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, at, v := parser.Series()
		if at == nil {
			at = new(int64)
		}
		lines = append(lines, fmt.Sprintf("%x %d", math.Float64bits(v), *at))
		var e exemplar.Exemplar
		if set := parser.Exemplar(&e); set {
			all := exemplarLabels(e.Labels)
			examples = append(examples, fmt.Sprintf("%x %d %v", math.Float64bits(e.Value), e.Ts, all))
		}
	}
}

func benchPage(n int, value func(i int) string) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `http_requests_total{cluster="eu-west-1",code="200",container="api",environment="production",`+
			`method="GET",namespace="shop",pod="api-6f7d9c-%05d"} %s`+"\n", i, value(i))
	}
	return []byte(b.String())
}

// BenchmarkPage reads a page of 1000 known series; the peer is the library's parser alone, without any label or cache
// work.
func BenchmarkPage(b *testing.B) {
	body := benchPage(1000, func(i int) string { return fmt.Sprint(i * 12345) })
	b.Run("known", func(b *testing.B) {
		p := newPage(testTarget, pageSettings{})
		for b.Loop() {
			if _, err := p.read(body, text, 1); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/sample")
	})
	described := slices.Concat([]byte("# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n"), body, []byte("# EOF\n"))
	b.Run("openmetrics", func(b *testing.B) {
		p := newPage(testTarget, pageSettings{})
		for b.Loop() {
			if _, err := p.read(described, "application/openmetrics-text", 1); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/sample")
	})
	b.Run("peer", func(b *testing.B) {
		for b.Loop() {
			libraryReads(string(body))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/sample")
	})
}

func BenchmarkParseValue(b *testing.B) {
	for _, s := range []string{"1234567", "0.125", "1.2345678901234567e-05"} {
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				_, _ = parseValue([]byte(s))
			}
		})
	}
}
