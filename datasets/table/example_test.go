package table_test

import (
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

const pets = `# the shelter's list
name,kind,weight,age,chipped
Rex,dog,22.5,4,true
Tom,cat,4.1,?,false
Bella,dog,,7,true
Mia,cat,3.8,2
Leo,cat,5,11,true
`

func read() *table.Frame {
	f, _, err := table.Read(strings.NewReader(pets), table.ReadConfig{Comment: '#', Kinds: map[string]table.Kind{"name": table.Text}})
	return tensor.Must(f, err)
}

func ExampleRead() {
	f, report, err := table.Read(strings.NewReader(pets), table.ReadConfig{Comment: '#'})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	fmt.Println(report)
	// Output:
	//     name  kind  weight  age  chipped
	// 0    Rex   dog    22.5    4     true
	// 1    Tom   cat     4.1   NA    false
	// 2  Bella   dog      NA    7     true
	// 3    Leo   cat     5.0   11     true
	// 4 rows read, 1 left out:
	//   line 6, column 4: 4 cells, 5 are wanted
}

func ExampleFrame_Describe() {
	fmt.Println(read().Describe())
	// Output:
	//         count  missing     mean      std  min   25%  50%    75%   max
	// weight      3        1  10.5333  10.3732  4.1  4.55    5  13.75  22.5
	// age         3        1  7.33333  3.51188    4   5.5    7      9    11
	//
	//          kind      count  missing  distinct  most frequent
	// name     text          4        0         4  Bella 1
	// kind     category      4        0         2  cat 2, dog 2
	// chipped  bool          4        0         2  true 3
}

func ExampleFrame_Filter() {
	heavy, err := read().Filter(func(r table.Row) bool { return r.Number("weight") > 4.5 })
	fmt.Println(tensor.Must(heavy, err))
	// Output:
	//    name  kind  weight  age  chipped
	// 0   Rex   dog    22.5    4     true
	// 1   Leo   cat     5.0   11     true
}

func ExampleFrame_GroupMeans() {
	fmt.Println(tensor.Must(read().GroupMeans("age", "kind")))
	// Output:
	//    kind  count  mean
	// 0   cat      2  11.0
	// 1   dog      2   5.5
}

func ExamplePipeline() {
	f := read()
	p, err := table.Pipeline{Target: "chipped"}.Fit(f) // the usual steps
	if err != nil {
		fmt.Println(err)
		return
	}
	data := tensor.Must(p.Dataset(f))
	fmt.Println(data.InputNames(), data.ClassNames())
	fmt.Println(data.All().X())
	fmt.Println(data.All().Y())
	// Output:
	// [kind=cat kind=dog weight age] [false true]
	// [[ 0.          1.          1.7300862  -1.3065492 ]
	//  [ 1.          0.         -0.6544521  -0.10050378]
	//  [ 0.          1.         -0.53781706 -0.10050378]
	//  [ 1.          0.         -0.53781706  1.5075567 ]]
	// [1 0 1 1]
}

func ExampleFrame_Split() {
	train, test, err := read().Split(table.SplitConfig{Test: 0.5, Stratify: "kind", Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tensor.Must(train.GroupCounts("kind")))
	fmt.Println(tensor.Must(test.GroupCounts("kind")))
	// Output:
	//    kind  count
	// 0   cat      1
	// 1   dog      1
	//    kind  count
	// 0   cat      1
	// 1   dog      1
}

func ExampleFromRecords() {
	p, err := table.Pipeline{Target: "chipped"}.Fit(read())
	if err != nil {
		fmt.Println(err)
		return
	}
	row := tensor.Must(table.FromRecords([]map[string]any{{"kind": "cat", "weight": 4.0, "name": "Kit"}}))
	_, err = p.Inputs(row)
	fmt.Println(err)
	row = tensor.Must(table.FromRecords([]map[string]any{{"kind": "cat", "weight": 4.0, "name": "Kit", "age": nil}}))
	fmt.Println(p.Inputs(row))
	// Output:
	// table: no column "age"; there are: kind, name, weight (the pipeline was fitted on a table that had it)
	// [[ 1.          0.         -0.6674115  -0.10050378]] <nil>
}
