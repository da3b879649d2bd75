package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

func newReportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Print a stored report, or judge stored evidence again"}
	cmd.AddCommand(newReportShowCommand(), newReportJudgeCommand())
	return cmd
}

func newReportShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show FILE", Short: "Print the summary of a report that was written with --json", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return usagef("%w", err)
			}
			defer f.Close()
			r, err := report.ReadJSON(f)
			if err != nil {
				return usagef("%s: %w", args[0], err)
			}
			return showReport(cmd, r)
		},
	}
}

func newReportJudgeCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use: "judge FOLDER...", Short: "Judge the evidence in these folders once more, with the scenarios as they are now",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			suite, err := loadSuite(folder)
			if err != nil {
				return err
			}
			r, err := conformance.Rejudge(suite, toolVersion(), args)
			if err != nil {
				return err
			}
			return showReport(cmd, r)
		},
	}
	cmd.Flags().StringVar(&folder, "suite", "", "`FOLDER` with the scenarios instead of those built in")
	return cmd
}

// showReport prints the summary; the exit code is that of the run.
func showReport(cmd *cobra.Command, r *report.Report) error {
	if err := report.WriteSummary(cmd.OutOrStdout(), r); err != nil {
		return err
	}
	if code := r.Exit(); code != report.ExitOK {
		return &outcome{code: code}
	}
	return nil
}
