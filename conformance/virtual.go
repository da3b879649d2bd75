package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// The virtual lane of a released program: testing/synctest works inside a test only, so a child process of the same program
// pretends to be one. Cases go in and observations come out, one line of JSON each. A bubble that panics or deadlocks ends the
// child; the case at hand is an error then, and the next one gets a new child.

// order asks for one case.
type order struct {
	Path   string `json:"path"` // of the scenario
	Source []byte `json:"source"`
	Case   string `json:"case"`
	Agent  string `json:"agent"`
	Act    string `json:"act,omitempty"`
	Folder string `json:"folder"`
}

// delivery is what came of an order.
type delivery struct {
	Seen        *observe.Observation `json:"seen,omitempty"`
	Touched     int                  `json:"touched,omitempty"`
	Unsupported string               `json:"unsupported,omitempty"`
	Error       string               `json:"error,omitempty"`
}

// ServeVirtual plays the orders that come in on os.Stdin until it ends, and exits the process. A program that offers the virtual lane
// calls it when it is started with the arguments that Options.Virtual names. Everything else that this process would print on
// os.Stdout goes to os.Stderr.
func ServeVirtual() {
	out := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr
	os.Args = os.Args[:1] // the rest is no flag of a test
	serve := func(t *testing.T) {
		in := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
		for {
			var o order
			if err := in.Decode(&o); err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("read an order: %v", err)
				}
				return
			}
			if err := out.Encode(o.play(t)); err != nil {
				t.Errorf("write an observation: %v", err)
				return
			}
		}
	}
	every := func(string, string) (bool, error) { return true, nil }
	testing.Main(every, []testing.InternalTest{{Name: "virtual lane", F: serve}}, nil, nil)
}

// play plays the order in a bubble of its own.
func (o order) play(t *testing.T) delivery {
	c, err := o.find()
	if err != nil {
		return delivery{Error: err.Error()}
	}
	agent, err := virtualAgent(o.Agent)
	if err != nil {
		return delivery{Error: err.Error()}
	}
	got := inBubble(t, c, agent, o.Act, o.Folder)
	d := delivery{Seen: got.seen, Touched: got.touched, Unsupported: got.unsupported}
	if got.err != nil {
		d.Error = got.err.Error()
	}
	return d
}

// inBubble plays one case on the virtual lane. It must not be called from inside a bubble.
func inBubble(t *testing.T, c scenario.Case, agent Agent, act, folder string) outcome {
	var got outcome
	synctest.Test(t, func(*testing.T) { got = perform(context.Background(), c, agent, act, folder, nil) })
	return got
}

// find parses the scenario again and picks the case.
func (o order) find() (scenario.Case, error) {
	s, err := scenario.Parse(o.Path+".txtar", o.Source)
	if err != nil {
		return scenario.Case{}, err
	}
	cases, err := s.Expand(scenario.Virtual)
	if err != nil {
		return scenario.Case{}, err
	}
	for _, c := range cases {
		if c.ID == o.Case {
			return c, nil
		}
	}
	return scenario.Case{}, fmt.Errorf("scenario %s has no case %s on the virtual lane", o.Path, o.Case)
}

// virtualAgent finds an agent that runs inside this process.
func virtualAgent(name string) (Agent, error) {
	for _, a := range append([]sut.Adapter{adapter.Reference()}, adapter.Empties()...) {
		if a.Name() == name {
			info, err := a.Probe(context.Background())
			return Agent{Adapter: a, Info: info}, err
		}
	}
	return Agent{}, fmt.Errorf("agent %s does not run on the virtual lane", name)
}

// virtualLimit is how long a case may take by the clock on the wall before its bubble is taken for stuck.
const virtualLimit = 2 * time.Minute

// bubbles is a child process that plays orders one after another. Not safe for concurrent use.
type bubbles struct {
	argv []string

	cmd    *exec.Cmd // nil when no child is running
	in     *json.Encoder
	pipe   io.Closer
	out    *json.Decoder
	errors *tail
}

// start starts the child.
func (b *bubbles) start() error {
	cmd := exec.Command(b.argv[0], b.argv[1:]...)
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	b.errors = &tail{}
	cmd.Stderr = b.errors
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the virtual lane: %w", err)
	}
	b.cmd, b.in, b.pipe, b.out = cmd, json.NewEncoder(in), in, json.NewDecoder(bufio.NewReaderSize(out, 1<<20))
	return nil
}

// play plays one order. A child that does not come back with an answer is gone afterwards.
func (b *bubbles) play(ctx context.Context, o order) outcome {
	if b.cmd == nil {
		if err := b.start(); err != nil {
			return outcome{err: err}
		}
	}
	answered := make(chan error, 1)
	var d delivery
	go func() {
		if err := b.in.Encode(o); err != nil {
			answered <- err
			return
		}
		answered <- b.out.Decode(&d)
	}()
	limit := time.NewTimer(virtualLimit)
	defer limit.Stop()
	var err error
	select {
	case err = <-answered:
	case <-limit.C:
		err = fmt.Errorf("no answer within %s", virtualLimit)
	case <-ctx.Done():
		b.kill()
		<-answered
		return outcome{err: ctx.Err()}
	}
	if err != nil {
		b.kill()
		return outcome{err: b.broken(err)}
	}
	return d.outcome()
}

func (d delivery) outcome() outcome {
	o := outcome{seen: d.Seen, touched: d.Touched, unsupported: d.Unsupported}
	if d.Error != "" {
		o.err = errors.New(d.Error)
	}
	return o
}

// broken words how the child ended: a deadlock or a panic in a bubble stands in what it printed.
func (b *bubbles) broken(err error) error {
	said := b.errors.text()
	if said == "" {
		return fmt.Errorf("the virtual lane broke: %w", err)
	}
	return fmt.Errorf("the virtual lane broke: %s", said)
}

// kill ends the child at once.
func (b *bubbles) kill() {
	_ = b.cmd.Process.Kill() // it may have ended by itself
	_ = b.cmd.Wait()
	b.cmd = nil
}

// close lets the child end by itself: no more orders will come.
func (b *bubbles) close() {
	if b.cmd == nil {
		return
	}
	_ = b.pipe.Close()
	_ = b.cmd.Wait()
	b.cmd = nil
}

// tail keeps the beginning of what a child prints on its way out: the reason comes first, the stacks after it.
type tail struct{ buffer bytes.Buffer }

const tailLimit = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.buffer.Write(p[:min(len(p), max(tailLimit-t.buffer.Len(), 0))])
	return len(p), nil
}

// text is the first lines, without the stacks.
func (t *tail) text() string {
	text, _, _ := strings.Cut(strings.TrimSpace(t.buffer.String()), "\n\n")
	return text
}
