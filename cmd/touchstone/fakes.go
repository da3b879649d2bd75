package main

import (
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/process"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// fakesFlags are the flags of `touchstone fakes`.
type fakesFlags struct {
	addresses map[string]*string
	scripts   []string
	strict    bool
	live      bool
}

// newFakesCommand is `touchstone fakes`.
func newFakesCommand() *cobra.Command {
	flags := fakesFlags{addresses: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "fakes",
		Short: "Run fake servers and print what arrives",
		Long: `Runs fakes of what agents talk to until it gets a signal: those whose address is given, or all of them on free ports of
127.0.0.1 when none is. The first line printed is their addresses, as JSON; then comes a line for each request that was answered.

An ADDRESS is host:port, or just a port. Without a host it is 127.0.0.1; port 0 takes any that is free.`,
		Example: `  touchstone fakes
  touchstone fakes --mimir 9009 --pyroscope 4040
  touchstone fakes --mimir 9009 --script 'mimir=503*3 429 retry-after=2 200'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := flags.options()
			if err != nil {
				return err
			}
			return process.Run(cmd.Context(), options, cmd.OutOrStdout())
		},
	}
	for _, f := range []struct{ name, usage string }{
		{"mimir", "run a Mimir (takes remote write at any path) at this `ADDRESS`"},
		{"pyroscope", "run a Pyroscope (takes pushes and /ingest) at this `ADDRESS`"},
		{"pprof", "run a program with profiles to scrape at this `ADDRESS`"},
		{"exposition", "run a program with metrics to scrape at this `ADDRESS`"},
	} {
		flags.addresses[f.name] = cmd.Flags().String(f.name, "", f.usage)
	}
	cmd.Flags().StringArrayVar(&flags.scripts, "script", nil, "answer as this `FAKE=SCRIPT` says, for example mimir='503*3 200'")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "let Mimir and Pyroscope refuse what the real ones do")
	cmd.Flags().BoolVar(&flags.live, "live", false, "let pprof serve the profiles of this very process, but the CPU's")
	return cmd
}

// options turns the flags into what to run.
func (f *fakesFlags) options() (process.Options, error) {
	var o process.Options
	scripts, err := f.scriptsByFake()
	if err != nil {
		return o, err
	}
	all := true
	for _, address := range f.addresses {
		all = all && *address == ""
	}
	shared := func(name string) (server.Options, bool) {
		address := *f.addresses[name]
		return server.Options{Addr: loopback(address), Replies: scripts[name]}, all || address != ""
	}
	if s, wanted := shared("mimir"); wanted {
		o.Mimir = &mimir.Options{Options: s, Strict: f.strict}
	}
	if s, wanted := shared("pyroscope"); wanted {
		o.Pyroscope = &pyroscope.Options{Options: s, Strict: f.strict}
	}
	if s, wanted := shared("pprof"); wanted {
		o.Pprof = &pprof.Options{Options: s, Sources: f.sources()}
	}
	if s, wanted := shared("exposition"); wanted {
		o.Exposition = &exposition.Options{Options: s}
	}
	for name := range scripts {
		if _, wanted := shared(name); !wanted {
			return o, usagef("script for %s: it is not among the fakes to run; add --%s ADDRESS", name, name)
		}
	}
	return o, nil
}

// scriptsByFake takes FAKE=SCRIPT apart.
func (f *fakesFlags) scriptsByFake() (map[string]string, error) {
	scripts := map[string]string{}
	for _, text := range f.scripts {
		name, script, ok := strings.Cut(text, "=")
		if _, known := f.addresses[name]; !ok || !known {
			return nil, usagef("read --script %q: want FAKE=SCRIPT, where FAKE is mimir, pyroscope, pprof or exposition", text)
		}
		if _, err := reply.Parse(script); err != nil {
			return nil, usagef("read --script %q: %w", text, err)
		}
		scripts[name] += script + "\n"
	}
	return scripts, nil
}

// sources are the profiles of this process under the paths of net/http/pprof.
func (f *fakesFlags) sources() map[string]pprof.Source {
	if !f.live {
		return nil
	}
	sources := map[string]pprof.Source{}
	for _, name := range []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"} {
		sources["/debug/pprof/"+name] = pprof.Live(name)
	}
	return sources
}

// loopback completes an address that has no host, so that nothing listens to the world unless told to.
func loopback(address string) string {
	switch host, port, err := net.SplitHostPort(address); {
	case address == "":
		return ""
	case err == nil && host == "":
		return net.JoinHostPort("127.0.0.1", port)
	case err != nil && !strings.Contains(address, ":"):
		return net.JoinHostPort("127.0.0.1", address)
	default:
		return address
	}
}
