package look_test

import (
	"context"
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/datasets/look"
	"github.com/gofromzero/fromzero/tensor"
)

// passengers is a table with a mistake or two.
func passengers() *tensor.Memory {
	nan := float32(math.NaN())
	x := tensor.Must(tensor.FromRows([][]float32{
		{22, 7.25, 1}, {38, 71.3, 1}, {26, 7.9, 1}, {35, 53.1, 1}, {nan, 8.05, 1},
		{54, 51.9, 1}, {2, 21.1, 1}, {27, 11.1, 1}, {22, 7.25, 1}, {58, 26.6, 1},
	}))
	y := tensor.Must(tensor.New([]int32{0, 1, 1, 1, 0, 0, 0, 1, 0, 1}))
	return tensor.Must(tensor.FromTensors(x, y))
}

func ExampleDescribe() {
	report, err := look.Describe(context.Background(), passengers(), look.Columns("age", "fare", "alive"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report)
	// Output:
	// 10 examples, 1 of them repeated
	//         type     shape  min   mean   max    std    missing
	// input   float32  (3,)     1  19.29  71.3  20.88  1 (3.3 %)
	// target  int32    ()       0    0.5     1    0.5          0
	//
	// class  examples  share
	// 0             5   50 %  ████████████████████
	// 1             5   50 %  ████████████████████
	//
	// column   missing   min  median   mean   max    std  outliers
	// age     1 (10 %)     2      27  31.56    58  16.21         0
	// fare           0  7.25    16.1  26.56  71.3  22.48         0
	// alive          0     1       1      1     1      0         0
	//
	// fatal   missing: input "age": 1 of 10 values (10 %) are missing (NaN); a single one makes the loss NaN
	//         → fill the gaps (with the median and a column that says which were filled), or leave out the rows
	// warning constant: input "alive": every value is 1
	//         → drop the column: it says nothing, and to standardise it would divide by zero
	// warning unscaled: input "age": values are about 35.47, from 2 to 58; training expects values around 1
	// warning unscaled: input "fare": values are about 34.79, from 7.25 to 71.3; training expects values around 1
	//         → standardise: subtract the mean of the training data and divide by its standard deviation
	// warning duplicate-rows: 1 of 10 examples (10 %) have the same input as an earlier one; example 0 is the first to come again
	//         → drop them before a part is split off for validation, or the model is tested on what it has learnt by heart
}

func ExampleCheck() {
	train, test := passengers(), tensor.Take(passengers(), 2)
	findings, err := look.Check(context.Background(), train, test, look.Columns("age", "fare", "alive"), look.Outputs(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings.AtLeast(look.Fatal) {
		fmt.Println(f.Code, f.Where, f.Column)
	}
	if err := findings.Err(); err != nil {
		fmt.Println("training is refused")
	}
	// Output:
	// leak test -1
	// missing train 0
	// training is refused
}

// A chart of the classes is drawn from the report's numbers.
func ExampleReport_classes() {
	report, err := look.Describe(context.Background(), passengers())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, class := range report.Classes {
		fmt.Println(class, class.Count, class.Share)
	}
	// Output:
	// 0 5 0.5
	// 1 5 0.5
}
