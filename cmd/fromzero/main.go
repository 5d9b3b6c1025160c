// Command fromzero is the front door of the course: it sets up the notebooks,
// opens them, runs them without a browser, and does for them what a cell should
// not have to link: downloads and static pictures.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fromzero:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "fromzero",
		Short:             "Deep learning from zero, in Go",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	var repo string
	cmd.PersistentFlags().StringVar(&repo, "repo", "", "the checkout to use (default: the one around the current folder, else the last one set up)")
	cmd.AddCommand(setupCommand(&repo), doctorCommand(&repo), notebookCommand(&repo), runCommand(&repo), checkCommand(&repo),
		keepCommand(), fetchCommand(), renderCommand(), serveCommand())
	return cmd
}
