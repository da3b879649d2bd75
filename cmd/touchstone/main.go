// Command touchstone tests telemetry push agents. See the README for what it is for, and touchstone help for its commands.
//
// It exits 0 when everything is as expected, 1 when something that binds does not hold, 2 for a wrong command line or a filter that selects
// nothing, and 3 when touchstone itself failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// version is set by the linker in released programs.
var version = ""

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on the next one does what it does to any program.
	context.AfterFunc(ctx, release)
	root := newRootCommand()
	root.SetArgs(os.Args[1:])
	os.Exit(run(ctx, root))
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "touchstone",
		Short:         "Test telemetry push agents against the pages that describe them",
		Version:       toolVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newTestCommand(), newSelftestCommand(), newScenarioCommand(), newExplainCommand(), newDoctorCommand(),
		newReportCommand(), newReferenceCommand(), newFakesCommand(), newBenchCommand(), newVirtualCommand())
	mark(root)
	return root
}

// toolVersion is what --version prints.
func toolVersion() string {
	if version != "" {
		return version
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return "unknown"
}

// outcome is an exit code with what is to be said about it; err may be nil.
type outcome struct {
	code int
	err  error
}

func (o *outcome) Error() string {
	if o.err == nil {
		return fmt.Sprintf("exit status %d", o.code)
	}
	return o.err.Error()
}

func (o *outcome) Unwrap() error { return o.err }

// mark makes every error of a command that ran an outcome. What is left comes from the command line itself.
func mark(cmd *cobra.Command) {
	if runE := cmd.RunE; runE != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error { return settled(runE(cmd, args)) }
	}
	for _, c := range cmd.Commands() {
		mark(c)
	}
}

func settled(err error) error {
	var usage *conformance.UsageError
	switch {
	case err == nil || errors.As(err, new(*outcome)):
		return err
	case errors.As(err, &usage):
		return &outcome{report.ExitUsage, err}
	}
	return &outcome{report.ExitBroken, err}
}

// run runs the command line and returns the exit code.
func run(ctx context.Context, root *cobra.Command) int {
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return report.ExitOK
	}
	var o *outcome
	if !errors.As(err, &o) {
		fmt.Fprintf(root.ErrOrStderr(), "touchstone: %v (see %s --help)\n", err, cmd.CommandPath())
		return report.ExitUsage
	}
	if o.err != nil {
		fmt.Fprintf(root.ErrOrStderr(), "touchstone: %v\n", o.err)
	}
	return o.code
}
