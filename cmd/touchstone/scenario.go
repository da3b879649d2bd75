package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

func newScenarioCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "scenario", Short: "List, show, check and format scenario files"}
	cmd.AddCommand(newScenarioListCommand(), newScenarioShowCommand(), newScenarioLintCommand(), newScenarioFmtCommand())
	return cmd
}

func newScenarioListCommand() *cobra.Command {
	var s selection
	var cases bool
	cmd := &cobra.Command{
		Use: "list [PATTERN...]", Short: "List scenarios with what they show",
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := s.options(args)
			if err != nil {
				return err
			}
			found, err := conformance.List(o.Suite, o.Filter)
			if err != nil {
				return err
			}
			for _, c := range found {
				if cases {
					fmt.Fprintf(cmd.OutOrStdout(), "%-8s %s\n", c.Lane, c.ID)
				} else if c.First {
					fmt.Fprintf(cmd.OutOrStdout(), "%-36s %s\n", c.Scenario.Path, c.Scenario.Sentence)
				}
			}
			return nil
		},
	}
	s.addFilter(cmd)
	cmd.Flags().BoolVar(&cases, "cases", false, "list every case with its lane")
	return cmd
}

func newScenarioShowCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Print a scenario file", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			suite, err := loadSuite(folder)
			if err != nil {
				return err
			}
			one, err := suite.Find(args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(suite.Source(one.Path))
			return err
		},
	}
	cmd.Flags().StringVar(&folder, "suite", "", "`FOLDER` with the scenarios instead of those built in")
	return cmd
}

func newScenarioLintCommand() *cobra.Command {
	var folder string
	var coverage bool
	cmd := &cobra.Command{
		Use: "lint [FILE...]", Short: "Check scenario files",
		Long: `Checks scenario files: syntax, names of clauses, capabilities and sabotages, clauses that are named but not proven, and what is declared but
not used. Without files the whole suite is checked.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return lintFiles(args)
			}
			suite, err := loadSuite(folder)
			if err != nil {
				return &outcome{report.ExitFailed, err}
			}
			if err := lintErrors(suite.Lint()); err != nil {
				return err
			}
			found := scenario.Cover(suite.Scenarios, suite.Clauses)
			if coverage {
				fmt.Fprint(cmd.OutOrStdout(), found.Table())
			}
			fmt.Fprintln(cmd.OutOrStdout(), found.Summary())
			if coverage && len(found.Open) > 0 {
				return &outcome{code: report.ExitFailed}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "suite", "", "`FOLDER` with the scenarios instead of those built in")
	cmd.Flags().BoolVar(&coverage, "coverage", false, "list the clauses that no scenario proves, with what shows them instead, and fail if some are open")
	return cmd
}

// lintFiles checks single files, which may be drafts outside of the suite.
func lintFiles(paths []string) error {
	suite, err := conformance.Embedded()
	if err != nil {
		return err
	}
	drafts := &conformance.Suite{Clauses: suite.Clauses}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return usagef("%w", err)
		}
		parsed, err := scenario.Parse(filepath.ToSlash(path), src)
		if err != nil {
			return &outcome{report.ExitFailed, err}
		}
		drafts.Scenarios = append(drafts.Scenarios, parsed)
	}
	return lintErrors(drafts.Lint())
}

// lintErrors words what is wrong, one line each.
func lintErrors(problems []*scenario.Error) error {
	if len(problems) == 0 {
		return nil
	}
	return &outcome{report.ExitFailed, scenario.Errors(problems)}
}

func newScenarioFmtCommand() *cobra.Command {
	var write, check bool
	cmd := &cobra.Command{
		Use: "fmt FILE...", Short: "Print scenario files in their canonical form", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, path := range args {
				if err := formatFile(cmd, path, write, check); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&write, "write", "w", false, "write the result back to the file")
	cmd.Flags().BoolVar(&check, "check", false, "print nothing and fail when a file is not in its canonical form")
	return cmd
}

func formatFile(cmd *cobra.Command, path string, write, check bool) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return usagef("%w", err)
	}
	out, err := scenario.Format(filepath.ToSlash(path), src)
	if err != nil {
		return &outcome{report.ExitFailed, err}
	}
	switch {
	case check && !bytes.Equal(src, out):
		return &outcome{report.ExitFailed, fmt.Errorf("%s is not in its canonical form: run touchstone scenario fmt -w %s", path, path)}
	case check:
		return nil
	case write && bytes.Equal(src, out):
		return nil
	case write:
		return os.WriteFile(path, out, 0o644)
	}
	_, err = cmd.OutOrStdout().Write(out)
	return err
}
