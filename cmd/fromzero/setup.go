package main

import (
	"fmt"

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
	cmd.Flags().BoolVar(&opts.Force, "force", false, "do every step again")
	return cmd
}

func doctorCommand(repo *string) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check what the notebooks need, one line each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := setup.Doctor(cmd.Context(), *repo)
			if err != nil {
				return err
			}
			missing := 0
			for _, c := range checks {
				mark := "ok"
				if !c.OK {
					mark = "--"
				}
				if !c.OK && c.Needed {
					missing++
				}
				line := fmt.Sprintf("%s  %-10s %s", mark, c.Name, c.Found)
				if !c.OK && c.Advice != "" {
					line += "; " + c.Advice
				}
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
			if missing > 0 {
				return fmt.Errorf("the course cannot run yet: %d of %d checks failed", missing, len(checks))
			}
			return nil
		},
	}
}
