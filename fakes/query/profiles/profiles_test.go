package profiles_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestMerge: more profiles than are taken apart at once, a bound in time, and what is said when nothing fits.
func TestMerge(t *testing.T) {
	p := profiles.StartT(t)
	const pushed = 100
	var raw [][]byte
	for i := range pushed {
		raw = append(raw, cpu(t, 1000+int64(i), calls{"main;work": {1, 10}, fmt.Sprintf("main;f%d", i%3): {2, 20}}))
	}
	push(t, p, "one", "shop", raw...)
	merged, err := profiles.Merge(p, profiles.Query{Type: cpuTime, Selector: `{__tenant_id__="one"}`})
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, s := range merged.Sample {
		total += s.Value[0]
	}
	if total != pushed*30 || len(merged.Sample) != 4 || len(merged.SampleType) != 1 || merged.SampleType[0].Type != "cpu" {
		t.Errorf("merged %d in %d samples of %v", total, len(merged.Sample), merged.SampleType)
	}
	for _, test := range []struct {
		query profiles.Query
		want  string
	}{
		{profiles.Query{}, "set Query.Type, {} finds several: " + cpuTime + ", " + counted},
		{profiles.Query{Type: "memory:a:b:c:d"}, "no profile found, there are: " + cpuTime},
		{profiles.Query{Selector: `{zone="x"}`, Type: cpuTime}, `zone="of shop"`},
		{profiles.Query{Selector: `{`}, "query the fake pyroscope: "},
		{profiles.Query{Type: cpuTime, Until: time.Unix(999, 0)}, "no profile found"},
	} {
		if _, err := profiles.Merge(p, test.query); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: the error is %v, want %q", test.query, err, test.want)
		}
	}
	last, err := profiles.Flame(p, profiles.Query{Type: counted, From: time.Unix(1000+pushed-1, 0)})
	if err != nil || last.Total != 3 {
		t.Errorf("the last profile is %+v (%v)", last, err)
	}
	if got := profiles.Types(p); strings.Join(got, " ") != cpuTime+" "+counted {
		t.Errorf("types are %v", got)
	}
}

// TestFlame compares a tree with one made by hand; inlined, nameless and very deep frames among it.
func TestFlame(t *testing.T) {
	f := func(name string) *profile.Function { return &profile.Function{Name: name} }
	inlined := &profile.Location{Line: []profile.Line{{Function: f("inner")}, {Function: f("outer")}}}
	nameless := &profile.Location{Address: 0xbeef}
	system := &profile.Location{Line: []profile.Line{{Function: &profile.Function{SystemName: "sys"}}}}
	p := &profile.Profile{Sample: []*profile.Sample{
		{Location: []*profile.Location{inlined, nameless}, Value: []int64{9, 2}},
		{Location: []*profile.Location{system}, Value: []int64{9, 3}},
		{Location: []*profile.Location{nameless}, Value: []int64{9, 4}},
		{Location: []*profile.Location{nameless}, Value: []int64{9, 0}},
	}}
	got, err := json.Marshal(profiles.FlameOf(p, 1))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"total","self":0,"total":9,"children":[{"name":"0xbeef","self":4,"total":6,"children":[{"name":"outer","self":0,"total":2,"children":[` +
		`{"name":"inner","self":2,"total":2}]}]},{"name":"sys","self":3,"total":3}]}`
	if string(got) != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}

	deep := &profile.Sample{Value: []int64{1}}
	for range 5000 {
		deep.Location = append(deep.Location, nameless)
	}
	depth := 0
	for n := profiles.FlameOf(&profile.Profile{Sample: []*profile.Sample{deep}}, 0); len(n.Children) > 0; n = n.Children[0] {
		depth++
	}
	if depth != 1000 {
		t.Errorf("5000 frames make a tree %d deep", depth)
	}
}

// TestForgotten: what the fake forgot, or its journal dropped, is gone; what was refused, or is no profile, was never there.
func TestForgotten(t *testing.T) {
	p := profiles.StartT(t, pyroscope.Options{Options: server.Options{Journal: journal.Limits{MaxEntries: 2}}})
	push(t, p, "", "shop", []byte("no profile"))
	for i := range 3 {
		push(t, p, "", fmt.Sprintf("shop%d", i), cpu(t, 1000, calls{"main": {1, 1}}))
	}
	if _, body := post(t, p, "LabelValues", `{"name":"service_name"}`); body != `{"names":["shop1","shop2"]}` {
		t.Errorf("the services are %s", body)
	}
	p.Forget()
	if _, body := post(t, p, "LabelValues", `{"name":"service_name"}`); body != `{}` {
		t.Errorf("after Forget the services are %s", body)
	}
	for _, e := range p.Exchanges() {
		if e.Kind != profiles.Kind {
			t.Errorf("%s %s is recorded as %s", e.Method, e.Path, e.Kind)
		}
	}
}

// TestVirtual asks in virtual time; a profile without a time of its own has that of its arrival.
func TestVirtual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		p := profiles.StartT(t, pyroscope.Options{Options: server.Options{Listen: network.Listen, Addr: "pyroscope.test:80"}})
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		time.Sleep(time.Hour)
		response, err := (&http.Client{Transport: transport}).Post(p.URL()+"/ingest?name=shop.cpu", "", strings.NewReader("main;work 3\n"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if n, err := profiles.Flame(p, profiles.Query{From: time.Now()}); err != nil || n.Total != 3 {
			t.Errorf("found %+v (%v)", n, err)
		}
		if _, err := profiles.Flame(p, profiles.Query{Until: time.Now().Add(-time.Second)}); err == nil {
			t.Error("found a profile before it came")
		} else if errors.Unwrap(err) == nil {
			t.Errorf("%v wraps nothing", err)
		}
	})
}
