package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

func newExplainCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use: "explain CLAUSE", Short: "Say what a clause means and which scenarios prove it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			suite, err := loadSuite(folder)
			if err != nil {
				return err
			}
			ids, err := clause.Expand(strings.ToUpper(args[0]))
			if err != nil {
				return usagef("%w", err)
			}
			proofs := scenario.Cover(suite.Scenarios, suite.Clauses).Proving
			for _, id := range ids {
				c, ok := suite.Clauses.Get(id)
				if !ok {
					return usagef("unknown clause %q: %s", id, cmp.Or(scenario.Nearest(id, suite.Clauses.IDs()), "see scenarios/clauses.yaml"))
				}
				explain(cmd.OutOrStdout(), c, proofs[id])
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "suite", "", "`FOLDER` with the scenarios instead of those built in")
	return cmd
}

func explain(out io.Writer, c clause.Clause, proofs []string) {
	fmt.Fprintf(out, "%s\n  %s\n", c.ID, c.Statement)
	for _, line := range [][2]string{
		{"component", c.Component}, {"source", c.Source}, {"level", string(c.Level)}, {"evidence", string(c.Kind)},
		{"how", c.How}, {"untestable", c.Untestable}, {"note", c.Note}, {"proven by", strings.Join(proofs, ", ")}, {"shown by", strings.Join(c.ShownBy, ", ")},
	} {
		if line[1] != "" {
			fmt.Fprintf(out, "  %-11s %s\n", line[0]+":", line[1])
		}
	}
	if len(proofs) == 0 && len(c.ShownBy) == 0 && c.Untestable == "" {
		fmt.Fprintln(out, "  nothing shows it yet")
	}
}
