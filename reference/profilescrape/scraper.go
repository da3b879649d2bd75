// Package profilescrape fetches profiles from running programs: the components phlare.scrape and pyroscope.scrape, which
// [Phlare] and [Pyroscope] define. They are one engine with two sets of arguments.
//
// It forwards profiles as they are; differences between profiles are the backend's to compute.
package profilescrape

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Phlare defines the component phlare.scrape.
func Phlare() component.Definition {
	return component.Definition{
		Name:      "phlare.scrape",
		Arguments: func() any { a := new(PhlareArguments); a.SetDefaults(); return a },
		Build: func(opts component.Options, args any) (component.Component, error) {
			return newScraper("phlare_fanout_latency", opts, args)
		},
	}
}

// Pyroscope defines the component pyroscope.scrape.
func Pyroscope() component.Definition {
	return component.Definition{
		Name:      "pyroscope.scrape",
		Arguments: func() any { a := new(PyroscopeArguments); a.SetDefaults(); return a },
		Build: func(opts component.Options, args any) (component.Component, error) {
			return newScraper("pyroscope_fanout_latency", opts, args)
		},
	}
}

// Scraper is a phlare.scrape or pyroscope.scrape component.
type Scraper struct {
	opts    component.Options
	latency prometheus.Histogram

	current atomic.Pointer[version]
	// changed holds a token when Run has to look at current again.
	changed chan struct{}
	// loops are those running, by key. Only Run replaces the map; nobody writes to it.
	loops atomic.Pointer[map[string]*loop]

	// deliveries count profiles on their way. They outlive the loop they come from.
	deliveries sync.WaitGroup
	delivering context.Context
	cut        context.CancelFunc
}

// version is what a reload exchanges as a whole.
type version struct {
	settings settings
	client   *httpclient.Client
	jobs     []job
	rejected []rejected
}

// arguments are PhlareArguments and PyroscopeArguments.
type arguments interface{ settings() settings }

func newScraper(metric string, opts component.Options, args any) (*Scraper, error) {
	s := &Scraper{opts: opts, changed: make(chan struct{}, 1)}
	s.latency = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    metric,
		Help:    "Write latency for sending to direct and indirect components.",
		Buckets: prometheus.DefBuckets,
	})
	if err := opts.Registerer.Register(s.latency); err != nil {
		return nil, err
	}
	first, err := s.prepare(args)
	if err != nil {
		return nil, err
	}
	s.loops.Store(&map[string]*loop{})
	s.delivering, s.cut = context.WithCancel(context.Background())
	s.install(first)
	return s, nil
}

// prepare makes everything that can fail.
func (s *Scraper) prepare(args any) (*version, error) {
	v := &version{settings: args.(arguments).settings()}
	v.jobs, v.rejected = v.settings.jobs(s.opts.ID)
	if now := s.current.Load(); now != nil && reflect.DeepEqual(now.settings.http, v.settings.http) {
		v.client = now.client
		return v, nil
	}
	client, err := v.settings.http.Client(httpclient.Options{
		Dial: s.opts.Dial, Getenv: s.opts.Getenv, UserAgent: s.opts.UserAgent,
	})
	v.client = client
	return v, river.Within(v.settings.httpBlock, err)
}

// install puts a version in place, and closes the client of the one before unless it is shared.
func (s *Scraper) install(v *version) {
	for _, bad := range v.rejected {
		s.opts.Logger.Error("target is not scraped", "err", bad.err)
	}
	if old := s.current.Swap(v); old != nil && old.client != v.client {
		old.client.Close()
	}
}

// Exports implements component.Component: there are none.
func (s *Scraper) Exports() any { return nil }

// Prepare implements component.Component.
func (s *Scraper) Prepare(args any) (component.Change, error) {
	v, err := s.prepare(args)
	if err != nil {
		return nil, err
	}
	return &change{scraper: s, next: v}, nil
}

// change is a prepared reload.
type change struct {
	scraper *Scraper
	next    *version
}

// Commit implements component.Change. Loops whose job stays the same go on and use the new receivers, timeout and client
// from now on.
func (c *change) Commit() {
	c.scraper.install(c.next)
	select {
	case c.scraper.changed <- struct{}{}:
	default:
	}
}

// Discard implements component.Change.
func (c *change) Discard() {
	if c.next.client != c.scraper.current.Load().client {
		c.next.client.Close()
	}
}

// Run implements component.Component. When ctx is done, scrapes in progress are broken off, and profiles already fetched
// get the shutdown timeout to arrive.
func (s *Scraper) Run(ctx context.Context) error {
	for {
		s.reconcile(s.current.Load().jobs)
		select {
		case <-s.changed:
			continue
		case <-ctx.Done():
		}
		break
	}
	s.reconcile(nil)
	cut := time.AfterFunc(s.opts.ShutdownTimeout, s.cut)
	defer cut.Stop()
	s.deliveries.Wait()
	s.Discard()
	return nil
}

// reconcile stops the loops that are no longer wanted and starts those that are missing.
func (s *Scraper) reconcile(jobs []job) {
	old, next := *s.loops.Load(), make(map[string]*loop, len(jobs))
	for _, j := range jobs {
		if l := old[j.key()]; l != nil {
			next[j.key()] = l
		}
	}
	for key, l := range old {
		if next[key] == nil {
			l.stop()
			defer func() { <-l.done }()
		}
	}
	for _, j := range jobs {
		if next[j.key()] == nil {
			next[j.key()] = s.start(j)
		}
	}
	s.loops.Store(&next)
}

// Discard implements component.Component.
func (s *Scraper) Discard() {
	s.cut()
	s.current.Load().client.Close()
}

// deliver hands a profile to all receivers at once, in the background, and reports how that ended.
func (s *Scraper) deliver(p profile.Profile, ended func(error)) {
	receivers := s.current.Load().settings.receivers
	s.deliveries.Go(func() {
		start := time.Now()
		err := fanOut(s.delivering, receivers, p)
		s.latency.Observe(time.Since(start).Seconds())
		ended(err)
	})
}
