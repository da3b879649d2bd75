package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// testFlags are the flags of `touchstone test` beside the selection.
type testFlags struct {
	selection
	outputs
	agents []string
	known  string
	update bool
}

func newTestCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATTERN...]",
		Short: "Play scenarios against agents and say, clause by clause, what holds",
		Long: `Plays scenarios against agents and says, clause by clause of the specification, what holds. Without arguments the whole suite is played against
the reference that is built in, on the virtual lane (exact times, in memory) and on the real one (processes, sockets).

A PATTERN is the name of a scenario or of a case, in which * stands for any run of characters.`,
		Example: `  touchstone test
  touchstone test 'remote_write/*' --agent prometheus=/usr/bin/prometheus
  touchstone test --clause 'RW-RETRY-*' --lane virtual --html report.html --junit report.xml`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.selection.add(cmd)
	f.outputs.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.agents, "agent", nil, "`NAME[=PATH]` of an agent to judge, one of "+strings.Join(adapter.Names(), ", ")+"; may be repeated")
	flags.StringVar(&f.known, "known", "", "`FOLDER` with the lists of known deviations, AGENT.yaml (default those of the suite)")
	flags.BoolVar(&f.update, "update-known", false, "rewrite the lists in the folder given by --known so that they say what this run found")
	return cmd
}

func (f *testFlags) run(cmd *cobra.Command, args []string) error {
	o, err := f.options(args)
	if err != nil {
		return err
	}
	if err := f.checkUpdate(o); err != nil {
		return err
	}
	if err := f.outputs.check(); err != nil {
		return err
	}
	if f.known != "" {
		o.Known = os.DirFS(f.known)
	}
	if o.Adapters, err = newAdapters(f.agents); err != nil {
		return err
	}
	defer showProgress(cmd.ErrOrStderr(), &o)()
	r, err := conformance.Run(cmd.Context(), o)
	if err != nil {
		return err
	}
	return f.finish(cmd.OutOrStdout(), r)
}

// checkUpdate refuses to rewrite lists from a part of the truth.
func (f *testFlags) checkUpdate(o conformance.Options) error {
	switch {
	case !f.update:
		return nil
	case f.known == "":
		return usagef("--update-known needs --known FOLDER: the lists that are built in cannot be rewritten")
	case !o.Filter.Empty():
		return usagef("--update-known needs a run of the whole suite: leave out the filters")
	}
	return nil
}

// finish writes the report and the lists, and settles the exit code.
func (f *testFlags) finish(out io.Writer, r *report.Report) error {
	if err := report.WriteSummary(out, r); err != nil {
		return err
	}
	if err := f.outputs.write(out, r); err != nil {
		return err
	}
	if f.update {
		return f.rewrite(out, r)
	}
	if code := r.Exit(); code != report.ExitOK {
		return &outcome{code: code}
	}
	return nil
}

// rewrite brings the lists of known deviations up to date.
func (f *testFlags) rewrite(out io.Writer, r *report.Report) error {
	for _, a := range r.Agents {
		path := filepath.Join(f.known, a.Name+".yaml")
		text, err := conformance.UpdateKnown(os.DirFS(f.known), r, a.Name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(out, "rewritten: %s\n", path)
	}
	return nil
}

// showProgress shows each case as it ends; the function returned clears the line.
func showProgress(out io.Writer, o *conformance.Options) func() {
	p := &report.Progress{Out: out, Terminal: isTerminal(out)}
	o.Planned = func(cases int) { p.Total = cases }
	o.Progress = p.Done
	return p.Close
}

// isTerminal tells whether somebody looks at what is written.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
