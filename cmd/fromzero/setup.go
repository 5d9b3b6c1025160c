package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/kernel/setup"
)

func setupCommand(repo *string) *cobra.Command {
	var opts setup.Options
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Install what the notebooks need: Jupyter, the Go kernel, a warm build cache",
		Long: `Setup finds or installs Jupyter, builds the Go kernel and its helpers at pinned
versions, registers the kernel "Go (fromzero)" and fills the build cache.
Everything lies in one folder of yours ($FROMZERO_HOME, else fromzero in your
data folder). Running it again takes about a second.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.Repo, opts.Out = *repo, cmd.OutOrStdout()
			_, err := setup.Setup(cmd.Context(), opts)
			return err
		},
	}
	cmd.Flags().BoolVar(&opts.NoJupyter, "no-jupyter", false, "leave Jupyter out: notebooks can be run, not opened")
	cmd.Flags().StringVar((*string)(&opts.Jupyter), "jupyter", "", "which Jupyter: private (setup's own), system (on the PATH, or the system's packages), or auto (the first that is there; later runs keep the choice)")
	cmd.Flags().BoolVar(&opts.XLA, "xla", false, "add XLA, a C++ library that some models train faster on: its plugin, and a second kernel")
	cmd.Flags().BoolVar(&opts.CacheOnly, "cache-only", false, "only compile what cells import, on a machine that is set up")
	cmd.Flags().BoolVar(&opts.Force, "force", false, "do every step again")
	return cmd
}

func doctorCommand(repo *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what the notebooks need, one line each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := setup.Doctor(cmd.Context(), *repo)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(checks)
			} else {
				printChecks(cmd.OutOrStdout(), checks)
			}
			return errors.Join(err, missing(checks))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for programs: one JSON array")
	return cmd
}

func printChecks(out io.Writer, checks []setup.Check) {
	for _, c := range checks {
		mark, advice := "ok", ""
		if !c.OK {
			mark, advice = "--", "; "+c.Advice
		}
		fmt.Fprintf(out, "%s  %-10s %s%s\n", mark, c.Name, c.Found, advice)
	}
}

// missing is an error where something that the course needs is not there.
func missing(checks []setup.Check) error {
	n := 0
	for _, c := range checks {
		if !c.OK && c.Needed {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("the course cannot run yet: %d of %d checks failed", n, len(checks))
}
