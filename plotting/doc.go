// Package plotting draws charts for learning: training curves, learning-rate
// searches, class balance, confusion, distributions, and images and texts with
// what a model says they are; of a convolution its filters and what they find.
//
// Every kind of chart is a struct with a constructor that checks the data,
//
//	bar, err := plotting.NewBar([]string{"cat", "dog"}, []int{120, 80})
//
// exported fields for its looks, whose defaults are meant to be good,
//
//	bar.Title = "Class balance"
//
// and the methods of [Figure], which it embeds: Show displays it, Save and the
// Write methods make files.
//
// In a notebook, Show sends one output in three forms: an interactive chart
// that needs no network (Apache ECharts travels with it), a PNG of the same
// chart for wherever scripts do not run, and a summary in words for terminals
// and diffs. With the environment variable FROMZERO_STATIC=1 the interactive
// form is left out, for notebooks that go into a repository. Outside a
// notebook, Show writes an HTML file and says where it is.
//
// The PNG, and SVG and PNG files, are drawn by the fromzero program that
// "fromzero setup" installs, so that notebook cells need not link a JavaScript
// engine; plain programs can link it themselves by importing plotting/static.
// Where neither is there, notebook output goes without the PNG and says so.
//
// # Errors
//
// Constructors return errors that wrap [ErrNoData], [ErrNaN], [ErrInf],
// [ErrLength] or [ErrShape]. Show and the Write methods return the errors of
// fields that do not fit the data, of files and of the notebook; only Save,
// WriteSVG and WritePNG return [ErrNoRenderer].
package plotting
