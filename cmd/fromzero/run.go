package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/kernel/setup"
)

func runCommand(repo *string) *cobra.Command {
	var opts setup.RunOptions
	var env []string
	cmd := &cobra.Command{
		Use:   "run file.ipynb",
		Short: "Execute a notebook cell by cell, without Jupyter",
		Long: `Run executes a notebook's code cells in order with the same kernel that Jupyter
uses, and needs neither Jupyter nor Python. It fails with the cell and the Go
error in plain text. The notebook itself is not changed; --out writes a copy
with the outputs.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Repo, opts.Log = *repo, cmd.OutOrStdout()
			opts.Env = map[string]string{}
			for _, kv := range env {
				name, value, ok := strings.Cut(kv, "=")
				if !ok || name == "" {
					return fmt.Errorf("--env %q: wanted NAME=VALUE", kv)
				}
				opts.Env[name] = value
			}
			report, err := setup.RunNotebook(cmd.Context(), args[0], opts)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d cells, %.1f s\n", args[0], len(report.Cells), report.Took.Seconds())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.Output, "out", "", "write an executed copy here")
	flags.DurationVar(&opts.Timeout, "timeout", 10*time.Minute, "longest time for one cell")
	flags.BoolVar(&opts.Static, "static", false, "charts as pictures only, as in the committed notebooks")
	flags.BoolVar(&opts.XLA, "xla", false, "calculate on XLA (after fromzero setup --xla)")
	flags.BoolVar(&opts.KeepGoing, "keep-going", false, "run the cells after one that failed too")
	flags.StringArrayVarP(&env, "env", "e", nil, "set NAME=VALUE in the cells' environment; may be repeated")
	return cmd
}
