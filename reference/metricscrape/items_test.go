package metricscrape

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
)

// keeper is a receiver that keeps copies of columns.
type keeper struct {
	mu      sync.Mutex
	columns []column.Column
}

func (k *keeper) Append(_ context.Context, columns ...column.Column) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range columns {
		c.Values, c.Histograms, c.Times = slices.Clone(c.Values), slices.Clone(c.Histograms), slices.Clone(c.Times)
		k.columns = append(k.columns, c)
	}
	return nil
}

// lines spells out what was kept of one kind: histograms as count and sum, exemplars as labels, value and age.
func (k *keeper) lines(kind column.Kind) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []string
	for _, c := range k.columns {
		for _, h := range c.Histograms {
			var m prompb.Histogram
			if err := m.Unmarshal(h); err != nil {
				panic(err)
			}
			whole := m.ToIntHistogram()
			if kind == column.Histograms {
				all = append(all, fmt.Sprint(whole))
			}
		}
		for i, e := range c.Exemplars {
			if kind == column.Exemplars {
				all = append(all, fmt.Sprintf("%s %v %v", c.Layout.Series[c.Index[i]].Labels[0].Value, e.Labels, e.Value))
			}
		}
	}
	return all
}

func (k *keeper) metadata() []column.Metadata {
	k.mu.Lock()
	defer k.mu.Unlock()
	var last []column.Metadata
	for _, c := range k.columns {
		if len(c.Layout.Metadata) > 0 {
			last = c.Layout.Metadata
		}
	}
	return last
}

// value returns the last sample of a metric.
func (k *keeper) value(metric string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	last := "none"
	for _, c := range k.columns {
		for i, v := range c.Values {
			if c.Layout.Series[i].Labels[0].Value == metric {
				last = fmt.Sprint(v)
			}
		}
	}
	return last
}

// scraped has a fake exposition scraped three times, and looks at what came of it.
func scraped(t *testing.T, options exposition.Options, edit func(*Arguments), look func(*keeper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network, kept := memnet.New(), &keeper{}
		options.Options = server.Options{Listen: network.Listen, Addr: "app.test:80"}
		fake, err := exposition.Start(options)
		if err != nil {
			t.Fatal(err)
		}
		defer fake.Close()
		args := Definition().Arguments().(*Arguments)
		args.Targets = []map[string]string{{"__address__": "app.test"}}
		args.ForwardTo = []column.Receiver{kept}
		if edit != nil {
			edit(args)
		}
		if err := args.Validate(); err != nil {
			t.Fatal(err)
		}
		built, err := Definition().Build(component.Options{
			ID: "prometheus.scrape.demo", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
			Dial: network.Dial, Getenv: func(string) string { return "" },
		}, args)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- built.Run(ctx) }()
		time.Sleep(3 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		look(kept)
	})
}

func TestEveryTypeOverEveryFormat(t *testing.T) {
	for _, c := range []struct {
		format     exposition.Format
		edit       func(*Arguments)
		histograms int
		exemplars  int
		bucket     string // the last value of every_seconds_bucket
	}{
		{exposition.Text, nil, 0, 0, "18"},
		{exposition.OpenMetrics, nil, 0, 6, "18"},
		{exposition.Protobuf, nil, 0, 6, "18"},
		{exposition.Protobuf, func(a *Arguments) { a.EnableProtobufNegotiation = true }, 3, 6, "none"},
		{exposition.Protobuf, func(a *Arguments) { a.EnableProtobufNegotiation, a.ScrapeClassicHistograms = true, true }, 3, 9, "18"},
		{"", nil, 0, 6, "18"}, // the client's choice
		{"", func(a *Arguments) { a.EnableProtobufNegotiation = true }, 3, 6, "none"},
	} {
		o := exposition.Options{Source: exposition.EveryType}
		if c.format != "" {
			o.Formats = []exposition.Format{c.format}
		}
		scraped(t, o, c.edit, func(k *keeper) {
			if got := k.lines(column.Histograms); len(got) != c.histograms {
				t.Errorf("%+v: histograms are %q, want %d", c, got, c.histograms)
			}
			if got := k.lines(column.Exemplars); len(got) != c.exemplars {
				t.Errorf("%+v: exemplars are %q, want %d", c, got, c.exemplars)
			}
			if got := k.value("every_seconds_bucket"); got != c.bucket {
				t.Errorf("%+v: the last bucket is %s, want %s", c, got, c.bucket)
			}
			if got := k.value("every_total"); got != "3" {
				t.Errorf("%+v: every_total is %s, want 3", c, got)
			}
			var help []string
			for _, m := range k.metadata() {
				help = append(help, m.Family+" "+m.Type+" "+m.Help)
			}
			if all := strings.Join(help, "|"); !strings.Contains(all, "every_gauge gauge Goes up and down.") || !strings.Contains(all, " counter Goes up.\nAnd on.") {
				t.Errorf("%+v: metadata is %q", c, all)
			}
		})
	}
}

