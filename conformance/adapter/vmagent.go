package adapter

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// vmagent drives VictoriaMetrics' agent.
type vmagent struct{ path string }

func (a *vmagent) Name() string      { return "vmagent" }
func (a *vmagent) Lanes() []sut.Lane { return []sut.Lane{sut.Real} }

// vmagentVersion finds the version; programs built by Debian print none.
var vmagentVersion = regexp.MustCompile(`v?(\d+\.\d+\.\d+)`)

func (a *vmagent) Probe(ctx context.Context) (sut.Info, error) {
	line, err := version(ctx, a.path, "-version")
	if err != nil {
		return sut.Info{}, err
	}
	info := sut.Info{
		Name: a.Name(), Path: a.path, Version: "unknown",
		Can: []sut.Capability{sut.CanScrapeMetrics, sut.CanRemoteWrite, sut.CanRefuse, sut.CanShowMetrics, sut.CanListTargets, sut.CanResume},
		// Targets get their first scrape somewhere in the interval, and blocks wait for the flush interval.
		Patience: 5 * time.Second,
		Notes:    []string{"River is translated to vmagent's flags and scrape configuration; it retries all but 400, 409 and 415"},
	}
	if m := vmagentVersion.FindStringSubmatch(line); m != nil {
		info.Version = m[1]
	}
	return info, nil
}

// vmagentSheet is an endpoint of prometheus.remote_write as flags. Flags are lists with one entry an endpoint.
var vmagentSheet = slices.Concat(sheet{
	{river: "url", to: "url"},
	{river: "remote_timeout", to: "sendTimeout"},
	{river: "headers", to: "headers"},
	{river: "bearer_token", to: "bearerToken"},
	{river: "bearer_token_file", to: "bearerTokenFile"},
	{river: "proxy_url", to: "proxyURL"},
	{river: "basic_auth", to: "-"},
	{river: "basic_auth > username", to: "basicAuth:username"},
	{river: "basic_auth > password", to: "basicAuth:password"},
	{river: "basic_auth > password_file", to: "basicAuth:passwordFile"},
	{river: "oauth2", to: "-"},
	{river: "oauth2 > client_id", to: "oauth2:clientID"},
	{river: "oauth2 > client_secret", to: "oauth2:clientSecret"},
	{river: "oauth2 > client_secret_file", to: "oauth2:clientSecretFile"},
	{river: "oauth2 > scopes", to: "oauth2:scopes"},
	{river: "oauth2 > token_url", to: "oauth2:tokenUrl"},
	{river: "tls_config", to: "-"},
	{river: "tls_config > ca_file", to: "tlsCAFile"},
	{river: "tls_config > ca_pem", to: "tlsCAFile", kind: pem},
	{river: "tls_config > cert_file", to: "tlsCertFile"},
	{river: "tls_config > cert_pem", to: "tlsCertFile", kind: pem},
	{river: "tls_config > key_file", to: "tlsKeyFile"},
	{river: "tls_config > key_pem", to: "tlsKeyFile", kind: pem},
	{river: "tls_config > server_name", to: "tlsServerName"},
	{river: "tls_config > insecure_skip_verify", to: "tlsInsecureSkipVerify"},
	{river: "queue_config", to: "-"},
	{river: "queue_config > max_samples_per_send", to: "maxRowsPerBlock"},
	{river: "queue_config > batch_send_deadline", to: "flushInterval"},
})

// vmagentScrapes is a prometheus.scrape as vmagent reads it: like Prometheus, without HTTP/2 and with one limit.
var vmagentScrapes = append(scrapeSheet.without("enable_http2"), setting{river: "sample_limit", to: "sample_limit"})

// vmagentScalars are the flags that exist once for all endpoints.
var vmagentScalars = []string{"maxRowsPerBlock", "flushInterval", "queues"}

// Start starts vmagent on a port that is held for it: it does not tell which one it was given for port 0.
func (a *vmagent) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	flags, err := a.configure(setup.Folder, setup.Config)
	if err != nil {
		return nil, err
	}
	address, hold, err := holdPort()
	if err != nil {
		return nil, err
	}
	return program{
		agent: a.Name(), path: a.path, setup: setup, url: "http://" + address, hold: hold, ready: "/health",
		args: append([]string{
			"-httpListenAddr=" + address,
			"-promscrape.config=" + filepath.Join(setup.Folder, "scrape.yml"),
			"-remoteWrite.tmpDataPath=" + filepath.Join(setup.Storage, "vmagent"),
			"-loggerDisableTimestamps=false",
		}, flags...),
		configure: func([]byte) error {
			return &sut.Unsupported{Agent: a.Name(), Setting: "reload", Why: "endpoints are flags"}
		},
	}.start()
}

// configure writes scrape.yml and returns the flags for the endpoints.
func (a *vmagent) configure(folder string, config []byte) ([]string, error) {
	p, err := newPipeline(a.Name(), config)
	if err != nil {
		return nil, err
	}
	t := &translator{pipeline: p, folder: folder}
	scrapes, err := t.scrapeConfigs(vmagentScrapes)
	if err != nil {
		return nil, err
	}
	if err := writeTree(filepath.Join(folder, "scrape.yml"), tree{"scrape_configs": scrapes}); err != nil {
		return nil, err
	}
	labels, err := t.vmagentLabels()
	if err != nil {
		return nil, err
	}
	endpoints, err := t.vmagentEndpoints()
	return append(labels, endpoints...), err
}

