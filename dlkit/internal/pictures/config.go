package pictures

// Kind is what a layer of a chain does.
type Kind int

const (
	// Conv is a convolution without groups.
	Conv Kind = iota
	// Depthwise is a convolution with stride 1 of every channel by itself.
	Depthwise
	// Norm is batch normalisation.
	Norm
	// ReLU sets negative numbers to zero.
	ReLU
	// MaxPool takes the largest of windows side by side.
	MaxPool
	// AvgPool takes the mean of windows side by side.
	AvgPool
	// Dropout sets a random share to zero, while training.
	Dropout
	// Add is the sum of values.
	Add
	// Activation applies a Function to every number.
	Activation
	// GlobalMaxPool takes the largest number of every channel.
	GlobalMaxPool
	// GlobalAvgPool takes the mean of every channel.
	GlobalAvgPool
)

// Layer is a layer of a chain. Its weights are those that Weights names.
type Layer struct {
	Kind
	// From are the numbers of the values that the layer takes: 0 is the input,
	// and i + 1 what layer i makes. Empty, it is the value before.
	From []int
	// Window is the height and width of a kernel or of a pooling window.
	Window [2]int
	// Pad is the margin of zeros above and on the left of a convolution's
	// input, and Out the height and width of its output.
	Pad, Out [2]int
	// Stride is by how many pixels a convolution's window moves; 0 is 1.
	Stride [2]int
	// Filters is the number of a convolution's output channels.
	Filters int
	// Bias tells that a convolution adds a bias.
	Bias bool
	// Scale and Center tell that a normalisation has a gamma and a beta.
	Scale, Center bool
	// Epsilon is what a normalisation adds to the variance.
	Epsilon float32
	// Rate is the share that dropout sets to zero.
	Rate float32
	// Function is what an activation applies, and Alpha its parameter, at least 0,
	// if it has one.
	Function Function
	Alpha    float32
}

// from is From of the i-th layer, of which only Add takes several.
func (l Layer) from(i int) []int {
	if len(l.From) == 0 {
		return []int{i}
	}
	return l.From
}

// Config says what a chain is run on.
type Config struct {
	// Rows is the number of examples in a batch; Height, Width and Channels are
	// those of the input.
	Rows, Height, Width, Channels int
	Layers                        []Layer
	// Train keeps what Backward needs, normalises by the batch and drops out.
	Train bool
	// Input tells that Backward computes the gradient by the input.
	Input bool
}

// Weights is the number of weights that the layer is given, and how many of them
// are differentiated by: kernel and bias; gamma, beta and, outside training, the
// moving mean and variance.
func (l Layer) Weights(train bool) (all, trained int) {
	switch l.Kind {
	case Conv, Depthwise:
		trained = 1 + count(l.Bias)
		all = trained
	case Norm:
		trained = count(l.Scale) + count(l.Center)
		all = trained
		if !train {
			all += 2
		}
	}
	return all, trained
}

// Convolves reports whether the layer is a convolution of any kind.
func (l Layer) Convolves() bool { return l.Kind == Conv || l.Kind == Depthwise }

// stride is Stride with 1 for 0.
func (l Layer) stride() (down, right int) { return max(1, l.Stride[0]), max(1, l.Stride[1]) }

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
