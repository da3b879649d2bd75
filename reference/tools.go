package reference

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// validate loads the configuration without running it, on a storage folder of its own: the real one may be in use.
func (env Env) validate(_ context.Context, args []string) error {
	flags := newFlags("validate")
	file, err := parse(flags, args)
	if err != nil {
		return err
	}
	config := env.config(file)
	config.Logger = nil
	config.Listen = func(string, string) (net.Listener, error) { return noListener{}, nil }
	if config.StoragePath, err = os.MkdirTemp("", "reference-validate-"); err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(config.StoragePath)
	a, err := New(config)
	if err != nil {
		return err
	}
	defer a.Close()
	fmt.Fprintf(env.Stdout, "%s is valid: %s\n", config.ConfigPath, counted(len(a.graph.Components())))
	return nil
}

func counted(components int) string {
	if components == 1 {
		return "1 component"
	}
	return fmt.Sprintf("%d components", components)
}

// noListener stands in where nothing is served.
type noListener struct{ net.Listener }

// Close does nothing.
func (noListener) Close() error { return nil }

func (env Env) format(_ context.Context, args []string) error {
	flags := newFlags("fmt")
	write := flags.Bool("w", false, "write the result to the file")
	file, err := parse(flags, args)
	if err != nil {
		return err
	}
	config := env.config(file).withDefaults()
	text, err := config.ReadConfig()
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	formatted, err := river.FormatFile(config.ConfigPath, text)
	if err != nil {
		return err
	}
	if *write && file != "-" {
		return replaceFile(file, formatted)
	}
	_, err = env.Stdout.Write(formatted)
	return err
}

// replaceFile writes beside the file and renames, so that no half-written file is ever seen.
func replaceFile(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, text, info.Mode().Perm()); err != nil {
		return fmt.Errorf("write the formatted file: %w", err)
	}
	if err := os.Rename(temporary, path); err != nil {
		os.Remove(temporary)
		return fmt.Errorf("replace the file: %w", err)
	}
	return nil
}

func (env Env) version(_ context.Context, _ []string) error {
	_, err := fmt.Fprintln(env.Stdout, Version())
	return err
}
