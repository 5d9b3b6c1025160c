// Package serve answers HTTP requests with a model's predictions.
//
//	model, err := dlkit.LoadFile("digits.safetensors")
//	server, err := serve.New(model, serve.Config{})
//	err = server.ListenAndServe(ctx, ":8080") // until ctx ends; requests at work are answered
//
// Requests are those of TensorFlow Serving, so that its clients work:
//
//	POST /v1/models/model:predict   {"instances": [x, x, …]}   →   {"predictions": [y, y, …]}
//
// POST /predict is the same in short. A single example may be sent as
// {"instance": x}, and comes back as {"prediction": y}.
//
// # Examples
//
// An example is a list of lists of numbers in the shape that the model wants.
// Trailing axes of size 1 may be left out, and all numbers may come in one flat
// list, row by row. A model with several inputs takes objects: {"input_1": x,
// "input_2": z}; one with several outputs gives objects named by the layers.
//
// What was attached to the model (dlkit.Model.Attach), or is given in Config, reads
// raw data. With a text.Vectorizer an example may be a text. With a table.Fitted it
// may be a row: {"age": 39, "sex": "female", "fare": null}. All fields that the
// pipeline uses must be there, null where a value is unknown; others are passed
// over. GET / lists them.
//
// Where the names of the classes are known (dlkit.Model.SetClasses, or Config),
// the answer also has "labels", the most probable class of each example, and
// "classes", the names in order.
//
// # Mistakes
//
// An error is answered with {"error": "…"}, which says what arrived and what was
// wanted: 400 for a request that cannot be understood or does not fit the model,
// 413 for one that is too large, 422 where the model computes something that is
// no number, 503 where too much is going on, with Retry-After. A mistake of one
// request never spoils another.
//
// # Others
//
// GET /healthz is for load balancers, GET /v1/models/model for TensorFlow
// Serving's clients, and GET / describes the model.
package serve
