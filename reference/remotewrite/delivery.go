package remotewrite

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
)

// Delivery tells how far the endpoints are with the log.
type Delivery struct {
	// NewestPart is the number of the newest part in the log, ActiveSeries how many series it knows.
	NewestPart   uint64             `json:"newest_part_in_log"`
	ActiveSeries int                `json:"active_series"`
	Endpoints    []EndpointDelivery `json:"endpoints"`
}

// EndpointDelivery tells how one endpoint does.
type EndpointDelivery struct {
	Endpoint string `json:"endpoint"`
	URL      string `json:"url"`
	component.Trail
	// DeliveredPart is the last part that the endpoint is done with, DeliveredUntil the newest time in what it is done with.
	DeliveredPart  uint64    `json:"delivered_part"`
	DeliveredUntil time.Time `json:"delivered_until,omitzero"`
	Shards         int       `json:"shards"`
	// Samples is what became of the samples since the endpoint was put in force.
	Samples Samples `json:"samples"`
}

// Samples are numbers of samples.
type Samples struct {
	Pending uint64 `json:"pending"`
	Sent    uint64 `json:"sent"`
	Retried uint64 `json:"retried"`
	Failed  uint64 `json:"failed"`
	Dropped uint64 `json:"dropped"`
}

// Delivery implements component.Deliverer.
func (c *Component) Delivery() any {
	d := Delivery{NewestPart: c.log.End(), ActiveSeries: c.log.Stats().ActiveSeries, Endpoints: []EndpointDelivery{}}
	_, endpoints := c.snapshot()
	for _, e := range endpoints {
		d.Endpoints = append(d.Endpoints, e.delivery())
	}
	return d
}

func (e *endpoint) delivery() EndpointDelivery {
	n := e.queue.Stats()
	d := EndpointDelivery{
		Endpoint: e.shown, URL: e.url, Trail: e.outcomes.Trail(), Shards: n.Shards,
		Samples: Samples{Pending: n.Pending, Sent: n.Sent, Retried: n.Retried, Failed: n.Failed, Dropped: n.Dropped},
	}
	seq, t, _ := e.log.Delivered(e.position)
	d.DeliveredPart = seq
	if t > 0 {
		d.DeliveredUntil = time.UnixMilli(t)
	}
	return d
}
