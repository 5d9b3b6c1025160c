package dlkit

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// Initializer gives a new weight its first values.
type Initializer interface {
	// Init writes the first values of a weight of the given shape, row-major,
	// drawing random numbers from rng alone.
	Init(values []float64, shape tensor.Shape, rng *rand.Rand)
}

// initializers are the initializers by their Keras names.
var initializers = map[string]Initializer{
	"glorot_uniform": GlorotUniform{}, "glorot_normal": GlorotNormal{},
	"he_uniform": HeUniform{}, "he_normal": HeNormal{},
	"lecun_uniform": LecunUniform{}, "lecun_normal": LecunNormal{},
	"random_uniform": RandomUniform{}, "random_normal": RandomNormal{},
	"orthogonal": Orthogonal{}, "identity": Identity{}, "zeros": Zeros, "ones": Ones,
}

// InitializerByName finds an initializer by its Keras name, such as
// "he_normal". Unknown names are an error that lists those known.
func InitializerByName(name string) (Initializer, error) {
	if init, ok := initializers[name]; ok {
		return init, nil
	}
	known := strings.Join(slices.Sorted(maps.Keys(initializers)), ", ")
	return nil, fmt.Errorf("dlkit: unknown initializer %q; known are %s", name, known)
}

// initialValues draws a weight's first values. They depend on the model's seed
// and the weight's name, not on the order in which weights are made.
func initialValues(init Initializer, shape tensor.Shape, seed uint64, name string) ([]float64, error) {
	if err := shape.Check(); err != nil {
		return nil, err
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	values := make([]float64, shape.Size())
	init.Init(values, shape, rand.New(rand.NewPCG(seed, h.Sum64())))
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("initializer %T gave %v at position %d", init, v, i)
		}
	}
	return values, nil
}

// fans are the numbers of inputs and outputs of a weight, as Keras counts
// them: the last two axes, times the size of the window before them.
func fans(shape tensor.Shape) (in, out float64) {
	switch len(shape) {
	case 0:
		return 1, 1
	case 1:
		return float64(shape[0]), float64(shape[0])
	}
	window := shape[:len(shape)-2].Size()
	return float64(shape[len(shape)-2] * window), float64(shape[len(shape)-1] * window)
}

func uniform(values []float64, limit float64, rng *rand.Rand) {
	for i := range values {
		values[i] = (2*rng.Float64() - 1) * limit
	}
}

// truncatedNormal draws from a normal distribution, drawing again what lies
// more than two standard deviations away. sigma is the standard deviation
// before cutting.
func truncatedNormal(values []float64, sigma float64, rng *rand.Rand) {
	for i := range values {
		x := rng.NormFloat64()
		for math.Abs(x) > 2 {
			x = rng.NormFloat64()
		}
		values[i] = x * sigma
	}
}

// cutSigma is the standard deviation of a standard normal distribution cut at
// two standard deviations; dividing by it makes up for the cut.
const cutSigma = 0.87962566103423978

// GlorotUniform draws from [-l, l], l = sqrt(6 / (fanIn + fanOut)): Keras'
// default for kernels. Glorot & Bengio, 2010.
type GlorotUniform struct{}

// Init implements Initializer.
func (GlorotUniform) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, out := fans(shape)
	uniform(values, math.Sqrt(6/(in+out)), rng)
}

// GlorotNormal draws from a normal distribution cut at two standard
// deviations, of variance 2 / (fanIn + fanOut).
type GlorotNormal struct{}

// Init implements Initializer.
func (GlorotNormal) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, out := fans(shape)
	truncatedNormal(values, math.Sqrt(2/(in+out))/cutSigma, rng)
}

// HeUniform draws from [-l, l], l = sqrt(6 / fanIn): fit for ReLU. He et al.,
// 2015.
type HeUniform struct{}

// Init implements Initializer.
func (HeUniform) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, _ := fans(shape)
	uniform(values, math.Sqrt(6/in), rng)
}

// HeNormal draws from a normal distribution cut at two standard deviations, of
// variance 2 / fanIn.
type HeNormal struct{}

// Init implements Initializer.
func (HeNormal) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, _ := fans(shape)
	truncatedNormal(values, math.Sqrt(2/in)/cutSigma, rng)
}

// RandomUniform draws from [Min, Max). With both zero it is [-0.05, 0.05), as
// in Keras.
type RandomUniform struct{ Min, Max float64 }

// Init implements Initializer.
func (u RandomUniform) Init(values []float64, _ tensor.Shape, rng *rand.Rand) {
	if u.Min == 0 && u.Max == 0 {
		u.Min, u.Max = -0.05, 0.05
	}
	for i := range values {
		values[i] = u.Min + (u.Max-u.Min)*rng.Float64()
	}
}

// RandomNormal draws from a normal distribution. A StdDev of 0 is 0.05, as in
// Keras.
type RandomNormal struct{ Mean, StdDev float64 }

// Init implements Initializer.
func (n RandomNormal) Init(values []float64, _ tensor.Shape, rng *rand.Rand) {
	if n.StdDev == 0 {
		n.StdDev = 0.05
	}
	for i := range values {
		values[i] = n.Mean + n.StdDev*rng.NormFloat64()
	}
}

// Constant fills with one value; the zero value fills with zeros.
type Constant struct{ Value float64 }

// Init implements Initializer.
func (c Constant) Init(values []float64, _ tensor.Shape, _ *rand.Rand) {
	for i := range values {
		values[i] = c.Value
	}
}

// Zeros and Ones fill with 0 and with 1.
var (
	Zeros = Constant{0}
	Ones  = Constant{1}
)
