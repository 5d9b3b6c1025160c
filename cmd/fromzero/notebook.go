package main

import (
	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/kernel/setup"
)

func notebookCommand(repo *string) *cobra.Command {
	var opts setup.ServerOptions
	var ready bool
	cmd := &cobra.Command{
		Use:   "notebook [file or folder]",
		Short: "Open the course in Jupyter",
		Long: `Notebook sets up what is missing, starts Jupyter on the course's notebooks and
prints the address. It opens the first lesson, or the notebook or folder that is
named. Ctrl-C ends Jupyter and its kernels. Jupyter asks for a token, which is in
the address: a new one every time, or that of JUPYTER_TOKEN.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if !ready {
				if _, err := setup.Setup(cmd.Context(), setup.Options{Repo: *repo, Out: out}); err != nil {
					return err
				}
			}
			opts.Repo, opts.Out = *repo, out
			if len(args) == 1 {
				opts.Path = args[0]
			}
			return setup.ServeNotebooks(cmd.Context(), opts)
		},
	}
	cmd.Flags().BoolVar(&opts.NoBrowser, "no-browser", false, "print the address and open no browser")
	cmd.Flags().BoolVar(&ready, "no-setup", false, "everything is set up: look for nothing that is missing")
	cmd.Flags().StringVar(&opts.IP, "ip", "", "address to listen on (default: 127.0.0.1; 0.0.0.0 in a container)")
	cmd.Flags().IntVar(&opts.Port, "port", 0, "port to listen on (default: 8888, or the next free one)")
	return cmd
}
