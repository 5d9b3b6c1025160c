package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/kernel/kept"
)

func keepCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "keep",
		Short: "List or clear the values that notebooks keep on disk",
		Long: `Keep lists what kernel.Keep has written for the notebooks in this folder and
below: models, histories, tables. "fromzero keep clear" removes them; the next
run of a notebook builds them again.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			entries, err := kept.List(dir)
			if err != nil {
				return err
			}
			return listKept(cmd.OutOrStdout(), entries)
		},
	}
	cmd.PersistentFlags().StringVar(&dir, "in", ".", "a folder, or one notebook's file")
	cmd.AddCommand(&cobra.Command{
		Use:   "clear [name...]",
		Short: "Remove all kept values, or those with these names",
		Long: `Clear removes the values with the given names, or all of them. "model" means
every notebook's, "10-mnist/model" that of one notebook.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			removed, err := kept.Remove(dir, names...)
			var size int64
			for _, e := range removed {
				size += e.Size
			}
			fmt.Fprintf(cmd.OutOrStdout(), "removed %d values, %s\n", len(removed), bytes(size))
			return err
		},
	})
	return cmd
}

// listKept writes one line a value.
func listKept(out io.Writer, entries []kept.Entry) error {
	if len(entries) == 0 {
		fmt.Fprintln(out, "nothing is kept here")
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NOTEBOOK\tNAME\tTYPE\tSIZE\tBUILT\tTOOK\tFILE")
	for _, e := range entries {
		typ, built := e.Type, e.Built.Local().Format("2006-01-02 15:04")
		if e.Damaged {
			typ, built = "damaged", "?"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Notebook, e.Name, typ, bytes(e.Size), built,
			e.Took.Round(10*time.Millisecond), relative(e.Path))
	}
	return w.Flush()
}

// relative shortens a path where it lies below the current folder.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// bytes writes a size for a person: "412.0 kB".
func bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
