package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

func newDoctorCommand() *cobra.Command {
	var agents []string
	cmd := &cobra.Command{
		Use: "doctor", Short: "Say which agents and lanes work here, with versions", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "touchstone %s, %s %s/%s, %d processors\n\nlanes\n", toolVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
			tell(out, "virtual", "a child process enters the bubble", virtualWorks(cmd.Context()))
			tell(out, "real", "loopback sockets", realWorks())
			fmt.Fprintf(out, "\nagents\n")
			for _, text := range withNames(agents) {
				diagnose(cmd.Context(), out, text)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&agents, "agent", nil, "`NAME=PATH` of an agent that is not at its usual place; may be repeated")
	return cmd
}

// withNames are the agents given, and all others under their usual names.
func withNames(given []string) []string {
	all := append([]string(nil), given...)
	for _, name := range adapter.Names() {
		named := false
		for _, text := range given {
			named = named || strings.HasPrefix(text, name+"=")
		}
		if !named {
			all = append(all, name)
		}
	}
	return all
}

func tell(out io.Writer, what, how string, err error) {
	state := "works  "
	if err != nil {
		state, how = "missing", err.Error()
	}
	fmt.Fprintf(out, "  %s  %-13s %s\n", state, what, how)
}

// diagnose asks one agent what it is.
func diagnose(ctx context.Context, out io.Writer, text string) {
	name, _, _ := strings.Cut(text, "=")
	adapters, err := newAdapters([]string{text})
	if err != nil {
		tell(out, name, "", err)
		return
	}
	info, err := adapters[0].Probe(ctx)
	if err == nil {
		err = info.Validate()
	}
	tell(out, name, describe(info, adapters[0].Lanes()), err)
}

func describe(info sut.Info, lanes []sut.Lane) string {
	var words []string
	for _, lane := range lanes {
		words = append(words, string(lane))
	}
	text := fmt.Sprintf("%s, %s", info.Version, strings.Join(words, " and "))
	if info.Path != "" {
		text += ", " + info.Path
	}
	return text
}

// virtualWorks starts the child of the virtual lane without anything to do.
func virtualWorks(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, self, virtualName).CombinedOutput(); err != nil {
		return fmt.Errorf("start the child process: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
