package reference

import (
	"errors"
	"flag"
	"io"
	"strings"
	"time"
)

// settings are the values of run's flags.
type settings struct {
	storage  string
	listen   string
	shutdown time.Duration
}

func runFlags() (*flag.FlagSet, *settings) {
	s := &settings{}
	flags := newFlags("run")
	flags.StringVar(&s.storage, "storage.path", DefaultStoragePath, "`folder` below which components keep their data")
	flags.StringVar(&s.listen, "server.http.listen-addr", DefaultListenAddr, "`host:port` of the HTTP server; port 0 takes any that is free")
	flags.DurationVar(&s.shutdown, "shutdown-timeout", DefaultShutdownTimeout, "how long to go on sending when the agent is stopped")
	return flags, s
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags
}

// parse reads flags before and after the one file name that each command takes.
func parse(flags *flag.FlagSet, args []string) (file string, err error) {
	var files []string
	for {
		if err := flags.Parse(args); err != nil {
			return "", flagError(flags, err)
		}
		if flags.NArg() == 0 {
			break
		}
		files = append(files, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(files) != 1 {
		return "", usagef("%s takes one configuration file, got %d: write reference %s CONFIG", flags.Name(), len(files), flags.Name())
	}
	return files[0], nil
}

// flagError makes a usage error of what the flag package says, with the nearest spelling of an unknown flag.
func flagError(flags *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return usagef("%s: %v", flags.Name(), err)
	}
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, "--"+f.Name) })
	name = "--" + strings.TrimPrefix(name, "-")
	if len(known) == 0 {
		return usagef("unknown flag %s: %s takes no flags", name, flags.Name())
	}
	return usagef("unknown flag %s of %s%s", name, flags.Name(), hint(name, known))
}
