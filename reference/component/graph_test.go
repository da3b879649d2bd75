package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// world notes what happens to the test components, in order.
type world struct {
	mu     sync.Mutex
	events []string
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, fmt.Sprintf(format, args...))
}

// take returns what happened since the last call.
func (w *world) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := strings.Join(w.events, ", ")
	w.events = nil
	return events
}

// changes is take without the starts, which come in any order.
func (w *world) changes() string {
	events := slices.DeleteFunc(strings.Split(w.take(), ", "), func(e string) bool { return strings.HasPrefix(e, "run ") })
	return strings.Join(events, ", ")
}

type named interface{ Name() string }

type sinkArgs struct {
	Value  int           `river:"value,attr,optional"`
	Token  river.Secret  `river:"token,attr,optional"`
	Broken bool          `river:"broken,attr,optional"`
	To     []named       `river:"to,attr,optional"`
	Flush  time.Duration `river:"flush,attr,optional"` // how long it takes to stop
}

func (a *sinkArgs) Validate() error {
	if a.Value < 0 {
		return river.Fieldf("value", "must not be negative")
	}
	return nil
}

type receiver struct{ id string }

func (r *receiver) Name() string { return r.id }

type sink struct {
	world *world
	opts  Options
	args  *sinkArgs
	fail  chan error
}

type sinkExports struct {
	Receiver *receiver `river:"receiver,attr"`
}

func (w *world) definition(name string) Definition {
	return Definition{
		Name:      name,
		Arguments: func() any { return &sinkArgs{Value: 1} },
		Build: func(opts Options, args any) (Component, error) {
			s := &sink{world: w, opts: opts, args: args.(*sinkArgs), fail: make(chan error, 1)}
			if s.args.Broken {
				return nil, river.Fieldf("broken", "told to fail")
			}
			metric := prometheus.NewGauge(prometheus.GaugeOpts{Name: "test_metric", Help: "A metric of two components."})
			opts.Registerer.MustRegister(metric)
			w.note("build %s", opts.ID)
			return s, nil
		},
	}
}

func (s *sink) Exports() any { return sinkExports{&receiver{s.opts.ID}} }

func (s *sink) Run(ctx context.Context) error {
	s.world.note("run %s", s.opts.ID)
	defer s.world.note("stop %s", s.opts.ID)
	select {
	case <-ctx.Done():
		time.Sleep(s.args.Flush)
		return nil
	case err := <-s.fail:
		return err
	}
}

func (s *sink) Discard() { s.world.note("discard %s", s.opts.ID) }

func (s *sink) Prepare(args any) (Change, error) {
	next := args.(*sinkArgs)
	if next.Broken {
		return nil, errors.New("told to fail")
	}
	s.world.note("prepare %s", s.opts.ID)
	return &sinkChange{s, next}, nil
}

func (s *sink) DebugInfo() any { return map[string]int{"value": s.args.Value} }

type sinkChange struct {
	sink *sink
	next *sinkArgs
}

func (c *sinkChange) Commit() {
	c.sink.args = c.next
	c.sink.world.note("commit %s", c.sink.opts.ID)
}

func (c *sinkChange) Discard() { c.sink.world.note("drop %s", c.sink.opts.ID) }

func newTestGraph() (*Graph, *world) {
	w := &world{}
	return NewGraph(GraphOptions{
		Definitions: []Definition{w.definition("test.sink"), w.definition("test.source")},
		Logger:      slog.New(slog.NewTextHandler(io.Discard, nil)),
		StoragePath: "data",
		Getenv:      func(string) string { return "" },
	}), w
}

func load(t *testing.T, g *Graph, text string) error {
	t.Helper()
	file, err := river.Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return g.Load(file)
}

// run starts the graph in a synctest bubble and returns how to end it.
func run(g *Graph) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.Run(ctx)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-done
	}
}

const twoComponents = `
test.source "a" { to = [test.sink.b.receiver] }
test.sink "b" { value = 2 }
`

func TestComponentsAreMadeInTheOrderOfTheirReferences(t *testing.T) {
	g, w := newTestGraph()
	if err := load(t, g, twoComponents); err != nil {
		t.Fatal(err)
	}
	if got, want := w.take(), "build test.sink.b, build test.source.a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	args, _ := g.node("test.source.a").arguments()
	if got := args.(*sinkArgs).To[0].Name(); got != "test.sink.b" {
		t.Errorf("source got the receiver of %s", got)
	}
	g.Stop()
	if got, want := w.take(), "discard test.source.a, discard test.sink.b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := load(t, g, twoComponents); !errors.Is(err, ErrStopping) {
		t.Errorf("stopped graph: got %v", err)
	}
}

// happened compares events without their order: components start at the same time.
func happened(t *testing.T, w *world, want ...string) {
	t.Helper()
	got := strings.Split(w.take(), ", ")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReloadTouchesOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, reloadTouchesOnlyWhatChanged)
}

