package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/fetch"
	"github.com/gofromzero/fromzero/kernel"
)

func fetchCommand() *cobra.Command {
	var dir string
	var where bool
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
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if where {
				return printDataDir(cmd.OutOrStdout(), dir)
			}
			if len(args) == 0 {
				return errors.New("name a data set: " + strings.Join(names, ", "))
			}
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
	cmd.Flags().BoolVar(&where, "where", false, "print the data directory and fetch nothing")
	return cmd
}

func printDataDir(out io.Writer, dir string) error {
	if dir == "" {
		var err error
		if dir, err = datasets.DataDir(); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, dir)
	return nil
}
