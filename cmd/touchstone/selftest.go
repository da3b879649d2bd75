package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
)

func newSelftestCommand() *cobra.Command {
	var s selection
	var list bool
	var path string
	cmd := &cobra.Command{
		Use:   "selftest [PATTERN...]",
		Short: "Prove that the scenarios can fail: under the sabotages they name and with agents that do nothing",
		Long: `Plays each scenario with the reference honestly, under each sabotage that it names, with its checks reversed, and with agents that do
nothing, and prints the kill table. The honest agent must pass; nothing else may. A scenario that survives is an error (exit 1).`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				listSabotages(cmd)
				return nil
			}
			o, err := s.options(args)
			if err != nil {
				return err
			}
			if err := checkWritable("--json", path); err != nil {
				return err
			}
			if o.Adapters, err = newAdapters(nil); err != nil {
				return err
			}
			defer showProgress(cmd.ErrOrStderr(), &o)()
			table, err := conformance.SelfTest(cmd.Context(), o)
			if err != nil {
				return err
			}
			if path != "" {
				if err := writeTable(path, table); err != nil {
					return err
				}
			}
			return showTable(cmd, table)
		},
	}
	s.add(cmd)
	cmd.Flags().BoolVar(&list, "list", false, "list the sabotages that there are")
	cmd.Flags().StringVar(&path, "json", "", "write the kill table as JSON to this `FILE`")
	return cmd
}

func listSabotages(cmd *cobra.Command) {
	for _, row := range sabotage.Table() {
		name := row.Name
		if row.Argument != "" {
			name += ":" + row.Argument
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-34s %s\n", name, row.Sentence)
	}
}

func showTable(cmd *cobra.Command, t *conformance.KillTable) error {
	for _, row := range t.Rows {
		fmt.Fprintln(cmd.OutOrStdout(), row)
	}
	survivors := t.Survivors()
	fmt.Fprintf(cmd.OutOrStdout(), "\n%d rows in %s, %d survivors\n", len(t.Rows), t.Took.Round(100*time.Millisecond), len(survivors))
	if len(survivors) > 0 {
		return &outcome{code: report.ExitFailed}
	}
	return nil
}

func writeTable(path string, t *conformance.KillTable) error {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
