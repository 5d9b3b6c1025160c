package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// DenseLayer is made by Dense.
type DenseLayer struct {
	named
	kernelOptions
	// Units is the number of outputs.
	Units int
	// Activation is applied to the result.
	Activation Activation
}

// Dense is a fully connected layer: activation(x·kernel + bias). Input
// (…, in), output (…, units); weights kernel (in, units) and bias (units,).
// Units must be at least 1.
func Dense(units int, options ...DenseOption) *DenseLayer {
	d := &DenseLayer{Units: units}
	for _, o := range options {
		o.applyDense(d)
	}
	return d
}

// DenseOption is an option of Dense: an Activation, Name, NoBias, KernelInit,
// BiasInit, L1, L2, MaxNorm.
type DenseOption interface{ applyDense(*DenseLayer) }

func (a Activation) applyDense(d *DenseLayer)   { d.Activation = a }
func (o NameOption) applyDense(d *DenseLayer)   { d.Name = o.name }
func (o KernelOption) applyDense(d *DenseLayer) { o(&d.kernelOptions) }

// String describes the layer: "Dense 64, relu".
func (d *DenseLayer) String() string {
	return fmt.Sprintf("Dense %d%s", d.Units, withActivation(d.Activation))
}

func withActivation(a Activation) string {
	if a == Linear {
		return ""
	}
	return ", " + a.String()
}

// OutShape implements Layer.
func (d *DenseLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if d.Units < 1 {
		return nil, fmt.Errorf("units is %d; a Dense layer needs at least 1", d.Units)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if len(in) == 0 {
		return nil, fmt.Errorf("input is a scalar; Dense needs features along the last axis")
	}
	if in[len(in)-1] < 1 {
		return nil, fmt.Errorf("input %v has no features along its last axis", in)
	}
	out := in.Clone()
	out[len(out)-1] = d.Units
	return out, nil
}

// Apply implements Layer.
func (d *DenseLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	shape := dims(x)
	in := shape[len(shape)-1]
	kernel := d.kernel(b, "kernel", tensor.Shape{in, d.Units})
	bias := d.bias(b, d.Units)
	flat := x
	if len(shape) > 2 {
		flat = graph.Reshape(x, -1, in)
	}
	y := denseForward(b, flat, kernel, bias, d.Activation)
	if len(shape) > 2 {
		out := append(append([]int{}, shape[:len(shape)-1]...), d.Units)
		p, remembered := b.raw[y]
		y = graph.Reshape(y, out...)
		if remembered && p.x != nil {
			p.x = graph.Reshape(p.x, out...)
		}
		if remembered {
			b.activated(y, p.x, p.act)
		}
	}
	return y
}

// denseForward is activation(x·w + bias) for x (n, in), with ReLU fused in.
func denseForward(b *Builder, x, w, bias *graph.Node, act Activation) *graph.Node {
	if act == ReLU {
		return b.activated(matmulBias(x, w, bias, true), nil, ReLU)
	}
	return b.activate(matmulBias(x, w, bias, false), act)
}

// matmulBias is x·w + bias, x (n, in), w (in, out), bias (out,) or nil, then
// ReLU if asked for, with a gradient of our own: it lets the compiler drop the
// input's gradient where nobody wants it (a model's first layer), and
// transposes the smaller matrix.
func matmulBias(x, w, bias *graph.Node, withReLU bool) *graph.Node {
	n, in, out := dims(x)[0], dims(w)[0], dims(w)[1]
	var y *graph.Node
	if onGo(x) {
		var cfg compute.DenseConfig
		if withReLU {
			cfg.Activation = compute.ActivationConfig{Type: compute.ActivationRelu}
		}
		y = graph.BackendFusedDense(x, w, bias, cfg)
	} else {
		y = graph.Dot(x, w).Product()
		if bias != nil {
			y = graph.Add(y, graph.Reshape(bias, 1, out))
		}
		if withReLU {
			y = graph.MaxScalar(y, 0.0)
		}
	}
	inputs := []*graph.Node{x, w}
	if bias != nil {
		inputs = append(inputs, bias)
	}
	return customVJP(y, func(y, dy *graph.Node) []*graph.Node {
		dz := dy
		if withReLU {
			dz = gatedByPositive(y, dy)
		}
		var dw *graph.Node
		if n*in <= n*out+in*out {
			dw = graph.Dot(graph.Transpose(x, 0, 1), dz).Product()
		} else {
			dw = graph.Transpose(graph.Dot(graph.Transpose(dz, 0, 1), x).Product(), 0, 1)
		}
		grads := []*graph.Node{graph.DotGeneral(dz, []int{1}, nil, w, []int{1}, nil), dw}
		if bias != nil {
			grads = append(grads, graph.ReduceSum(dz, 0))
		}
		return grads
	}, inputs...)
}
