package remotewrite

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Arguments configure prometheus.remote_write as prometheus.remote_write@v0.32 has it.
type Arguments struct {
	// ExternalLabels are added to every series that has no label of that name.
	ExternalLabels map[string]string `river:"external_labels,attr,optional"`
	// Endpoints are sent to side by side, each at its own pace.
	Endpoints []Endpoint `river:"endpoint,block,optional"`
	WAL       WAL        `river:"wal,block,optional"`
}

// SetDefaults sets the documented defaults of the blocks that may be left out.
func (a *Arguments) SetDefaults() {
	*a = Arguments{}
	a.WAL.SetDefaults()
}

// Validate refuses external labels without a name, two endpoints with one name and endpoints with identical settings.
func (a *Arguments) Validate() error {
	var all []error
	if _, nameless := a.ExternalLabels[""]; nameless {
		all = append(all, river.Fieldf("external_labels", "external_labels has a label without a name"))
	}
	for i := range a.Endpoints {
		for j := range i {
			if err := clash(i, j, &a.Endpoints[i], &a.Endpoints[j]); err != nil {
				all = append(all, err)
				break
			}
		}
	}
	return errors.Join(all...)
}

func clash(i, j int, a, b *Endpoint) error {
	switch {
	case a.Name != "" && a.Name == b.Name:
		return river.Fieldf(fmt.Sprintf("endpoint[%d].name", i), "name %q is that of another endpoint already", a.Name)
	case river.Same(*a, *b):
		return river.Fieldf(fmt.Sprintf("endpoint[%d]", i),
			"endpoints %d and %d have the same settings: remove one, or give them names if both are meant", j+1, i+1)
	}
	return nil
}

// Endpoint is one destination.
type Endpoint struct {
	// URL is posted to as it is.
	URL string `river:"url,attr"`
	// Name tells the endpoint apart in metrics and across reloads; without one it is made from the settings.
	Name string `river:"name,attr,optional"`
	// RemoteTimeout bounds each attempt; 30s by default.
	RemoteTimeout time.Duration `river:"remote_timeout,attr,optional"`
	// Headers are set on every request and override the agent's own.
	Headers httpclient.Headers `river:"headers,attr,optional"`

	// SendExemplars and SendNativeHistograms say whether those are sent; by default exemplars are, native histograms not.
	SendExemplars        bool `river:"send_exemplars,attr,optional"`
	SendNativeHistograms bool `river:"send_native_histograms,attr,optional"`
	// ProtobufMessage chooses the version of remote write: that of 1.0 by default. (Not on the page.)
	ProtobufMessage string `river:"protobuf_message,attr,optional"`

	HTTP         httpclient.Config `river:",squash"`
	Queue        QueueConfig       `river:"queue_config,block,optional"`
	Metadata     MetadataConfig    `river:"metadata_config,block,optional"`
	WriteRelabel []RelabelConfig   `river:"write_relabel_config,block,optional"`
}

// The values of protobuf_message.
const (
	message1 = "prometheus.WriteRequest"
	message2 = "io.prometheus.write.v2.Request"
)

// SetDefaults sets the documented defaults.
func (e *Endpoint) SetDefaults() {
	*e = Endpoint{RemoteTimeout: 30 * time.Second, SendExemplars: true, ProtobufMessage: message1}
	e.HTTP.SetDefaults()
	e.Queue.SetDefaults()
	e.Metadata.SetDefaults()
}

// Validate refuses a URL without scheme or host, a name that is no text, a time-out that is not positive and headers that cannot be sent.
func (e *Endpoint) Validate() error {
	all := []error{
		httpclient.CheckEndpointURL("url", e.URL),
		river.MoreThanZero("remote_timeout", e.RemoteTimeout),
		httpclient.CheckHeaders("headers", e.Headers),
	}
	if !utf8.ValidString(e.Name) {
		all = append(all, river.Fieldf("name", "name %q is not valid UTF-8", e.Name))
	}
	if e.ProtobufMessage != message1 && e.ProtobufMessage != message2 {
		all = append(all, river.Fieldf("protobuf_message", "protobuf_message must be %q or %q, not %q", message1, message2, e.ProtobufMessage))
	}
	return errors.Join(all...)
}

// QueueConfig is the block queue_config.
type QueueConfig struct {
	Capacity          int           `river:"capacity,attr,optional"`
	MinShards         int           `river:"min_shards,attr,optional"`
	MaxShards         int           `river:"max_shards,attr,optional"`
	MaxSamplesPerSend int           `river:"max_samples_per_send,attr,optional"`
	BatchSendDeadline time.Duration `river:"batch_send_deadline,attr,optional"`
	MinBackoff        time.Duration `river:"min_backoff,attr,optional"`
	MaxBackoff        time.Duration `river:"max_backoff,attr,optional"`
	// RetryOnHTTP429 makes the status 429 retryable; false by default.
	RetryOnHTTP429 bool `river:"retry_on_http_429,attr,optional"`
	// SampleAgeLimit is the age from which on samples are dropped instead of sent; 0, the default, is no limit. (Not on the
	// page.)
	SampleAgeLimit time.Duration `river:"sample_age_limit,attr,optional"`
}

