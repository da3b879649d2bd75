// Package remotewrite is the component prometheus.remote_write, which [Definition] defines: it exports a receiver, keeps what
// that is given in a log on disk, and delivers the log to its endpoints.
//
// It only joins other packages: wal keeps, queue delivers, wire encodes, client posts.
package remotewrite

import (
	"context"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// Exports is what other components may refer to.
type Exports struct {
	Receiver column.Receiver `river:"receiver,attr"`
}

// Definition defines prometheus.remote_write.
func Definition() component.Definition {
	return component.Definition{
		Name:      "prometheus.remote_write",
		Arguments: func() any { return new(Arguments) },
		Build: func(opts component.Options, args any) (component.Component, error) {
			return build(opts, args)
		},
	}
}

// Component is a prometheus.remote_write component.
type Component struct {
	opts     component.Options
	log      *wal.WAL
	receiver *receiver
	// changed and retimed tell Run and the clean-up that there are new settings.
	changed, retimed chan struct{}

	mu       sync.Mutex // guards what follows
	settings WAL
	// wanted are the endpoints of the newest configuration, running or not.
	wanted []*endpoint
}

func build(opts component.Options, args any) (*Component, error) {
	log, err := wal.Open(wal.Options{Dir: opts.DataPath, Owner: opts.ID, Logger: opts.Logger})
	if err != nil {
		return nil, err
	}
	c := &Component{
		opts: opts, log: log, receiver: &receiver{log: log},
		changed: make(chan struct{}, 1), retimed: make(chan struct{}, 1),
	}
	change, err := c.Prepare(args)
	if err != nil {
		log.Close()
		return nil, err
	}
	if err := opts.Registerer.Register(collector{c}); err != nil {
		change.Discard()
		log.Close()
		return nil, err
	}
	change.Commit()
	c.ageOut(time.Now())
	return c, nil
}

// Exports implements component.Component.
func (c *Component) Exports() any { return Exports{Receiver: c.receiver} }

// Run implements component.Component: it delivers, and cleans the log up, until ctx is done. Then the endpoints flush for at
// most the agent's shutdown time-out; what they have not delivered by then stays in the log.
func (c *Component) Run(ctx context.Context) error {
	var cleaning sync.WaitGroup
	cleaning.Go(func() { c.cleanUp(ctx) })
	running := c.reconcile(ctx, nil)
	for ctx.Err() == nil {
		select {
		case <-c.changed:
			running = c.reconcile(ctx, running)
		case <-ctx.Done():
		}
	}
	for _, e := range running {
		<-e.done
	}
	cleaning.Wait()
	c.closeClients()
	return c.log.Close()
}

// Discard implements component.Component.
func (c *Component) Discard() {
	c.closeClients()
	c.log.Close()
}

func (c *Component) closeClients() {
	_, wanted := c.snapshot()
	for _, e := range wanted {
		e.discard()
	}
}

func (c *Component) snapshot() (WAL, []*endpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings, c.wanted
}
