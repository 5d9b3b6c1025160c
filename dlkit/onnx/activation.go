package onnx

import (
	"math"
	"strconv"
	"strings"

	"github.com/gofromzero/fromzero/dlkit"
)

// Numbers of the SELU formula.
const (
	seluScale = 1.0507009873554804934193349852946
	seluAlpha = 1.6732632423543772848170429916717
)

// activate applies an activation to a value.
func (e *exporter) activate(act dlkit.Activation, x *value) *value {
	if act == dlkit.Linear {
		return x
	}
	axis := -1
	if x.isInner() {
		axis = 1
	}
	return x.elementwise(func(x string) string { return e.activation(act, x, axis) })
}

// activation applies an activation; softmax goes along axis.
func (e *exporter) activation(act dlkit.Activation, x string, axis int) string {
	name, param := split(act)
	switch name {
	case "relu":
		return e.op("Relu", nil, x)
	case "leaky_relu":
		return e.op("LeakyRelu", attributes{"alpha": param}, x)
	case "elu":
		return e.op("Elu", attributes{"alpha": param}, x)
	case "selu":
		return e.op("Selu", attributes{"alpha": seluAlpha, "gamma": seluScale}, x)
	case "gelu":
		return e.gelu(x, e.op("Erf", nil, e.op("Mul", nil, x, e.scalar(math.Sqrt2/2))))
	case "gelu_approximate":
		square := e.op("Mul", nil, x, x)
		cubic := e.op("Mul", nil, x, e.op("Add", nil, e.op("Mul", nil, square, e.scalar(0.044715)), e.scalar(1)))
		return e.gelu(x, e.op("Tanh", nil, e.op("Mul", nil, cubic, e.scalar(math.Sqrt(2/math.Pi)))))
	case "sigmoid":
		return e.op("Sigmoid", nil, x)
	case "hard_sigmoid":
		return e.op("HardSigmoid", attributes{"alpha": 1.0 / 6, "beta": 0.5}, x)
	case "tanh":
		return e.op("Tanh", nil, x)
	case "softmax":
		return e.op("Softmax", attributes{"axis": axis}, x)
	case "softplus":
		return e.op("Softplus", nil, x)
	case "softsign":
		return e.op("Softsign", nil, x)
	case "silu":
		return e.op("Mul", nil, x, e.op("Sigmoid", nil, x))
	case "mish":
		return e.op("Mul", nil, x, e.op("Tanh", nil, e.op("Softplus", nil, x)))
	}
	return x
}

// gelu is x·(1 + bend)/2. Operator set 17 has no GELU of its own.
func (e *exporter) gelu(x, bend string) string {
	return e.op("Mul", nil, x, e.op("Mul", nil, e.op("Add", nil, bend, e.scalar(1)), e.scalar(0.5)))
}

// split takes an activation's name and parameter apart.
func split(act dlkit.Activation) (name string, param float64) {
	name, arg, _ := strings.Cut(strings.TrimSuffix(act.String(), ")"), "(")
	param, _ = strconv.ParseFloat(arg, 64)
	return name, param
}

func (e *exporter) prelu(l *dlkit.PReLULayer, x *value) *value {
	values, shape := e.weight("alpha")
	r := len(shape)
	name := "alpha"
	if x.isInner() {
		name = "alpha_inner"
		perm := []int{r - 1}
		for i := range r - 1 {
			perm = append(perm, i)
		}
		values = transposed(values, shape, perm...)
		shape = append(shape[r-1:].Clone(), shape[:r-1]...)
	}
	slope := e.store(name, shape, func() []float32 { return values })
	return x.elementwise(func(x string) string { return e.op("PRelu", nil, x, slope) })
}
