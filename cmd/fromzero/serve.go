package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/serve"
)

func serveCommand() *cobra.Command {
	var addr string
	var quiet bool
	var config serve.Config
	cmd := &cobra.Command{
		Use:   "serve model",
		Short: "Answer HTTP requests with a saved model",
		Long: `Serve loads a model that dlkit saved and answers HTTP requests with its
predictions, as TensorFlow Serving does:

  curl localhost:8080/predict -d '{"instances": [[…], […]]}'

GET / describes the model. A model with a vectorizer attached takes texts, one
with a table's pipeline rows: {"instance": {"age": 39, "sex": "female"}}. Ctrl-C or
SIGTERM stops it, once the requests at work are answered. To ship a model as one
file see examples/serve.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			model, err := dlkit.LoadFile(args[0])
			if err != nil {
				return err
			}
			level := slog.LevelInfo
			if quiet {
				level = slog.LevelWarn
			}
			config.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			server, err := serve.New(model, config)
			if err != nil {
				return err
			}
			return server.ListenAndServe(cmd.Context(), addr)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&addr, "addr", "localhost:8080", "address to listen on; :8080 is all of the machine's")
	flags.StringVar(&config.Name, "name", "model", "the model's name in URLs")
	flags.StringSliceVar(&config.Classes, "classes", nil, "names of the classes, with commas between (default: those in the file)")
	flags.Int64Var(&config.MaxBody, "max-body", 8<<20, "largest request in bytes")
	flags.BoolVar(&quiet, "quiet", false, "log what goes wrong only")
	return cmd
}
