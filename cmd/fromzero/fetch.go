package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/fetch"
	"github.com/gofromzero/fromzero/kernel"
)

func fetchCommand() *cobra.Command {
	var dir string
	var names []string
	for _, s := range datasets.Specs() {
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:   "fetch dataset...",
		Short: "Download data sets: " + strings.Join(names, ", "),
		Long: `Fetch downloads data sets into the data directory ($FROMZERO_DATA, else fromzero
in your cache folder), checks their size and SHA-256, and goes on where an
interrupted download stopped. Files that are there are left alone.
$FROMZERO_MIRROR names a web folder of your own to ask first.`,
		Args:      cobra.MinimumNArgs(1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			progress := kernel.NewProgress(kernel.Bytes(), kernel.Output(cmd.ErrOrStderr()))
			var errs []error
			for _, name := range args {
				if err := fetch.Named(cmd.Context(), name, dir, progress); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", name, err))
				}
			}
			errs = append(errs, progress.Close())
			if err := errors.Join(errs...); err != nil {
				return err
			}
			// Not to stdout: a cell that runs this reads reports of progress there.
			fmt.Fprintln(cmd.ErrOrStderr(), "complete:", strings.Join(args, ", "))
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "the data directory")
	return cmd
}