func reloadTouchesOnlyWhatChanged(t *testing.T) {
	g, w := newTestGraph()
	if err := load(t, g, twoComponents+`test.sink "c" { }`); err != nil {
		t.Fatal(err)
	}
	stop := run(g)
	w.take()
	if err := load(t, g, "// moved\ntest.sink \"b\" { value = 1 + 1 }\ntest.source \"a\" { to = [test.sink.b.receiver] }\ntest.sink \"c\" { value = 3 }\ntest.sink \"d\" { }"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.changes(), "prepare test.sink.c, build test.sink.d, commit test.sink.c"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// What is no longer wanted has stopped when Load returns.
	if err := load(t, g, twoComponents+`test.sink "c" { value = 3 }`); err != nil {
		t.Fatal(err)
	}
	if got := w.changes(); got != "stop test.sink.d" {
		t.Errorf("got %s, want d stopped", got)
	}
	stop()
	happened(t, w, "stop test.source.a", "stop test.sink.b", "stop test.sink.c")
}

func TestRefusedReloadChangesNothing(t *testing.T) {
	g, w := newTestGraph()
	if err := load(t, g, twoComponents+`test.sink "c" { }`); err != nil {
		t.Fatal(err)
	}
	w.take()
	err := load(t, g, "test.sink \"b\" { value = 5 }\ntest.sink \"c\" {\n  broken = true\n}\ntest.sink \"new\" { }\ntest.sink \"bad\" { value = -1 }")
	var list river.Diagnostics
	if !errors.As(err, &list) || len(list) != 2 {
		t.Fatalf("got %v, want two diagnostics", err)
	}
	want := "f:2:1: test.sink.c: told to fail|f:6:27: test.sink.bad: must not be negative"
	if got := list[0].Error() + "|" + list[1].Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	happened(t, w, "prepare test.sink.b", "build test.sink.new", "drop test.sink.b", "discard test.sink.new")
	for _, info := range g.Components() {
		wantState, wantMessage := "healthy", ""
		if info.ID == "test.sink.c" {
			wantState, wantMessage = "unhealthy", "f:2:1: test.sink.c: told to fail"
		}
		if info.Health.State != wantState || info.Health.Message != wantMessage {
			t.Errorf("%s is %+v", info.ID, info.Health)
		}
	}
	if len(g.Components()) != 3 || len(g.Unhealthy()) != 1 {
		t.Errorf("got %d components, %d unhealthy", len(g.Components()), len(g.Unhealthy()))
	}
	if err := load(t, g, twoComponents+`test.sink "c" { }`); err != nil || len(g.Unhealthy()) != 0 {
		t.Errorf("after a good reload: %v, unhealthy %v", err, g.Unhealthy())
	}
	happened(t, w, "")
	g.Stop()
}

// TestStopDoesNotWaitForAReload stops a graph while a load waits for a component that takes its time to end.
func TestStopDoesNotWaitForAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, w := newTestGraph()
		if err := load(t, g, "test.sink \"old\" { flush = \"5s\" }\ntest.sink \"slow\" { flush = \"4s\" }"); err != nil {
			t.Fatal(err)
		}
		stop := run(g)
		reloaded := make(chan error)
		go func() { reloaded <- load(t, g, "test.sink \"slow\" { flush = \"4s\" }") }()
		time.Sleep(2 * time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("stopping took %s, want the 4s of the slowest", took)
		}
		if err := <-reloaded; err != nil {
			t.Errorf("the reload ended with %v", err)
		}
		happened(t, w, "build test.sink.old", "build test.sink.slow", "run test.sink.old", "run test.sink.slow",
			"stop test.sink.old", "stop test.sink.slow")
	})
}

func TestFailedComponentIsBuiltAnew(t *testing.T) {
	synctest.Test(t, failedComponentIsBuiltAnew)
}

