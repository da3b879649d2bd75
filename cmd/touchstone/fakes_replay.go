package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// newFakesReplayCommand is `touchstone fakes replay`.
func newFakesReplayCommand() *cobra.Command {
	var speed, ca string
	cmd := &cobra.Command{
		Use:   "replay FILE URL",
		Short: "Send recorded requests again, to any URL",
		Long: `Sends the requests of a recording to URL, each at its own path with its own headers and body. At --speed max each follows
the answer to the one before; at 1x they come as far apart as they did, at 10x ten times as close. It exits 0 when every request was answered,
whatever the status, and 1 when one was not.

What was redacted in the recording is not sent. A recording is checked whole before anything is sent.`,
		Example: `  touchstone fakes replay mimir.ndjson http://127.0.0.1:9009
  touchstone fakes replay mimir.ndjson https://mimir.example --speed 1x --ca ca.pem`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var options recording.ReplayOptions
			var err error
			if options.Speed, err = parseSpeed(speed); err != nil {
				return err
			}
			if options.Transport, err = trusting(ca); err != nil {
				return err
			}
			exchanges, err := readRecording(args[0])
			if err != nil {
				return usagef("%w", err)
			}
			summary, err := recording.Replay(cmd.Context(), args[1], exchanges, options)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), summary)
			if summary.Failed > 0 {
				return &outcome{report.ExitFailed, fmt.Errorf("%d of %d requests were not answered; the first: %w", summary.Failed, summary.Sent, summary.FirstError)}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&speed, "speed", "max", "how fast: max, or a multiple of the recorded speed such as 1x")
	cmd.Flags().StringVar(&ca, "ca", "", "trust the authority in this PEM `FILE`, beside those of the system")
	return cmd
}

// parseSpeed reads max, or a factor.
func parseSpeed(text string) (float64, error) {
	if text == "max" {
		return 0, nil
	}
	factor, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !strings.HasSuffix(text, "x") || !(factor > 0 && factor <= 1e6) {
		return 0, usagef("read --speed %q: want max, or a factor such as 1x or 0.5x", text)
	}
	return factor, nil
}

func trusting(file string) (http.RoundTripper, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // the recorded headers say what may come
	if file == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("read the authority: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usagef("read the authority %s: there is no certificate in it", file)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	return transport, nil
}

func readRecording(file string) ([]journal.Exchange, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read a recording: %w", err)
	}
	defer f.Close()
	var exchanges []journal.Exchange
	_, err = recording.Read(f, func(e journal.Exchange) error {
		exchanges = append(exchanges, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return exchanges, nil
}
