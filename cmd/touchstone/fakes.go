package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/page"
	"github.com/touchstone-telemetry/touchstone/fakes/process"
	"github.com/touchstone-telemetry/touchstone/fakes/query"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// fakesFlags are the flags of `touchstone fakes`.
type fakesFlags struct {
	config    process.Config
	file      string
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
		Short: "Run fake servers, show what arrives and take commands over HTTP",
		Long: `Runs fakes of what agents talk to until it gets a signal: those of a file, those whose address is given, or one of each kind on free
ports of 127.0.0.1. The first line printed is their addresses, as JSON, and that of the control API, whose page shows in a browser
what arrives; then comes a line for each request that ended.

An ADDRESS is host:port, or just a port. Without a host it is 127.0.0.1; port 0 takes any that is free.`,
		Example: `  touchstone fakes
  touchstone fakes --mimir 9009 --pyroscope 4040 --control 9990
  touchstone fakes --mimir 9009 --script 'mimir=503*3 429 retry-after=2 200'
  touchstone fakes --config fakes.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := flags.read(cmd)
			if err != nil {
				return err
			}
			return process.Run(cmd.Context(), fakesOptions(config), cmd.OutOrStdout())
		},
	}
	flags.add(cmd)
	cmd.AddCommand(newFakesReadyCommand(), newFakesRecordCommand(), newFakesReplayCommand())
	return cmd
}

// fakesUsage says what each kind of fake is, in the order of the help.
var fakesUsage = []struct{ kind, usage string }{
	{api.Mimir, "run a Mimir (takes remote write at any path) at this `ADDRESS`"},
	{api.Pyroscope, "run a Pyroscope (takes pushes and /ingest) at this `ADDRESS`"},
	{api.Pprof, "run a program with profiles to scrape at this `ADDRESS`"},
	{api.Exposition, "run a program with metrics to scrape at this `ADDRESS`"},
	{api.OAuth2, "run a token issuer at this `ADDRESS`"},
	{api.Proxy, "run an HTTP proxy at this `ADDRESS`"},
}

func (f *fakesFlags) add(cmd *cobra.Command) {
	for _, one := range fakesUsage {
		f.addresses[one.kind] = cmd.Flags().String(one.kind, "", one.usage)
	}
	cmd.Flags().StringVar(&f.file, "config", "", "run what this `FILE` says (YAML; see examples/fakes/fakes.yaml)")
	cmd.Flags().StringVar(&f.config.Control, "control", "", "serve the control API and the page at this `ADDRESS` (default a free port of 127.0.0.1)")
	cmd.Flags().BoolVar(&f.config.Expose, "expose-control", false, "allow the control API beyond loopback, where whoever may connect may do everything")
	cmd.Flags().StringSliceVar(&f.config.ControlHosts, "control-host", nil, "answer as this `NAME` too at the control API, beside localhost and IP addresses")
	cmd.Flags().StringVar(&f.config.Bind, "bind", "", "let fakes listen at this `HOST` where no other is given (default 127.0.0.1)")
	cmd.Flags().BoolVar(&f.config.Quiet, "quiet", false, "print the addresses only")
	cmd.Flags().StringArrayVar(&f.scripts, "script", nil, "answer as this `FAKE=SCRIPT` says, for example mimir='503*3 200'")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "let Mimir and Pyroscope refuse what the real ones do")
	cmd.Flags().BoolVar(&f.live, "live", false, "let pprof serve the profiles of this very process, the CPU's too")
}

// read is what the file and the flags say together: flags go before.
func (f *fakesFlags) read(cmd *cobra.Command) (process.Config, error) {
	if f.file == "" {
		config := f.config
		err := f.addFakes(&config)
		return config, err
	}
	source, err := os.ReadFile(f.file)
	if err != nil {
		return process.Config{}, usagef("read the configuration: %w", err)
	}
	config, err := process.ReadConfig(f.file, source)
	if err != nil {
		return config, usagef("%w", err)
	}
	for _, name := range f.ofFakes() {
		if cmd.Flags().Changed(name) {
			return config, usagef("--%s and --config do not go together: write it into %s", name, f.file)
		}
	}
	f.override(cmd, &config)
	return config, nil
}

// ofFakes are the flags that say which fakes to run, and how.
func (f *fakesFlags) ofFakes() []string { return append(control.Kinds(), "script", "strict", "live") }

func (f *fakesFlags) override(cmd *cobra.Command, config *process.Config) {
	changed := cmd.Flags().Changed
	if changed("control") {
		config.Control = f.config.Control
	}
	if changed("bind") {
		config.Bind = f.config.Bind
	}
	config.ControlHosts = append(config.ControlHosts, f.config.ControlHosts...)
	config.Expose = config.Expose || f.config.Expose
	config.Quiet = config.Quiet || f.config.Quiet
}

// addFakes turns the flags into what to run.
func (f *fakesFlags) addFakes(config *process.Config) error {
	scripts, err := f.scriptsByFake()
	if err != nil {
		return err
	}
	all := true
	for _, address := range f.addresses {
		all = all && *address == ""
	}
	for _, one := range fakesUsage {
		address := *f.addresses[one.kind]
		if !all && address == "" {
			if _, unused := scripts[one.kind]; unused {
				return usagef("script for %s: it is not among the fakes to run; add --%s ADDRESS", one.kind, one.kind)
			}
			continue
		}
		spec := api.Spec{Kind: one.kind, Addr: address, Script: scripts[one.kind]}
		spec.Strict = f.strict && (one.kind == api.Mimir || one.kind == api.Pyroscope)
		if one.kind == api.Pprof && f.live {
			spec.Serve = liveProfiles()
		}
		config.Fakes = append(config.Fakes, spec)
	}
	return nil
}

// scriptsByFake takes FAKE=SCRIPT apart.
func (f *fakesFlags) scriptsByFake() (map[string]string, error) {
	scripts := map[string]string{}
	for _, text := range f.scripts {
		name, script, ok := strings.Cut(text, "=")
		if !ok || !slices.Contains(control.Kinds(), name) {
			return nil, usagef("read --script %q: want FAKE=SCRIPT, where FAKE is one of %s", text, strings.Join(control.Kinds(), ", "))
		}
		if _, err := reply.Parse(script); err != nil {
			return nil, usagef("read --script %q: %w", text, err)
		}
		scripts[name] += script + "\n"
	}
	return scripts, nil
}

// liveProfiles are the profiles of this process under the paths of net/http/pprof.
func liveProfiles() *api.Serve {
	serve := &api.Serve{}
	for _, name := range []string{"allocs", "block", "goroutine", "heap", "mutex", "profile", "threadcreate"} {
		serve.Profiles = append(serve.Profiles, api.ServedProfile{Path: "/debug/pprof/" + name, Live: name})
	}
	return serve
}

// fakesOptions adds what this program links: the page and the queries.
func fakesOptions(config process.Config) process.Options {
	return process.Options{Config: config, Page: page.Handler(), Query: query.Linked()}
}
