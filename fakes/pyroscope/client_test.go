package pyroscope_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	client "github.com/grafana/pyroscope-go"
	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1/pushv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

func encode64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func request(raw []byte) *connect.Request[pushv1.PushRequest] {
	return connect.NewRequest(&pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{{
		Labels:      []*typesv1.LabelPair{{Name: "__name__", Value: "process_cpu"}, {Name: "service_name", Value: "shop"}},
		Annotations: []*typesv1.ProfileAnnotation{{Key: "throttled", Value: "no"}},
		Samples:     []*pushv1.RawSample{{RawProfile: raw, ID: "first"}, {RawProfile: raw, ID: "second"}},
	}}})
}

// TestConnectClient has Connect's own client push in every codec and compression.
func TestConnectClient(t *testing.T) {
	raw := pprof(t, 7)
	for name, options := range map[string][]connect.ClientOption{
		"protobuf":         nil,
		"protobuf, zipped": {connect.WithSendGzip()},
		"JSON":             {connect.WithProtoJSON()},
		"JSON, zipped":     {connect.WithProtoJSON(), connect.WithSendGzip()},
	} {
		p := pyroscope.StartT(t)
		pusher := pushv1connect.NewPusherServiceClient(http.DefaultClient, p.URL()+"/prefix", options...)
		if _, err := pusher.Push(t.Context(), request(raw)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p.WaitFor(t.Context(), pyroscope.Profiles(`process_cpu{service_name="shop"}`, 2))
		pushes := p.Pushes()
		if len(pushes) != 1 || pushes[0].Kind != pyroscope.KindProfile || len(pushes[0].Profiles) != 2 {
			t.Errorf("%s: recorded %+v", name, pushes)
			continue
		}
		one := pushes[0].Profiles[1]
		if one.ID != "second" || string(one.Raw) != string(raw) || one.Annotations.Get("throttled") != "no" {
			t.Errorf("%s: recorded %+v", name, one)
		}
		if one.Parsed == nil || one.Parsed.Sample[0].Value[0] != 7 {
			t.Errorf("%s: parsed %v (%s)", name, one.Parsed, one.ParseError)
		}
	}
}

// TestConnectClientSeesErrors tells error bodies from bare statuses, as a client does.
func TestConnectClientSeesErrors(t *testing.T) {
	p := pyroscope.StartT(t, pyroscope.Options{Strict: true})
	p.Replies().Then(reply.Error("resource_exhausted", "slow down", 429), reply.Status(429), reply.Error("aborted", "", 0), reply.Status(502))
	pusher := pushv1connect.NewPusherServiceClient(http.DefaultClient, p.URL())
	for _, want := range []connect.Code{
		connect.CodeResourceExhausted, connect.CodeUnavailable, connect.CodeAborted, connect.CodeUnavailable, // the script
		connect.CodeUnauthenticated, // strict, no tenant
	} {
		_, err := pusher.Push(t.Context(), request(pprof(t, 1)))
		if got := connect.CodeOf(err); err == nil || got != want {
			t.Errorf("the client saw %v, want %v", err, want)
		}
	}
}

// TestPyroscopeGo has Grafana's own client profile this process and push.
func TestPyroscopeGo(t *testing.T) {
	runtime.SetMutexProfileFraction(1)
	defer runtime.SetMutexProfileFraction(0)
	p := pyroscope.StartT(t)
	profiler, err := client.Start(client.Config{
		ApplicationName: "shop",
		ServerAddress:   p.URL(),
		TenantID:        "one",
		UploadRate:      time.Hour,
		Tags:            map[string]string{"region": "north"},
		Logger:          nil,
		ProfileTypes:    []client.ProfileType{client.ProfileCPU, client.ProfileInuseObjects, client.ProfileGoroutines, client.ProfileMutexCount},
	})
	if err != nil {
		t.Fatal(err)
	}
	profiler.Flush(true)
	if err := profiler.Stop(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, name := range []string{"process_cpu", "memory", "goroutine"} {
		p.WaitFor(ctx, pyroscope.Profiles(name+`{service_name="shop", region="north", __tenant_id__="one"}`, 1))
	}
	all, err := p.Accepted().Profiles("{}")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Parsed == nil {
			t.Errorf("%s: %s", one.Labels, one.ParseError)
			continue
		}
		if !strings.HasPrefix(one.Ingest.Name, "shop{") || one.Ingest.From.IsZero() || one.Ingest.SpyName != "gospy" {
			t.Errorf("%s: told %+v", one.Labels, one.Ingest)
		}
	}
}
