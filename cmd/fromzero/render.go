package main

import (
	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/plotting/static"
)

// renderCommand draws charts for the notebook cells, which do not link a
// JavaScript engine: requests on standard input, pictures on standard output.
func renderCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "render",
		Short:  "Draw charts as pictures (used by package plotting)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return static.Serve(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}
