package ceiling

import (
	"context"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// pageSeries is how many series a page of the fake exposition has.
const pageSeries = 1000

// Open opens a fake for a host. Each has its defaults, so it records what its journal's limits let it.
func Open(task host.Task) (host.Subject, error) {
	switch task.Subject {
	case mimirRecording, mimirCounting, mimirHistograms:
		m, err := mimir.Start(mimir.Options{Discard: task.Subject == mimirCounting})
		return mimirSubject{m, task.Subject}, err
	case pprofParser:
		return openParser()
	case pyroscopeFake:
		p, err := pyroscope.Start(pyroscope.Options{})
		return pyroscopeSubject{p}, err
	case pprofFake:
		p, err := pprof.Start(pprof.Options{})
		return counted{p}, err
	case expositionFake:
		e, err := exposition.Start(exposition.Options{Source: exposition.Series(pageSeries)})
		return counted{e}, err
	case oauth2Fake:
		o, err := oauth2.Start(oauth2.Options{ClientID: "agent", ClientSecret: "s3cret"})
		return counted{o}, err
	case proxyFake:
		p, err := proxy.Start(proxy.Options{Hosts: map[string]string{"target.test": task.Target}})
		return counted{p}, err
	}
	return nil, fmt.Errorf("there is no subject %q", task.Subject)
}

// mimirSubject counts samples, native histograms among them.
type mimirSubject struct {
	*mimir.Server
	subject string
}

func (m mimirSubject) Taken() int64 { return samples(m.Counts()) }

func samples(c mimir.Counts) int64 { return c.Samples + c.Histograms }

// Await waits for decoded samples by a selector that looks at labels; in counting mode there are only numbers.
func (m mimirSubject) Await(ctx context.Context, n int64) error {
	const all = `{job="kubernetes-pods"}`
	switch m.subject {
	case mimirCounting:
		return m.WaitForCounts(ctx, func(c mimir.Counts) bool { return samples(c) >= n })
	case mimirHistograms:
		return m.WaitFor(ctx, mimir.Histograms(all, int(n)))
	default:
		return m.WaitFor(ctx, mimir.Samples(all, int(n)))
	}
}

// pyroscopeSubject counts profiles, one a request.
type pyroscopeSubject struct{ *pyroscope.Server }

func (p pyroscopeSubject) Taken() int64 { return finished(p.ExchangeJournal()) }

func (p pyroscopeSubject) Await(ctx context.Context, n int64) error {
	return p.WaitFor(ctx, pyroscope.Profiles(`process_cpu{service_name="checkout"}`, int(n)))
}

// recording is what all fakes have.
type recording interface {
	URL() string
	ExchangeJournal() *journal.Journal[journal.Exchange]
	Close()
}

// counted counts requests.
type counted struct{ recording }

func (c counted) Taken() int64 { return finished(c.ExchangeJournal()) }

func (c counted) Await(ctx context.Context, n int64) error {
	return c.ExchangeJournal().Wait(ctx, func([]journal.Exchange) bool { return c.Taken() >= n })
}

func finished(j *journal.Journal[journal.Exchange]) int64 { return int64(j.Total()) }