// SetDefaults sets the documented defaults.
func (c *QueueConfig) SetDefaults() {
	d := queue.DefaultSettings()
	*c = QueueConfig{
		Capacity:          d.Capacity,
		MinShards:         d.MinShards,
		MaxShards:         d.MaxShards,
		MaxSamplesPerSend: d.MaxSamplesPerSend,
		BatchSendDeadline: d.BatchSendDeadline,
		MinBackoff:        d.MinBackoff,
		MaxBackoff:        d.MaxBackoff,
	}
}

// mostMinShards bounds min_shards: each shard has goroutines from the start.
const mostMinShards = 10_000

// Validate refuses numbers and times that are not positive, maxima below their minima, and more shards at the start than a
// process can have.
func (c *QueueConfig) Validate() error {
	all := []error{
		river.MoreThanZero("capacity", c.Capacity),
		river.MoreThanZero("max_samples_per_send", c.MaxSamplesPerSend),
		river.Range("min_shards", c.MinShards, "max_shards", c.MaxShards),
		river.MoreThanZero("batch_send_deadline", c.BatchSendDeadline),
		river.Range("min_backoff", c.MinBackoff, "max_backoff", c.MaxBackoff),
		river.NotNegative("sample_age_limit", c.SampleAgeLimit),
	}
	if c.MinShards > mostMinShards {
		all = append(all, river.Fieldf("min_shards", "min_shards must be at most %d, not %d", mostMinShards, c.MinShards))
	}
	return errors.Join(all...)
}

func (c *QueueConfig) settings() queue.Settings {
	return queue.Settings{
		Capacity:          c.Capacity,
		MinShards:         c.MinShards,
		MaxShards:         c.MaxShards,
		MaxSamplesPerSend: c.MaxSamplesPerSend,
		BatchSendDeadline: c.BatchSendDeadline,
		MinBackoff:        c.MinBackoff,
		MaxBackoff:        c.MaxBackoff,
	}
}

// MetadataConfig is the block metadata_config.
type MetadataConfig struct {
	// Send says whether metadata is sent; true by default.
	Send bool `river:"send,attr,optional"`
	// SendInterval is the time between two rounds of requests; 1m by default.
	SendInterval time.Duration `river:"send_interval,attr,optional"`
	// MaxSamplesPerSend is the most entries in one request; 500 by default.
	MaxSamplesPerSend int `river:"max_samples_per_send,attr,optional"`
}

// SetDefaults sets the documented defaults.
func (c *MetadataConfig) SetDefaults() {
	*c = MetadataConfig{Send: true, SendInterval: time.Minute, MaxSamplesPerSend: 500}
}

// Validate refuses an interval and a number of entries that are not positive.
func (c *MetadataConfig) Validate() error {
	return errors.Join(
		river.MoreThanZero("send_interval", c.SendInterval),
		river.MoreThanZero("max_samples_per_send", c.MaxSamplesPerSend),
	)
}

// WAL is the block wal.
type WAL struct {
	// TruncateFrequency is the time between two clean-ups; 2h by default.
	TruncateFrequency time.Duration `river:"truncate_frequency,attr,optional"`
	// MinKeepalive is how long samples are kept at least, sent or not; 5m by default.
	MinKeepalive time.Duration `river:"min_keepalive_time,attr,optional"`
	// MaxKeepalive is how long samples are kept at most, sent or not; 8h by default.
	MaxKeepalive time.Duration `river:"max_keepalive_time,attr,optional"`
}

// SetDefaults sets the documented defaults.
func (w *WAL) SetDefaults() {
	*w = WAL{TruncateFrequency: 2 * time.Hour, MinKeepalive: 5 * time.Minute, MaxKeepalive: 8 * time.Hour}
}

// Validate refuses a frequency that is not positive and a minimum that is negative or not below the maximum.
func (w *WAL) Validate() error {
	all := []error{river.MoreThanZero("truncate_frequency", w.TruncateFrequency), river.NotNegative("min_keepalive_time", w.MinKeepalive)}
	if w.MinKeepalive >= w.MaxKeepalive {
		all = append(all, river.Fieldf("min_keepalive_time", "min_keepalive_time %s must be below max_keepalive_time %s",
			river.DurationText(w.MinKeepalive), river.DurationText(w.MaxKeepalive)))
	}
	return errors.Join(all...)
}
