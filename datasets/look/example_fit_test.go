package look_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofromzero/fromzero/datasets/look"
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/plotting"
	"github.com/gofromzero/fromzero/tensor"
)

// Fit refuses to train on data with faults: here a column with a gap, and labels
// from 1 to 3 for a model with three outputs.
func ExampleGuard() {
	x := tensor.Must(tensor.FromRows([][]float32{{.1, 1}, {.2, -1}, {.3, 0}, {.4, 1}, {.5, 2}, {.6, -2}}))
	data := tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.New([]int32{1, 2, 3, 3, 1, 2}))))
	model := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(3, dlkit.Softmax))

	_, err := model.Fit(context.Background(), data, dlkit.FitConfig{Check: look.Guard(look.Fatal, look.Outputs(3))})
	fmt.Println(err)

	var faults *look.Error
	if errors.As(err, &faults) {
		fmt.Println(faults.Findings[0].Code, "in example", faults.Findings[0].Rows[0])
	}
	// Output:
	// dlkit: Fit does not train on this data: look: the data is not fit to train on:
	// fatal   label-range: train: labels go from 1 to 3, but 3 classes have the labels 0 to 2; 2 examples are outside, the first is example 2 with 3
	//         → the labels are off by one: subtract 1 from every label
	// label-range in example 2
}

// A report gives charts their numbers.
func ExampleReport_MissingByColumn() {
	f := tensor.Must(table.New(
		table.Numbers("age", 22, 38, 26, 35), table.Categories("cabin", "", "C85", "", ""), table.Bools("survived", false, true, true, false)))
	report, err := look.Describe(context.Background(), tensor.Must(f.Raw("survived")))
	if err != nil {
		fmt.Println(err)
		return
	}
	missing := tensor.Must(plotting.NewBar(report.MissingByColumn()))
	missing.Title = "missing values"
	fmt.Println(missing)
	fmt.Println(tensor.Must(plotting.NewClassBalance(context.Background(), report)))
	// Output:
	// missing values (bar chart)
	// age    0    0.0 %
	// cabin  3  100.0 %
	// Class balance (bar chart)
	// false  2  50.0 %
	// true   2  50.0 %
}
