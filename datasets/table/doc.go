// Package table reads tables, shows what is in them, and makes numbers of them
// that a model can learn from.
//
//	f, report, err := table.ReadFile("houses.csv", table.ReadConfig{})
//	fmt.Println(report)       // rows that were left out, and why
//	fmt.Println(f)            // the first and last rows
//	fmt.Println(f.Describe()) // means, quartiles, missing cells …
//
//	train, test, err := f.Split(table.SplitConfig{Stratify: "sold"})
//	p, err := table.Pipeline{Target: "sold"}.Fit(train) // learns from training rows only
//	data, err := p.Dataset(train)                       // for dlkit's Fit
//	err = p.Save("houses.pipeline.json")                // belongs to the model
//
// Titanic, Adult, Penguins and CaliforniaHousing are well-known tables.
//
// # Why a frame of its own
//
// Two libraries were looked at in November 2026. github.com/apache/arrow-go
// (v18.8.0) is well kept, but its CSV reader adds 4.3 MB to a stripped program
// of 1.6 MB, and 57 packages, which every notebook cell that reads a table would
// link; it stops at the first row with a cell too many, has no summaries or
// preprocessing, and what it makes must be copied into tensors.
// github.com/go-gota/gota has had no release since 2021 and keeps every cell as
// a struct of its own behind an interface. What is needed here is small: four
// kinds of columns, each a slice, which never change and so are shared.
package table
