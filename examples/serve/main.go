// Command serve reads handwritten digits over HTTP. It is one file: the network,
// which the command in train made, lies inside the program.
//
//	CGO_ENABLED=0 go build ./examples/serve
//	./serve -addr :8080
//	curl localhost:8080/predict -d '{"instance": [0, 0, …]}'    # 784 numbers from 0 to 1
//
// Ctrl-C or SIGTERM stops it, once the requests at work are answered.
package main

import (
	"context"
	"embed"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/serve"
)

//go:embed mnist.safetensors
var files embed.FS

func main() {
	addr := flag.String("addr", "localhost:8080", "address to listen on; :8080 is all of the machine's")
	quiet := flag.Bool("quiet", false, "log what goes wrong only")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *quiet); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, quiet bool) error {
	model, err := dlkit.LoadFS(files, "mnist.safetensors")
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelWarn
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	server, err := serve.New(model, serve.Config{Name: "mnist", Log: log})
	if err != nil {
		return err
	}
	return server.ListenAndServe(ctx, addr)
}
