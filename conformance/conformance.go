// Package conformance plays scenarios against agents and says, clause by clause of the specification, what holds. Use [Run] with
// [Options], [Test] in the tests of an agent's own repository, and [SelfTest] to see that the scenarios can fail.
//
// What is played is a [Suite]; [Embedded] is the one that comes with the program. The package prints nothing.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Options say what is run. Only Adapters is needed.
type Options struct {
	// Suite is what is played; nil is the embedded one.
	Suite *Suite
	// Adapters are the agents to be judged.
	Adapters []sut.Adapter
	Filter   Filter
	// Known holds the lists of known deviations, AGENT.yaml; nil means those of the suite.
	Known fs.FS
	// Virtual is the program, with its arguments, that calls ServeVirtual. Without it the virtual lane is left out.
	Virtual []string
	// Jobs is how many cases are played at once: on the real lane, where they mostly wait. 0 is twelve for each processor. The virtual
	// lane has at most one per processor.
	Jobs int
	// Folder takes the evidence; empty is a new temporary folder.
	Folder string
	// Keep keeps the evidence of every case, not only of those that did not pass.
	Keep bool
	// Tool is the version of the program, for the report.
	Tool string
	// Planned is told how many cases there will be, and Progress each case when it has ended; both may be nil. Calls come one at a
	// time, in no particular order of cases.
	Planned  func(cases int)
	Progress func(report.Case)
}

// Run plays what the options select and reports it. Cases are in the order of the scenarios. The error is a *UsageError when the
// options select nothing or something that does not exist, otherwise the harness could not run at all: what fails in a single case
// stands in the report.
func Run(ctx context.Context, o Options) (*report.Report, error) {
	r, err := newRunner(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.late.close()
	units, err := r.suite.plan(r.agents, o.Filter)
	if err != nil {
		return nil, err
	}
	units = r.playable(units)
	if len(units) == 0 {
		return nil, usagef("nothing is selected: no agent plays on the lanes that are left")
	}
	known, err := r.known()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	cases := make([]report.Case, len(units))
	played := 0
	r.twice(ctx, units, known, func(i int, u unit, got outcome, folder string) {
		if ctx.Err() != nil {
			_ = os.RemoveAll(folder) // broken off: there is nothing to judge
			return
		}
		played++
		cases[i] = r.judge(u, got)
		cases[i].Evidence = r.tidy(u, cases[i], got, folder)
		if o.Progress != nil {
			o.Progress(known[u.agent.Info.Name].Preview(u.agent.reported(), cases[i]))
		}
	})
	if err := ctx.Err(); err != nil {
		r.discard()
		return nil, fmt.Errorf("interrupted after %d of %d cases, so there is no report; %s (%w)", played, len(units), r.left(), err)
	}
	return r.report(began, cases, known), nil
}

// runner is one run.
type runner struct {
	options Options
	suite   *Suite
	agents  []Agent
	folder  string
	late    *lateness
	names   sync.Map // folders in use
}

func newRunner(ctx context.Context, o Options) (*runner, error) {
	r := &runner{options: o, suite: o.Suite}
	var err error
	if r.suite == nil {
		if r.suite, err = Embedded(); err != nil {
			return nil, err
		}
	}
	if len(o.Adapters) == 0 {
		return nil, usagef("no agent is named")
	}
	if r.agents, err = Probe(ctx, o.Adapters); err != nil {
		return nil, err
	}
	if r.folder, err = evidenceFolder(o.Folder); err != nil {
		return nil, err
	}
	r.late = watchLateness()
	return r, nil
}

// left words what became of the evidence of a run that was broken off.
func (r *runner) left() string {
	if r.options.Folder == "" {
		return "the evidence was removed"
	}
	return "the evidence so far is in " + r.folder
}

// discard removes the evidence of a run that was broken off, unless somebody has said where it shall be.
func (r *runner) discard() {
	if r.options.Folder == "" {
		_ = os.RemoveAll(r.folder)
	}
}

func evidenceFolder(name string) (string, error) {
	if name == "" {
		return os.MkdirTemp("", "touchstone-")
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return path, os.MkdirAll(path, 0o700)
}

// playable leaves out the virtual lane when there is no program for it.
func (r *runner) playable(units []unit) []unit {
	if len(r.options.Virtual) > 0 {
		return units
	}
	var rest []unit
	for _, u := range units {
		if u.Lane != scenario.Virtual {
			rest = append(rest, u)
		}
	}
	return rest
}

// jobsPerProcessor was found by trying: with more, a run of the real lane gets no shorter.
const jobsPerProcessor = 12

// all plays units, several at once, and hands over what came of each. Calls of done come one at a time.
func (r *runner) all(ctx context.Context, units []unit, done func(i int, u unit, got outcome, folder string)) {
	if r.options.Planned != nil {
		r.options.Planned(len(units))
	}
	jobs := r.options.Jobs
	if jobs <= 0 {
		jobs = jobsPerProcessor * runtime.NumCPU()
	}
	queues := map[scenario.Lane]chan int{scenario.Virtual: make(chan int), scenario.Real: make(chan int)}
	workers := map[scenario.Lane]int{scenario.Virtual: min(jobs, runtime.NumCPU()), scenario.Real: jobs}
	var mu sync.Mutex // makes calls of done come one at a time
	var running sync.WaitGroup
	for lane, queue := range queues {
		for range workers[lane] {
			running.Go(func() { r.work(ctx, units, queue, &mu, done) })
		}
		running.Go(func() {
			defer close(queue)
			feed(ctx, units, lane, queue)
		})
	}
	running.Wait()
}

// feed hands out the units of a lane.
func feed(ctx context.Context, units []unit, lane scenario.Lane, queue chan<- int) {
	for i, u := range units {
		if u.Lane != lane {
			continue
		}
		select {
		case queue <- i:
		case <-ctx.Done():
			return
		}
	}
}

func (r *runner) work(ctx context.Context, units []unit, queue <-chan int, mu *sync.Mutex, done func(int, unit, outcome, string)) {
	child := &bubbles{argv: r.options.Virtual}
	defer child.close()
	for i := range queue {
		began := time.Now()
		folder, got := r.play(ctx, child, units[i])
		got.took = time.Since(began)
		mu.Lock()
		done(i, units[i], got, folder)
		mu.Unlock()
	}
}

// play plays one unit in a folder of its own.
func (r *runner) play(ctx context.Context, child *bubbles, u unit) (string, outcome) {
	if u.skip != "" {
		return "", outcome{unsupported: u.skip}
	}
	folder, err := r.caseFolder(u)
	if err != nil {
		return "", outcome{err: err}
	}
	if u.Lane == scenario.Virtual {
		return folder, child.play(ctx, order{
			Path: u.Scenario.Path, Source: r.suite.Source(u.Scenario.Path), Case: u.ID,
			Agent: u.agent.Info.Name, Act: u.act, Folder: folder,
		})
	}
	return folder, perform(ctx, u.Case, u.agent, u.act, folder, r.late)
}

// caseFolder makes the folder of a unit, named so that people find it.
func (r *runner) caseFolder(u unit) (string, error) {
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune("/\\:=\"' *", c) {
			return '_'
		}
		return c
	}, strings.Join([]string{u.agent.Info.Name, string(u.Lane), u.ID, u.act}, " "))
	name = strings.TrimRight(name, "_")
	if len(name) > 200 {
		name = name[:200]
	}
	for n := 1; ; n++ {
		unique := name
		if n > 1 {
			unique = fmt.Sprintf("%s-%d", name, n)
		}
		if _, taken := r.names.LoadOrStore(unique, true); !taken {
			folder := filepath.Join(r.folder, unique)
			if err := os.RemoveAll(folder); err != nil { // of an earlier run with the same folder
				return "", err
			}
			return folder, os.MkdirAll(folder, 0o700)
		}
	}
}

