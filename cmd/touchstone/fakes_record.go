package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
)

// newFakesRecordCommand is `touchstone fakes record`.
func newFakesRecordCommand() *cobra.Command {
	var at, file string
	var secrets bool
	cmd := &cobra.Command{
		Use:   "record FAKE",
		Short: "Write down what a fake of a running process has seen",
		Long: `Writes a recording of the requests that a fake has seen and answered, with their times, bodies and answers, for ` + "`touchstone fakes replay`" + `.
The values of Authorization, Proxy-Authorization, Cookie and Set-Cookie and the bodies of token requests are left out unless --with-secrets is given.`,
		Example: `  touchstone fakes record mimir --control http://127.0.0.1:9990 > mimir.ndjson`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := client.Dial(cmd.Context(), controlURL(at))
			if err != nil {
				return err
			}
			f, err := c.Fake(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return into(cmd, file, func(w io.Writer) error { return f.Record(cmd.Context(), w, secrets) })
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write to this `FILE` (default standard output)")
	cmd.Flags().BoolVar(&secrets, "with-secrets", false, "keep secret headers and the bodies of token requests")
	addControlFlag(cmd, &at)
	return cmd
}

// into writes to a file that only its owner may read, or to standard output when there is no name.
func into(cmd *cobra.Command, file string, write func(io.Writer) error) error {
	if file == "" {
		return write(cmd.OutOrStdout())
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
