// Package metricscrape is the component prometheus.scrape: it reads the metric pages of its targets and forwards them as
// columns. Start at [Definition]; page.go holds the parser that recognises last time's lines.
//
// It stores and retries nothing: what a receiver refuses is logged and gone.
package metricscrape

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// Definition is the row of the agent's component table.
func Definition() component.Definition {
	return component.Definition{
		Name:      "prometheus.scrape",
		Arguments: func() any { args := new(Arguments); args.SetDefaults(); return args },
		Build:     build,
	}
}

// scraper keeps one loop for each target.
type scraper struct {
	opts    component.Options
	metrics *metrics

	// changed holds a token when Run has to look at wanted again.
	changed chan struct{}

	mu     sync.Mutex // guards what follows; never held while scraping or stopping
	wanted setup
	loops  map[string]*running
	// complained is when the loss of samples was last logged; unlogged counts losses since.
	complained time.Time
	unlogged   int
}

// setup is a set of arguments with everything made that can fail.
type setup struct {
	args    Arguments
	targets map[string]target
	client  *httpclient.Client
	// refusal is why no target is scraped, nil if they are.
	refusal error
}

// running is a loop with the means to stop it.
type running struct {
	*loop
	removed chan struct{}
	cancel  context.CancelFunc
	done    chan struct{}
}

func build(opts component.Options, args any) (component.Component, error) {
	s := &scraper{opts: opts, metrics: newMetrics(), changed: make(chan struct{}, 1), loops: map[string]*running{}}
	var err error
	if s.wanted, err = s.setUp(args); err != nil {
		return nil, err
	}
	if err := s.metrics.register(opts.Registerer); err != nil {
		s.wanted.client.Close()
		return nil, err
	}
	s.metrics.targets.Set(float64(len(s.wanted.targets)))
	return s, nil
}

func (s *scraper) setUp(args any) (setup, error) {
	set := setup{args: *args.(*Arguments)}
	set.args.jobName = firstOf(set.args.JobName, s.opts.ID)
	var err error
	if set.targets, err = set.args.targets(); err != nil {
		return set, err
	}
	set.refusal = set.args.tooMany(len(set.targets))
	set.client, err = set.args.HTTPClient.Client(httpclient.Options{
		Dial: s.opts.Dial, Getenv: s.opts.Getenv, UserAgent: s.opts.UserAgent})
	return set, err
}

// Exports returns nil: nothing refers to a scraper.
func (s *scraper) Exports() any { return nil }

// Discard closes what Build opened.
func (s *scraper) Discard() { s.latest().client.Close() }

// latest is what was committed last, in force or not yet.
func (s *scraper) latest() setup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wanted
}

// Prepare readies new arguments. Committing them replaces the loops whose target or settings changed; the others go on
// with their schedule and what they know of their page.
func (s *scraper) Prepare(args any) (component.Change, error) {
	set, err := s.setUp(args)
	if err != nil {
		return nil, err
	}
	return &change{scraper: s, set: set}, nil
}

type change struct {
	scraper *scraper
	set     setup
}

// Commit makes the new receivers known at once; the rest is in force as soon as Run gets to it. What Run does not get to,
// because something newer comes, has a client without connections.
func (c *change) Commit() {
	c.scraper.mu.Lock()
	c.scraper.wanted = c.set
	c.scraper.mu.Unlock()
	c.scraper.metrics.targets.Set(float64(len(c.set.targets)))
	select {
	case c.scraper.changed <- struct{}{}:
	default:
	}
}

// Discard drops the prepared arguments.
func (c *change) Discard() { c.set.client.Close() }

// Run scrapes until ctx is done.
func (s *scraper) Run(ctx context.Context) error {
	current := s.apply(ctx, setup{}, s.latest())
	for ctx.Err() == nil {
		select {
		case <-s.changed:
			current = s.apply(ctx, current, s.latest())
		case <-ctx.Done():
		}
	}
	s.stop(s.takeAll(), false)
	current.client.Close()
	return nil
}