// judge makes a case of what came of a unit, without its secrets.
func (r *runner) judge(u unit, got outcome) report.Case {
	c := verdict(u, got)
	hide(redactor(u.Case, got.seen), &c)
	return c
}

func verdict(u unit, got outcome) report.Case {
	c := u.blank()
	c.Took, c.Replayed = got.took, got.again
	switch {
	case got.unsupported != "":
		return report.Skipped(c, got.unsupported)
	case got.err != nil:
		return report.Broken(c, got.err)
	case len(got.seen.Trouble) > 0:
		return report.Broken(c, errors.New(strings.Join(got.seen.Trouble, "; ")))
	}
	c.Passed = got.seen.Ended.Sub(got.seen.Began)
	return report.Judged(c, check.Judge(u.Case, got.seen), u.agent.Info.Unasked)
}

// observationFile holds what was seen, to be judged again.
const observationFile = "observation.json"

// tidy writes down what was seen, without secrets, and returns the folder, or removes it when nobody will want to look. What was seen is
// not to be judged after that.
func (r *runner) tidy(u unit, c report.Case, got outcome, folder string) string {
	if folder == "" {
		return ""
	}
	wanted := r.options.Keep || c.Verdict != report.Pass && c.Verdict != report.Skip
	if !wanted || writeEvidence(u.Case, got.seen, folder) != nil {
		_ = os.RemoveAll(folder) // what stays is only rubbish in a temporary folder
		return ""
	}
	return folder
}

func writeEvidence(c scenario.Case, seen *observe.Observation, folder string) error {
	secrets := redactor(c, seen)
	if err := hideFiles(secrets, folder); err != nil {
		return err
	}
	if seen == nil {
		return nil
	}
	secrets.Observation(seen)
	return saveObservation(filepath.Join(folder, observationFile), seen)
}

func saveObservation(path string, seen *observe.Observation) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := observe.Encode(f, seen); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// known are the lists of known deviations of the agents of this run.
func (r *runner) known() (map[string]report.Known, error) {
	var names []string
	for _, a := range r.agents {
		names = append(names, a.Info.Name)
	}
	return r.suite.known(r.options.Known, names)
}

// report builds the report, and removes the evidence of deviations that turned out to be known.
func (r *runner) report(began time.Time, cases []report.Case, known map[string]report.Known) *report.Report {
	run := report.Run{
		Tool: r.options.Tool, Began: began, Ended: time.Now(), Filtered: !r.options.Filter.Empty(), Clauses: r.suite.Clauses, Known: known,
	}
	for _, a := range r.agents {
		run.Agents = append(run.Agents, a.reported())
	}
	built := report.Build(run, cases)
	for i := range built.Cases {
		if c := &built.Cases[i]; c.Verdict == report.KnownDeviation && c.Evidence != "" && !r.options.Keep {
			_ = os.RemoveAll(c.Evidence)
			c.Evidence = ""
		}
	}
	_ = os.Remove(r.folder) // only if it is empty
	return built
}