// vmagentLabels turns external_labels into flags.
func (t *translator) vmagentLabels() ([]string, error) {
	var flags []string
	for _, w := range t.writes {
		out := tree{}
		if err := t.block(&w.Body, sheet{{river: "external_labels", to: "labels"}}, w.Name.Text, out, "endpoint"); err != nil {
			return nil, err
		}
		labels, _ := out["labels"].(map[string]any)
		if len(labels) > 0 && len(t.writes) > 1 {
			return nil, t.unsupported("external_labels of one of several prometheus.remote_write", "it has them once for all")
		}
		for name, value := range labels {
			flags = append(flags, fmt.Sprintf("-remoteWrite.label=%s=%v", name, value))
		}
	}
	slices.Sort(flags)
	return flags, nil
}

// vmagentEndpoints turns endpoints into flags. A flag has its values in the order of the endpoints, so a setting that one
// endpoint has and another has not cannot be told apart.
func (t *translator) vmagentEndpoints() ([]string, error) {
	var endpoints []*river.Block
	for _, w := range t.writes {
		endpoints = append(endpoints, w.Body.Blocks("endpoint")...)
	}
	values := map[string][]string{}
	for _, e := range endpoints {
		out := tree{}
		if err := t.vmagentEndpoint(&e.Body, out); err != nil {
			return nil, err
		}
		for name, value := range out {
			values[name] = append(values[name], flagText(name, value))
		}
	}
	var flags []string
	for name, all := range values {
		if name == "-" {
			continue
		}
		if len(all) != len(endpoints) {
			return nil, t.unsupported("settings that only some endpoints have", "flag -remoteWrite."+flagName(name)+" is a list")
		}
		if slices.Contains(vmagentScalars, name) {
			all = slices.Compact(all)
		}
		if slices.Contains(vmagentScalars, name) && len(all) > 1 {
			return nil, t.unsupported("endpoints with different queue_config", "")
		}
		for _, v := range all {
			flags = append(flags, "-remoteWrite."+flagName(name)+"="+v)
		}
	}
	slices.SortStableFunc(flags, func(x, y string) int {
		return strings.Compare(before(x), before(y)) // endpoints stay in their order
	})
	return flags, nil
}

// vmagentEndpoint translates one endpoint. What is always so in vmagent, or cannot be seen, needs no flag.
func (t *translator) vmagentEndpoint(body *river.Body, out tree) error {
	skip := []string{"name", "queue_config > min_shards", "queue_config > max_shards"}
	for _, always := range []struct {
		block, name string
		value       any
	}{{"queue_config", "retry_on_http_429", true}, {"metadata_config", "send", false}} {
		for _, b := range body.Blocks(always.block) {
			a := b.Body.Attribute(always.name)
			if a == nil {
				continue
			}
			if v, err := river.Constant(a.Value); err == nil && v == always.value {
				skip = append(skip, always.block+" > "+always.name)
			}
		}
	}
	settings := slices.Concat(vmagentSheet, sheet{{river: "metadata_config", to: "-"}})
	if err := t.vmagentShards(body, out); err != nil {
		return err
	}
	if err := t.vmagentRelabel(body, out); err != nil {
		return err
	}
	return t.block(body, settings, "endpoint", out, append(skip, "write_relabel_config")...)
}

// vmagentRelabel writes the relabelling rules of an endpoint into a file of their own.
func (t *translator) vmagentRelabel(body *river.Body, out tree) error {
	rules, err := t.relabelRules(body)
	if err != nil || len(rules) == 0 {
		return err
	}
	t.files++
	path := filepath.Join(t.folder, fmt.Sprintf("relabel-%d.yml", t.files))
	out["urlRelabelConfig"] = path
	return writeTree(path, rules)
}

// vmagentShards turns a fixed number of shards into a number of queues. It has no range.
func (t *translator) vmagentShards(body *river.Body, out tree) error {
	var low, high any = int64(1), nil
	for _, q := range body.Blocks("queue_config") {
		for name, into := range map[string]*any{"min_shards": &low, "max_shards": &high} {
			if a := q.Body.Attribute(name); a != nil {
				v, err := t.constant("endpoint > queue_config > "+name, a.Value)
				if err != nil {
					return err
				}
				*into = v
			}
		}
	}
	if high != nil && low != high {
		return t.unsupported("endpoint > queue_config > max_shards", "its number of queues is fixed")
	}
	if high != nil {
		out["queues"] = high
	}
	return nil
}

func before(flag string) string {
	name, _, _ := strings.Cut(flag, "=")
	return name
}

// flagName puts the dots into a name that a sheet must do without.
func flagName(name string) string { return strings.ReplaceAll(name, ":", ".") }

// flagText writes a value in vmagent's way: lists joined by semicolons, headers by ^^. Commas separate endpoints, so a
// value that holds one is quoted.
func flagText(name string, value any) string {
	var text string
	switch value := value.(type) {
	case map[string]any:
		var pairs []string
		for k, v := range value {
			pairs = append(pairs, fmt.Sprintf("%s:%v", k, v))
		}
		slices.Sort(pairs)
		text = strings.Join(pairs, "^^")
	case []any:
		var words []string
		for _, v := range value {
			words = append(words, fmt.Sprint(v))
		}
		text = strings.Join(words, ";")
	default:
		text = fmt.Sprint(value)
	}
	if strings.ContainsAny(text, `,"'`) && !slices.Contains(vmagentScalars, name) {
		text = fmt.Sprintf("%q", text)
	}
	return text
}
