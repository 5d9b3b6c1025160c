package table_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// The pipeline goes into the model's file, so that whoever serves the model
// prepares a row as the training rows were prepared.
func ExampleFitted_MarshalBinary() {
	f := read()
	pipeline := tensor.Must(table.Pipeline{Target: "chipped"}.Fit(f))
	data := tensor.Must(pipeline.Dataset(f))
	model := dlkit.Sequential(tensor.Shape{len(pipeline.InputNames())}, dlkit.Dense(1, dlkit.Sigmoid))
	if _, err := model.Fit(context.Background(), data, dlkit.FitConfig{Epochs: 2}); err != nil {
		fmt.Println(err)
		return
	}
	if err := model.Attach("pipeline", pipeline); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer // or model.SaveFile
	if err := model.Save(&file); err != nil {
		fmt.Println(err)
		return
	}

	// In another program:
	served := tensor.Must(dlkit.Load(&file))
	var same table.Fitted
	if err := served.Attachment("pipeline", &same); err != nil {
		fmt.Println(err)
		return
	}
	row := tensor.Must(table.FromRecords([]map[string]any{{"kind": "cat", "weight": 4.0, "name": "Kit", "age": nil}}))
	x := tensor.Must(same.Inputs(row))
	fmt.Println(served.Attachments(), x)
	before := tensor.Must(model.Predict(context.Background(), tensor.Must(pipeline.Inputs(row))))
	after := tensor.Must(served.Predict(context.Background(), x))
	fmt.Println(before.Equal(after), same.ClassNames())
	// Output:
	// [pipeline] [[ 1.          0.         -0.6674115  -0.10050378]]
	// true [false true]
}
