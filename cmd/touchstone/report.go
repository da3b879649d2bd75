package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

func newReportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Print and convert stored reports, or judge stored evidence again"}
	cmd.AddCommand(newReportShowCommand(), newReportWriteCommand(), newReportMergeCommand(), newReportDiffCommand(),
		newReportJudgeCommand())
	return cmd
}

func newReportShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show FILE", Short: "Print the summary of a report that was written with --json", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := readReport(args[0])
			if err != nil {
				return err
			}
			return showReport(cmd, r)
		},
	}
}

func newReportWriteCommand() *cobra.Command {
	var o outputs
	cmd := &cobra.Command{
		Use: "write FILE", Short: "Write a report that was written with --json in other forms", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.empty() {
				return usagef("nothing is to be written: name a file with --junit, --tap, --markdown, --html, --badge or --json")
			}
			r, err := readReport(args[0])
			if err != nil {
				return err
			}
			if err := o.check(); err != nil {
				return err
			}
			return o.write(cmd.OutOrStdout(), r)
		},
	}
	o.add(cmd)
	return cmd
}

func newReportMergeCommand() *cobra.Command {
	var o outputs
	var folder string
	cmd := &cobra.Command{
		Use: "merge FILE FILE...", Short: "Make one report of several: of different agents, or of parts of one run", Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			suite, err := loadSuite(folder)
			if err != nil {
				return err
			}
			var all []*report.Report
			for _, path := range args {
				r, err := readReport(path)
				if err != nil {
					return err
				}
				all = append(all, r)
			}
			merged, err := report.Merge(suite.Clauses, all...)
			if err != nil {
				return usagef("%w", err)
			}
			if err := o.write(cmd.OutOrStdout(), merged); err != nil {
				return err
			}
			return showReport(cmd, merged)
		},
	}
	o.add(cmd)
	cmd.Flags().StringVar(&folder, "suite", "", "`FOLDER` with the scenarios instead of those built in")
	return cmd
}

func newReportDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diff BEFORE AFTER", Short: "Say what differs between two reports; exit code 1 when a case got worse", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := readReport(args[0])
			if err != nil {
				return err
			}
			after, err := readReport(args[1])
			if err != nil {
				return err
			}
			found := report.Compare(before, after)
			if err := found.Write(cmd.OutOrStdout()); err != nil {
				return err
			}
			if found.Worse() {
				return &outcome{code: report.ExitFailed}
			}
			return nil
		},
	}
}

func readReport(path string) (*report.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%w", err)
	}
	defer f.Close()
	r, err := report.ReadJSON(f)
	if err != nil {
		return nil, usagef("%s: %w", path, err)
	}
	return r, nil
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
