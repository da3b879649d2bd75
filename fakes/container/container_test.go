package container_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/testcontainers/testcontainers-go"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/container"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// needsEngine skips a test where there is no container engine or no image; in CI there are both.
func needsEngine(t *testing.T) {
	t.Helper()
	if os.Getenv("CI") != "" {
		return
	}
	testcontainers.SkipIfProviderIsNotHealthy(t)
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Close()
	if images, err := provider.ListImages(t.Context()); err != nil {
		t.Fatal(err)
	} else if !slices.ContainsFunc(images, func(i testcontainers.ImageInfo) bool { return i.Name == container.Image }) {
		t.Skipf("no image %s: build it with make image", container.Image)
	}
}

func run(t *testing.T, options ...testcontainers.ContainerCustomizer) *container.Container {
	t.Helper()
	needsEngine(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := container.Run(ctx, container.Image, options...)
	if c != nil {
		testcontainers.CleanupContainer(t, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// push sends one sample of up{job="a"} and returns the status.
func push(t *testing.T, url string) int {
	t.Helper()
	message := prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "a"}},
		Samples: []prompb.Sample{{Value: 1, Timestamp: time.Now().UnixMilli()}},
	}}}
	raw, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/push", bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestRun(t *testing.T) {
	c := run(t, container.WithScript(api.Mimir, "503 200"))
	address, err := c.URL(t.Context(), api.Mimir)
	if err != nil {
		t.Fatal(err)
	}
	if got := push(t, address); got != http.StatusServiceUnavailable {
		t.Errorf("first push was answered with %d, want 503 as the script says", got)
	}
	if got := push(t, address); got != http.StatusOK {
		t.Errorf("second push was answered with %d, want 200", got)
	}
	fakes, err := c.Client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, err := fakes.Fake(t.Context(), api.Mimir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.WaitFor(t.Context(), client.Samples(`up{job="a"}`, 1)); err != nil {
		t.Error(err)
	}
	if requests, err := m.Requests(t.Context(), api.Filter{}); err != nil || len(requests) != 2 {
		t.Errorf("%d requests and error %v, want the two", len(requests), err)
	}
}

func TestEachKindIsReached(t *testing.T) {
	c := run(t)
	for _, kind := range []string{api.Mimir, api.Pyroscope, api.Pprof, api.Exposition, api.OAuth2, api.Proxy} {
		address, err := c.URL(t.Context(), kind)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		response, err := http.Get(address)
		if err != nil {
			t.Errorf("%s does not answer: %v", kind, err)
			continue
		}
		response.Body.Close()
	}
}

func TestWithFakesRunsThoseOnly(t *testing.T) {
	c := run(t, container.WithFakes(api.Pyroscope), container.WithStrict())
	if _, err := c.URL(t.Context(), api.Pyroscope); err != nil {
		t.Error(err)
	}
	if address, err := c.URL(t.Context(), api.Mimir); err == nil {
		t.Errorf("a mimir runs at %s, want none", address)
	}
}

func TestWithConfig(t *testing.T) {
	path := t.TempDir() + "/fakes.yaml"
	config := "fakes:\n  - kind: mimir\n    name: ours\n    addr: :9009\n    script: \"418\"\n"
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := run(t, container.WithConfig(path))
	address, err := c.URL(t.Context(), "ours")
	if err != nil {
		t.Fatal(err)
	}
	if got := push(t, address); got != http.StatusTeapot {
		t.Errorf("answered with %d, want 418 as the file says", got)
	}
}

func TestRefusedOptionsSaySo(t *testing.T) {
	needsEngine(t)
	c, err := container.Run(t.Context(), container.Image, container.WithScript(api.Mimir, "5O3"))
	if c != nil {
		testcontainers.CleanupContainer(t, c)
	}
	if err == nil {
		t.Error("a script that does not parse was taken")
	}
}