func TestNativeHistogramIsForwardedAsItIs(t *testing.T) {
	source := func(n int) []exposition.Family { return exposition.EveryType(min(n, 2)) }
	scraped(t, exposition.Options{Source: source}, func(a *Arguments) { a.EnableProtobufNegotiation = true }, func(k *keeper) {
		got := k.lines(column.Histograms)
		if len(got) != 3 || got[0] != "{count:6, sum:4.5, [-1e-09,1e-09]:1, (0.25,0.5]:2, (0.5,1]:2, (1,2]:1}" || got[1] != got[2] {
			t.Errorf("got %q", got)
		}
		if got := k.value("scrape_series_added"); got != "0" {
			t.Errorf("the last scrape added %s series", got)
		}
	})
}

func TestExemplarsAreForwardedOnce(t *testing.T) {
	page := func(rest string) exposition.Page {
		return exposition.Page{Text: "# TYPE a counter\na_total 1 " + rest + "\na_total{x=\"y\"} 1\n# EOF\n"}
	}
	scraped(t, exposition.Options{Pages: []exposition.Page{
		page(`# {id="1"} 0.5`), page(`# {id="1"} 0.5`), page(`# {id="2"} 0.5 1.5`),
	}}, nil, func(k *keeper) {
		equal(t, "exemplars", k.lines(column.Exemplars), "a_total [{id 1}] 0.5", "a_total [{id 2}] 0.5")
		equal(t, "up", []string{k.value("up")}, "1")
	})
	long := strings.Repeat("x", 127)
	scraped(t, exposition.Options{Pages: []exposition.Page{page(`# {id="` + long + `"} 1`)}}, nil, func(k *keeper) {
		equal(t, "exemplars that are too long", k.lines(column.Exemplars))
		equal(t, "up", []string{k.value("up")}, "1")
	})
}

func TestMetadataFollowsThePage(t *testing.T) {
	page := func(help string) exposition.Page {
		return exposition.Page{Text: "# HELP a " + help + "\n# TYPE a gauge\na 1\n"}
	}
	scraped(t, exposition.Options{Pages: []exposition.Page{page("old"), page("old"), page(`new\nline`)}}, nil, func(k *keeper) {
		var layouts []*column.Layout
		for _, c := range k.columns {
			if c.Layout.Metadata != nil {
				layouts = append(layouts, c.Layout)
			}
		}
		if len(layouts) != 3 || layouts[0] != layouts[1] || layouts[1] == layouts[2] {
			t.Fatalf("layouts are %v", layouts)
		}
		if got := layouts[2].Metadata[0]; got != (column.Metadata{Family: "a", Type: "gauge", Help: "new\nline"}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestLimits(t *testing.T) {
	page := exposition.Options{Pages: []exposition.Page{{Text: "a{x=\"12345678901\"} 1\nb 2\n"}}}
	for name, c := range map[string]struct {
		edit  func(*Arguments)
		up    string
		bytes string
	}{
		"none":            {func(*Arguments) {}, "1", "25"},
		"body":            {func(a *Arguments) { a.BodySizeLimit = 24 }, "0", "-1"},
		"body, enough":    {func(a *Arguments) { a.BodySizeLimit = 25 }, "1", "25"},
		"samples":         {func(a *Arguments) { a.SampleLimit = 1 }, "0", "0"},
		"samples, enough": {func(a *Arguments) { a.SampleLimit = 2 }, "1", "25"},
		"labels":          {func(a *Arguments) { a.LabelLimit = 3 }, "0", "0"},
		"labels, enough":  {func(a *Arguments) { a.LabelLimit = 4 }, "1", "25"},
		"name":            {func(a *Arguments) { a.LabelNameLengthLimit = 7 }, "0", "0"},
		"value":           {func(a *Arguments) { a.LabelValueLengthLimit = 10 }, "0", "0"},
		"targets": {func(a *Arguments) {
			a.TargetLimit, a.Targets = 1, append(a.Targets, map[string]string{"__address__": "other"})
		}, "0", "0"},
	} {
		scraped(t, page, func(a *Arguments) { a.ExtraMetrics = true; c.edit(a) }, func(k *keeper) {
			if up, bytes := k.value("up"), k.value("scrape_body_size_bytes"); up != c.up || bytes != c.bytes {
				t.Errorf("%s: up is %s and scrape_body_size_bytes %s, want %s and %s", name, up, bytes, c.up, c.bytes)
			}
			if got := k.value("scrape_timeout_seconds"); got != "10" {
				t.Errorf("%s: scrape_timeout_seconds is %s, want 10", name, got)
			}
		})
	}
}