func failedComponentIsBuiltAnew(t *testing.T) {
	g, w := newTestGraph()
	if err := load(t, g, twoComponents); err != nil {
		t.Fatal(err)
	}
	stop := run(g)
	n := g.node("test.sink.b")
	n.component.(*sink).fail <- errors.New("disk gone")
	<-n.done
	if list := g.Unhealthy(); len(list) != 1 || list[0].Health.Message != "disk gone" {
		t.Errorf("got %+v", list)
	}
	w.take()
	if err := load(t, g, twoComponents); err != nil {
		t.Fatal(err)
	}
	if got := w.take(); !strings.Contains(got, "build test.sink.b, prepare test.source.a, commit test.source.a") || len(g.Unhealthy()) > 0 {
		t.Errorf("got %s, unhealthy %v", got, g.Unhealthy())
	}
	stop()
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{`a = 1`, `f:1:1: a configuration consists of components, not of attributes (put it into the block of a component)`},
		{`test.sing "a" { }`, `f:1:1: unknown component "test.sing" (did you mean test.sink?)`},
		{`something "a" { }`, `f:1:1: unknown component "something" (known are test.sink, test.source)`},
		{`test.sink { }`, `f:1:1: component "test.sink" has no label (write test.sink "LABEL" { ... })`},
		{"test.sink \"a\" { }\ntest.sink \"a\" { }", `f:2:1: component "test.sink.a" is declared twice, first on line 1 (give one of them another label)`},
		{"test.source \"a\" { to = [test.sink.stagin.receiver] }\ntest.sink \"staging\" { }", `f:1:25: test.source.a refers to component "test.sink.stagin", which does not exist (did you mean test.sink.staging?)`},
		{`test.source "a" { to = [test.snk.q.receiver] }`, `f:1:25: test.source.a refers to component "test.snk.q", which does not exist (declare it, or remove the reference)`},
		{`test.source "a" { to = [test.receiver] }`, `f:1:25: test.source.a refers to component "test", which does not exist (declare it, or remove the reference)`},
		{"test.source \"a\" { to = [test.sink.b.reciever] }\ntest.sink \"b\" { }", `f:1:37: test.sink.b has no field "reciever" (did you mean "receiver"?)`},
		{"test.source \"a\" { to = [test.sink.b] }\ntest.sink \"b\" { }", `f:1:25: value of to[0]: expected a component.named, got a map (refer to what another component exports, for example TYPE.LABEL.receiver)`},
		{"test.source \"a\" { to = [tset.sink.b.receiver] }\ntest.sink \"b\" { }", `f:1:25: "tset" is not defined (did you mean "test"?)`},
		{`test.sink "a" { to = [test.sink.a.receiver] }`, `f:1:23: components refer to each other in a circle: test.sink.a (f:1:1) -> test.sink.a (remove one of the references)`},
		{"test.sink \"a\" { to = [test.sink.b.receiver] }\ntest.sink \"b\" { to = [test.sink.c.receiver] }\ntest.sink \"c\" { to = [test.sink.b.receiver] }", `f:3:23: components refer to each other in a circle: test.sink.b (f:2:1) -> test.sink.c (f:3:1) -> test.sink.b (remove one of the references)`},
	} {
		g, w := newTestGraph()
		err := load(t, g, test.in)
		if err == nil {
			t.Errorf("%s: accepted", test.in)
		} else if err.Error() != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.in, err, test.want)
		}
		if len(g.Components()) != 0 {
			t.Errorf("%s: components are in force", test.in)
		}
		if events := w.take(); strings.Count(events, "build") != strings.Count(events, "discard") {
			t.Errorf("%s: %s", test.in, events)
		}
	}
}

func TestInfoHidesSecretsAndNamesReceivers(t *testing.T) {
	synctest.Test(t, infoHidesSecretsAndNamesReceivers)
}

func infoHidesSecretsAndNamesReceivers(t *testing.T) {
	g, _ := newTestGraph()
	if err := load(t, g, `test.source "a" { to = [test.sink.b.receiver, null] }
test.sink "b" { token = "hunter2" }`); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(g.Components())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"test.sink.b","name":"test.sink","label":"b","health":{"state":"healthy","since":"2000-01-01T00:00:00Z"},"references":[],` +
		`"arguments":{"broken":false,"flush":"0s","to":[],"token":"(secret)","value":1},"exports":{"receiver":"test.sink.b.receiver"},"debugInfo":{"value":1}},` +
		`{"id":"test.source.a","name":"test.source","label":"a","health":{"state":"healthy","since":"2000-01-01T00:00:00Z"},"references":["test.sink.b"],` +
		`"arguments":{"broken":false,"flush":"0s","to":["test.sink.b.receiver",null],"token":"","value":1},"exports":{"receiver":"test.source.a.receiver"},"debugInfo":{"value":1}}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	g.Stop()
}

// TestHealthHasATime refuses two configurations and takes a third: a state begins once, not with each look at it.
func TestHealthHasATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGraph()
		defer g.Stop()
		began := time.Now()
		expect := func(state string, since time.Duration) {
			t.Helper()
			if got := g.Components()[0].Health; got.State != state || got.Since.Sub(began) != since {
				t.Errorf("is %s since %s, want %s since %s", got.State, got.Since.Sub(began), state, since)
			}
		}
		for _, step := range []struct {
			text, state string
			since       time.Duration
		}{
			{`test.sink "a" { }`, "healthy", 0},
			{`test.sink "a" { value = 2 }`, "healthy", 0},
			{`test.sink "a" { value = -1 }`, "unhealthy", 2 * time.Second},
			{`test.sink "a" { value = -2 }`, "unhealthy", 2 * time.Second},
			{`test.sink "a" { value = 2 }`, "healthy", 4 * time.Second},
		} {
			load(t, g, step.text)
			expect(step.state, step.since)
			time.Sleep(time.Second)
		}
	})
}

func TestMetricsCarryTheComponentAndVanishWithIt(t *testing.T) {
	g, _ := newTestGraph()
	count := func() int {
		families, err := g.Gather()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range families {
			for _, m := range f.Metric {
				if m.Label[0].GetName() != "component_id" {
					t.Errorf("metric has label %s", m.Label[0].GetName())
				}
				n++
			}
		}
		return n
	}
	if err := load(t, g, twoComponents); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != 2 {
		t.Errorf("got %d metrics, want 2", got)
	}
	if err := load(t, g, `test.sink "b" { }`); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != 1 {
		t.Errorf("got %d metrics, want 1", got)
	}
	g.Stop()
}