// apply starts and stops loops so that they match next.
func (s *scraper) apply(ctx context.Context, current, next setup) setup {
	keep := current.client != nil && current.args.sameLoops(next.args) && (current.refusal == nil) == (next.refusal == nil)
	s.stop(s.take(func(key string) bool { _, still := next.targets[key]; return !still }), true)
	switch {
	case next.client == current.client: // there was nothing new
	case keep:
		next.client.Close()
		next.client = current.client
	default:
		s.stop(s.takeAll(), false)
		if current.client != nil {
			current.client.Close()
		}
	}
	for key, t := range next.targets {
		if _, runs := s.loops[key]; !runs {
			s.start(ctx, key, t, next)
		}
	}
	return next
}

func (s *scraper) start(ctx context.Context, key string, t target, set setup) {
	label := labeller{target: t.labels, honor: set.args.HonorLabels}
	ctx, cancel := context.WithCancel(ctx)
	r := &running{
		loop: &loop{
			target: t, interval: set.args.ScrapeInterval,
			fetcher: newFetcher(set.client, t.url, s.opts.UserAgent, &set.args),
			page:    newPage(label, set.args.pages()), report: newReport(label, &set.args), refusal: set.refusal,
			forward: s.append, logger: s.opts.Logger,
			status: Status{URL: t.shown(), Health: "unknown", Labels: labelMap(t.labels)},
		},
		removed: make(chan struct{}), cancel: cancel, done: make(chan struct{}),
	}
	s.mu.Lock()
	s.loops[key] = r
	s.mu.Unlock()
	go func() {
		defer close(r.done)
		r.run(ctx, r.removed)
	}()
}

// append hands columns to every receiver there is at this moment.
func (s *scraper) append(ctx context.Context, columns []column.Column) {
	for _, receiver := range s.latest().args.ForwardTo {
		if receiver == nil {
			continue
		}
		begin := time.Now()
		err := receiver.Append(ctx, columns...)
		s.metrics.latency.Observe(time.Since(begin).Seconds())
		if err != nil {
			s.complain(err)
			continue
		}
		s.metrics.count(columns)
	}
}

// complain logs that samples were lost, at most once a minute: a full disk concerns every scrape of every target.
func (s *scraper) complain(err error) {
	now := time.Now()
	s.mu.Lock()
	loud := s.complained.IsZero() || now.Sub(s.complained) >= time.Minute
	unlogged := s.unlogged
	if loud {
		s.complained, s.unlogged = now, 0
	} else {
		s.unlogged++
	}
	s.mu.Unlock()
	if loud {
		s.opts.Logger.Error("samples of a scrape not taken, they are lost", "err", err, "unlogged", unlogged)
	}
}

// take removes the loops that match from the set and returns them.
func (s *scraper) take(match func(key string) bool) []*running {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []*running
	for key, r := range s.loops {
		if match(key) {
			taken = append(taken, r)
			delete(s.loops, key)
		}
	}
	return taken
}

func (s *scraper) takeAll() []*running { return s.take(func(string) bool { return true }) }

// stop ends loops and waits for them. With removed their series are ended too.
func (s *scraper) stop(loops []*running, removed bool) {
	for _, r := range loops {
		if removed {
			close(r.removed)
		}
		r.cancel()
	}
	for _, r := range loops {
		<-r.done
	}
}

// DebugInfo lists the targets with the state of their last scrape.
func (s *scraper) DebugInfo() any {
	s.mu.Lock()
	loops := make([]*running, 0, len(s.loops))
	for _, r := range s.loops {
		loops = append(loops, r)
	}
	s.mu.Unlock()
	statuses := make([]Status, len(loops))
	for i, r := range loops {
		statuses[i] = r.lastStatus()
	}
	slices.SortFunc(statuses, func(a, b Status) int { return strings.Compare(a.URL, b.URL) })
	return map[string]any{"targets": statuses}
}

func labelMap(labels []column.Label) map[string]string {
	set := make(map[string]string, len(labels))
	for _, l := range labels {
		set[l.Name] = l.Value
	}
	return set
}
