package metrics_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// push sends series as one write of version 1.0.
func push(t testing.TB, m *mimir.Server, tenant string, request *prompb.WriteRequest) {
	t.Helper()
	if err := send(http.DefaultClient, m.PushURL(), tenant, request); err != nil {
		t.Fatal(err)
	}
}

// send is push for other clients, and for other goroutines than the test's own.
func send(client *http.Client, to, tenant string, request *prompb.WriteRequest) error {
	message, err := request.Marshal()
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(snappy.Encode(nil, message)))
	if err != nil {
		return err
	}
	if tenant != "" {
		r.Header.Set("X-Scope-OrgID", tenant)
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the push was answered %s: %s", response.Status, text)
	}
	return err
}

// series is one series with samples at these times and values, in turn.
func series(labels string, samples ...float64) prompb.TimeSeries {
	var s prompb.TimeSeries
	for pair := range strings.SplitSeq(labels, ",") {
		name, value, _ := strings.Cut(pair, "=")
		s.Labels = append(s.Labels, prompb.Label{Name: name, Value: value})
	}
	for i := 0; i+1 < len(samples); i += 2 {
		s.Samples = append(s.Samples, prompb.Sample{Timestamp: int64(samples[i] * 1000), Value: samples[i+1]})
	}
	return s
}

func write(all ...prompb.TimeSeries) *prompb.WriteRequest {
	return &prompb.WriteRequest{Timeseries: all}
}

// ask sends a GET, or a POST with the parameters in its body, for a path below the prefix and returns status and body.
func ask(t testing.TB, m *mimir.Server, method, tenant, path string) (int, string) {
	t.Helper()
	target, form, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	body := ""
	if method == http.MethodPost {
		body = values.Encode()
	} else {
		target += "?" + values.Encode()
	}
	r, err := http.NewRequestWithContext(t.Context(), method, m.URL()+"/prometheus/api/v1/"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("X-Scope-OrgID", tenant)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}
