package look

// Option changes what Describe and Check assume. Columns, Outputs, Regression,
// Remember and Allow make one.
type Option func(*options)

type options struct {
	columns    []string
	codes      []bool // columns whose numbers stand for names
	outputs    int
	regression bool
	remember   int
	allowed    []Code
}

// defaultRemember is how many rows are remembered to find equal ones.
const defaultRemember = 2 << 20

func gather(opts []Option) options {
	o := options{remember: defaultRemember}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// Columns names the columns of a table, in order.
func Columns(names ...string) Option {
	return func(o *options) { o.columns = names }
}

// Outputs says how many units the last layer of the model has: 10 for ten
// classes, so that labels must be 0 to 9; 1 for yes or no, so that they must be
// 0 or 1.
func Outputs(n int) Option {
	return func(o *options) { o.outputs = n }
}

// Regression says that the targets are numbers to predict, even if they are
// whole: house prices, ages.
func Regression() Option {
	return func(o *options) { o.regression = true }
}

// Remember says how many rows are remembered to find equal ones, some 50 bytes
// each; 2 million if it is not given, and 0 for none.
func Remember(rows int) Option {
	return func(o *options) { o.remember = max(0, rows) }
}

// Allow names kinds of findings that Guard is not to refuse data for: what was
// looked into and is all right. Describe and Check report them all the same.
func Allow(codes ...Code) Option {
	return func(o *options) { o.allowed = append(o.allowed, codes...) }
}
