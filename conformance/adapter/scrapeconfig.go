package adapter

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// tlsSheet and authSheet are the HTTP client settings in the words of Prometheus' configuration.
var tlsSheet = sheet{
	{river: "ca_file", to: "ca_file"},
	{river: "ca_pem", to: "ca_file", kind: pem},
	{river: "cert_file", to: "cert_file"},
	{river: "cert_pem", to: "cert_file", kind: pem},
	{river: "key_file", to: "key_file"},
	{river: "key_pem", to: "key_file", kind: pem},
	{river: "server_name", to: "server_name"},
	{river: "insecure_skip_verify", to: "insecure_skip_verify"},
	{river: "min_version", to: "min_version"},
}

var clientSheet = slices.Concat(sheet{
	{river: "bearer_token", to: "bearer_token"},
	{river: "bearer_token_file", to: "bearer_token_file"},
	{river: "proxy_url", to: "proxy_url"},
	{river: "follow_redirects", to: "follow_redirects"},
	{river: "enable_http2", to: "enable_http2"},
},
	sheet{
		{river: "username", to: "username"},
		{river: "password", to: "password"},
		{river: "password_file", to: "password_file"},
	}.within("basic_auth", "basic_auth"),
	sheet{
		{river: "type", to: "type"},
		{river: "credentials", to: "credentials"},
		{river: "credentials_file", to: "credentials_file"},
	}.within("authorization", "authorization"),
	slices.Concat(sheet{
		{river: "client_id", to: "client_id"},
		{river: "client_secret", to: "client_secret"},
		{river: "client_secret_file", to: "client_secret_file"},
		{river: "scopes", to: "scopes"},
		{river: "token_url", to: "token_url"},
		{river: "endpoint_params", to: "endpoint_params"},
		{river: "proxy_url", to: "proxy_url"},
	}, tlsSheet.within("tls_config", "tls_config")).within("oauth2", "oauth2"),
	tlsSheet.within("tls_config", "tls_config"),
)

var scrapeSheet = slices.Concat(sheet{
	{river: "job_name", to: "job_name"},
	{river: "honor_labels", to: "honor_labels"},
	{river: "honor_timestamps", to: "honor_timestamps"},
	{river: "params", to: "params"},
	{river: "scrape_interval", to: "scrape_interval", kind: duration},
	{river: "scrape_timeout", to: "scrape_timeout", kind: duration},
	{river: "metrics_path", to: "metrics_path"},
	{river: "scheme", to: "scheme"},
}, clientSheet)

// limitSheet are the limits of a scrape. Lengths and numbers are spelt alike.
var limitSheet = sheet{
	{river: "body_size_limit", to: "body_size_limit", kind: size},
	{river: "sample_limit", to: "sample_limit"},
	{river: "label_limit", to: "label_limit"},
	{river: "label_name_length_limit", to: "label_name_length_limit"},
	{river: "label_value_length_limit", to: "label_value_length_limit"},
	{river: "target_limit", to: "target_limit"},
}

// relabelSheet is a block write_relabel_config as a rule of Prometheus.
var relabelSheet = sheet{
	{river: "source_labels", to: "source_labels"},
	{river: "separator", to: "separator"},
	{river: "regex", to: "regex"},
	{river: "modulus", to: "modulus"},
	{river: "target_label", to: "target_label"},
	{river: "replacement", to: "replacement"},
	{river: "action", to: "action"},
}

// relabelRules translates the blocks write_relabel_config of an endpoint, in their order.
func (t *translator) relabelRules(endpoint *river.Body) ([]tree, error) {
	var rules []tree
	for _, b := range endpoint.Blocks("write_relabel_config") {
		rule := tree{}
		if err := t.block(&b.Body, relabelSheet, "write_relabel_config", rule); err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// scrapeConfigs translates every prometheus.scrape into an entry of scrape_configs. The attributes named in skip are the caller's.
func (t *translator) scrapeConfigs(settings sheet, skip ...string) ([]tree, error) {
	var all []tree
	for _, s := range t.scrapes {
		out := tree{"job_name": s.ID()}
		if err := t.block(&s.Body, settings, s.Name.Text, out, append(skip, "targets", "forward_to")...); err != nil {
			return nil, err
		}
		groups, err := t.targets(s)
		if err != nil {
			return nil, err
		}
		out["static_configs"] = groups
		all = append(all, out)
	}
	return all, nil
}

// targets translates each target into a group of its own, so that it keeps its labels.
func (t *translator) targets(scrape *river.Block) ([]tree, error) {
	const title = "prometheus.scrape > targets"
	a := scrape.Body.Attribute("targets")
	if a == nil {
		return nil, t.unsupported("prometheus.scrape without targets", "")
	}
	v, err := t.constant(title, a.Value)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, t.unsupported(title, "it is no list")
	}
	groups := []tree{}
	for _, element := range list {
		set, ok := element.(map[string]any)
		if !ok {
			return nil, t.unsupported(title, "it holds something other than label sets")
		}
		labels := tree{}
		for name, value := range set {
			if name != "__address__" {
				labels[name] = fmt.Sprint(value)
			}
		}
		groups = append(groups, tree{"targets": []any{set["__address__"]}, "labels": labels})
	}
	return groups, nil
}

// writeTree writes a configuration as JSON, which is YAML.
func writeTree(path string, t any) error {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}
