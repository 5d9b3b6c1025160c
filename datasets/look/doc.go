// Package look describes data before a model learns from it, and finds what
// spoils training: the first mistake of beginners is to train on data that
// nobody looked at.
//
//	report, err := look.Describe(ctx, train)
//	fmt.Println(report)
//
//	findings, err := look.Check(ctx, train, test, look.Outputs(10))
//	if err := findings.Err(); err != nil {
//		return err // something that would make training useless
//	}
//
// Guard is the same for dlkit's Fit, which then refuses to train on such data:
//
//	model.Fit(ctx, train, dlkit.FitConfig{Check: look.Guard(look.Warning, look.Outputs(10))})
//
// Describe reads a data set once, batch by batch, and needs little memory, so
// that it may be larger than memory. What it finds is there in three forms: as
// text (String), as typed findings that a program can act on, and as numbers that
// a chart can be drawn from (Report.Classes, Array.Histogram, Columns, …), also
// in the form that charts take: ClassNames and Counts, MissingByColumn,
// TextLengths.Lengths, Histogram.Bars.
//
// Any tensor.Dataset can be described; tensors become one by
// tensor.FromTensors. A data set with one of these methods is described further:
//
//	ClassNames() []string                                            names of classes
//	ColumnNames() []string                                           names of a table's columns
//	ColumnCodes() []bool                                             columns whose numbers stand for names
//	ImageSizes(ctx) (widths, heights []int, err error)               sizes of picture files
//
// DescribeTexts and CheckTexts look at texts before they become numbers.
package look
