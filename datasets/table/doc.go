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
// (v18.8.0) is well kept, but its CSV reader makes a stripped program of 1.6 MB
// one of 5.9 MB, where this package makes it 2.4 MB, and every notebook cell
// that reads a table would link that. It takes a column's type from the first
// row and stops at "3.5" behind "1", or at a row with a cell too many. It has no
// summaries or preprocessing. The last release of github.com/go-gota/gota,
// v0.12.0, is of October 2021, and a user's question of 2024 whether it is
// defunct has no answer from its makers. What is needed here is small: four
// kinds of columns, each a slice, which never change and so are shared.
package table
