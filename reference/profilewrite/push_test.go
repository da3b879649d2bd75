package profilewrite

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// TestEncodingIsTheOfficialOne compares with the bytes of the published messages.
func TestEncodingIsTheOfficialOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOf(rapid.Custom(func(t *rapid.T) profile.Label {
			return profile.Label{Name: rapid.String().Draw(t, "name"), Value: rapid.String().Draw(t, "value")}
		})).Draw(t, "labels")
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		id := rapid.String().Draw(t, "id")
		series := &pushv1.RawProfileSeries{Samples: []*pushv1.RawSample{{RawProfile: raw, ID: id}}}
		for _, l := range labels {
			series.Labels = append(series.Labels, &typesv1.LabelPair{Name: l.Name, Value: l.Value})
		}
		want := &pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{series}}
		body := encodeRequest(appendLabels(nil, labels), raw, id)
		var got pushv1.PushRequest
		if err := proto.Unmarshal(body, &got); err != nil || !proto.Equal(&got, want) {
			t.Fatalf("got %v, %v, want %v", &got, err, want)
		}
		if cap(body) > len(body)+len(raw)+64 {
			t.Fatalf("%d bytes were allocated for %d", cap(body), len(body))
		}
	})
}

func TestLabels(t *testing.T) {
	label := func(name, value string) profile.Label { return profile.Label{Name: name, Value: value} }
	tests := []struct {
		name     string
		own      []profile.Label
		external map[string]string
		want     []profile.Label
		err      bool
	}{
		{name: "sorted by name", own: []profile.Label{label("z", "1"), label("a", "2")}, want: []profile.Label{label("a", "2"), label("z", "1")}},
		{name: "reserved names are dropped but two",
			own:  []profile.Label{label("__name__", "cpu"), label("__delta__", "false"), label("__address__", "h:1"), label("__meta_x", "y"), label("_a", "1")},
			want: []profile.Label{label("__delta__", "false"), label("__name__", "cpu"), label("_a", "1")}},
		{name: "external wins", own: []profile.Label{label("env", "a"), label("x", "1")}, external: map[string]string{"env": "b"},
			want: []profile.Label{label("env", "b"), label("x", "1")}},
		{name: "an empty external value removes", own: []profile.Label{label("env", "a"), label("x", "1")}, external: map[string]string{"env": ""},
			want: []profile.Label{label("x", "1")}},
		{name: "external labels may be reserved", own: []profile.Label{label("x", "1")}, external: map[string]string{"__a": "b"},
			want: []profile.Label{label("__a", "b"), label("x", "1")}},
		{name: "empty values are dropped", own: []profile.Label{label("x", ""), label("y", "1")}, want: []profile.Label{label("y", "1")}},
		{name: "none at all", own: []profile.Label{label("__address__", "h")}, err: true},
		{name: "a name twice", own: []profile.Label{label("x", "1"), label("x", "2")}, err: true},
		{name: "bad text", own: []profile.Label{label("x", "\xff")}, err: true},
	}
	for _, tt := range tests {
		own, external := slices.Clone(tt.own), maps.Clone(tt.external)
		got, err := mergeLabels(tt.own, tt.external)
		if tt.err {
			if err == nil {
				t.Errorf("%s: got %v, want an error", tt.name, got)
			}
			continue
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.name, got, err, tt.want)
		}
		if !slices.Equal(own, tt.own) || !maps.Equal(external, tt.external) {
			t.Errorf("%s: the arguments were changed", tt.name)
		}
	}
}

func TestRequestOnTheWire(t *testing.T) {
	for url, path := range map[string]string{
		"http://api.test":              "/push.v1.PusherService/Push",
		"http://api.test/":             "/push.v1.PusherService/Push",
		"http://api.test/prefix":       "/prefix/push.v1.PusherService/Push",
		"http://api.test/prefix///":    "/prefix/push.v1.PusherService/Push",
		"http://api.test/a%2Fb/#there": "/a%2Fb/push.v1.PusherService/Push",
	} {
		inWorld(t, func(w *world) {
			w.endpoint("api.test", always(200))
			r := w.start(Pyroscope(), `
				endpoint {
				  url = "`+url+`"
				  headers = {"X-Scope-OrgID" = "squad-1", "user-agent" = "mine", "Content-Type" = "text/plain"}
				}
				external_labels = {"env" = "staging"}`)
			if err := r.push("one", "data"); err != nil {
				t.Fatal(err)
			}
			got := w.pushes("api.test")[0]
			if got.path != "POST "+path || got.raw != "data" || got.labels != "__name__=memory app=one env=staging" {
				t.Errorf("%s: got %+v, want %s", url, got, path)
			}
			for name, want := range map[string]string{
				"Content-Type": "application/proto", "Connect-Protocol-Version": "1", "Connect-Timeout-Ms": "10000",
				"Accept-Encoding": "gzip", "User-Agent": "touchstone/1", "X-Scope-Orgid": "squad-1",
				"Content-Encoding": "", "Authorization": "",
			} {
				if got.header.Get(name) != want {
					t.Errorf("%s: got %q, want %q", name, got.header.Get(name), want)
				}
			}
		})
	}
}

func TestHeadersBelongToOneEndpoint(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("a.test", always(200))
		w.endpoint("b.test", always(200))
		r := w.start(Phlare(), `
			endpoint {
			  url = "http://a.test"
			  headers = {"X-Scope-Org-ID" = "squad-1", "host" = "virtual.test"}
			  http_client_config {
			    bearer_token = "t"
			  }
			}
			endpoint {
			  url = "http://b.test"
			}`)
		if err := r.push("one", "data"); err != nil {
			t.Fatal(err)
		}
		a, b := w.pushes("a.test")[0], w.pushes("b.test")[0]
		if a.header.Get("X-Scope-Org-ID") != "squad-1" || a.header.Get("Authorization") != "Bearer t" || a.host != "virtual.test" {
			t.Errorf("a got %+v", a)
		}
		if b.header.Get("X-Scope-Org-ID") != "" || b.header.Get("Authorization") != "" || b.host != "b.test" {
			t.Errorf("b got %+v", b)
		}
		if a.header.Get("Connect-Timeout-Ms") != "30000" {
			t.Errorf("got a timeout of %s ms, want phlare's 30s", a.header.Get("Connect-Timeout-Ms"))
		}
	})
}

func TestRedirectedPush(t *testing.T) {
	for status, delivered := range map[int]bool{301: false, 302: false, 303: false, 307: true, 308: true} {
		inWorld(t, func(w *world) {
			w.endpoint("old.test", func(_ int, rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "http://new.test/elsewhere", status)
			})
			w.serve("plain.test", http.NotFoundHandler())
			w.endpoint("new.test", always(200))
			r := w.start(Pyroscope(), "endpoint {\n url = \"http://old.test\"\n}")
			err := r.push("one", "data")
			if (err == nil) != delivered || (len(w.pushes("new.test")) == 1) != delivered || len(w.pushes("old.test")) != 1 {
				t.Errorf("%d: got %v, %d pushes", status, err, len(w.pushes("new.test")))
			}
			if sent := w.metric("pyroscope_write_sent_profiles_total", "http://old.test"); (sent == 1) != delivered {
				t.Errorf("%d: counted %v as sent", status, sent)
			}
		})
	}
}
