package main

import (
	"net"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
)

// virtualName is the hidden command that plays cases of the virtual lane.
const virtualName = "virtual-lane"

func newVirtualCommand() *cobra.Command {
	return &cobra.Command{
		Use: virtualName, Hidden: true, Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { conformance.ServeVirtual() },
	}
}

// realWorks tells whether a loopback socket can be opened.
func realWorks() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return l.Close()
}
