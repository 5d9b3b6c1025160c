package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/kernel/setup"
	"github.com/gofromzero/fromzero/notebooks/lesson"
)

func checkCommand(repo *string) *cobra.Command {
	return &cobra.Command{
		Use:   "check [notebook or folder]...",
		Short: "Type-check every code cell of notebooks, without running any",
		Long: `Check compiles every code cell as the kernel would, together with the
declarations of the cells before it, and looks at it with go vet. Nothing is
run. Without arguments it goes through the notebooks of the course. Cells that
are tagged raises-exception, because they are meant to fail, are left out.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			root, env, err := setup.CellEnv(cmd.Context(), *repo)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				args = []string{filepath.Join(root, "notebooks")}
			}
			done, err := lesson.CheckNotebooks(cmd.Context(), root, env, args...)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d cells of %d notebooks compile\n", done.Cells, done.Notebooks)
			return nil
		},
	}
}
