// Command generate makes the notebooks of the course from their sources:
//
//	go run ./notebooks/generate          write notebooks/en and notebooks/zh
//	go run ./notebooks/generate -check   say what is not up to date, write nothing
//	go run ./notebooks/generate -vet     type-check every cell of every notebook
//
// How a source is written is described in package notebooks/lesson.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/gofromzero/fromzero/notebooks/lesson"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	root := flags.String("root", "notebooks", "folder that holds src, en and zh")
	check := flags.Bool("check", false, "only say which notebooks are not up to date")
	vet := flags.Bool("vet", false, "only type-check the cells")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *check {
		if err := lesson.Check(*root); err != nil {
			return err
		}
		fmt.Fprintln(out, "the notebooks are up to date")
	}
	if *vet {
		if err := lesson.Vet(ctx, *root); err != nil {
			return err
		}
		fmt.Fprintln(out, "every cell type-checks")
	}
	if *check || *vet {
		return nil
	}
	changed, err := lesson.Generate(*root)
	for _, path := range changed {
		fmt.Fprintln(out, "wrote", path)
	}
	return err
}
