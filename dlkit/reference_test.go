package dlkit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// The reference values in testdata/reference were computed by Keras; README.md
// there says how, and what the fields mean.

type refTensor struct {
	Name  string
	Shape []int
	DType string
	Data  []refNumber
}

// refNumber also reads JSON's true and false.
type refNumber float64

func (n *refNumber) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true":
		*n = 1
	case "false":
		*n = 0
	default:
		return json.Unmarshal(data, (*float64)(n))
	}
	return nil
}

func (r *refTensor) values() []float64 {
	out := make([]float64, len(r.Data))
	for i, v := range r.Data {
		out[i] = float64(v)
	}
	return out
}

// tensor gives the values in a float type, or as int32 where the reference
// says so.
func (r *refTensor) tensor(dtype tensor.DType) *tensor.Tensor {
	switch r.DType {
	case "int32":
		dtype = tensor.Int32
	case "bool":
		dtype = tensor.Bool
	}
	t := tensor.Must(tensor.Zeros(dtype, r.Shape...))
	switch dst := flatOf(t).(type) {
	case []float32:
		for i, v := range r.Data {
			dst[i] = float32(v)
		}
	case []float64:
		copy(dst, r.values())
	case []int32:
		for i, v := range r.Data {
			dst[i] = int32(v)
		}
	case []bool:
		for i, v := range r.Data {
			dst[i] = v != 0
		}
	}
	return t
}

type refLayer struct {
	Name, Class string
	Config      map[string]any
	Inputs      []refTensor
	Mask        *refTensor
	Weights     []refTensor
	Training    bool
	Output      []refTensor
	Upstream    []refTensor
	InputGrads  []*refTensor  `json:"input_grads"`
	WeightGrads []*refTensor  `json:"weight_grads"`
	After       []refTensor   `json:"weights_after"`
	Target      *refTensor    `json:"target"`
	Steps       *refThreeStep `json:"steps"`
	Adapt       *refTensor    `json:"adapt"`
	// AttentionMask and Call are further arguments of an attention's call.
	AttentionMask *refTensor `json:"attention_mask"`
	Call          map[string]any
}

type refThreeStep struct {
	Losses  []float64
	Weights []refTensor
}

func readReference[T any](t *testing.T, file string) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "reference", file))
	if err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

// tolerance is relative to the largest value of the array.
const tolerance = 1e-4

func wantClose(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d values, want %d", what, len(got), len(want))
		return
	}
	scale := 0.0
	for _, v := range want {
		scale = math.Max(scale, math.Abs(v))
	}
	if scale == 0 {
		scale = 1e-2 // nothing but what rounding leaves of terms that cancel
	}
	scale = math.Max(scale, 1e-3)
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tol*scale) {
			t.Errorf("%s: value %d is %v, want %v (all: %.6v, want %.6v)", what, i, got[i], want[i], firstFew(got), firstFew(want))
			return
		}
	}
}

func firstFew(v []float64) []float64 { return v[:min(len(v), 8)] }

// testBackends are the backends that the tests run on, beside the one that
// models run on by themselves: pure Go always.
func testBackends() []string {
	names := []string{"go"}
	if own := defaultBackend(); own != "go" {
		names = append([]string{own}, names...)
	}
	return names
}

// testDevices are the devices of testBackends; the first is the one that models
// run on by themselves.
func testDevices(t *testing.T) []*device {
	t.Helper()
	var devices []*device
	for _, name := range testBackends() {
		d, err := deviceFor(name)
		if err != nil {
			t.Fatal(err)
		}
		devices = append(devices, d)
	}
	return devices
}

// goDevice is pure Go. Graphs that are built anew for every run, as finite
// differences do it, cost compiling elsewhere.
func goDevice(t *testing.T) *device {
	t.Helper()
	d, err := deviceFor("go")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// layerMakers turn a Keras class and its arguments into a layer. Families add
// theirs in their own test files.
var layerMakers = map[string]func(t *testing.T, c refLayer) any{
	"Dense": func(t *testing.T, c refLayer) any {
		return Dense(c.int("units"), c.activation(t), c.bias(), c.regularizers())
	},
	"Flatten": func(*testing.T, refLayer) any { return Flatten() },
	"Dropout": func(_ *testing.T, c refLayer) any { return Dropout(c.float("rate")) },
	"Activation": func(t *testing.T, c refLayer) any {
		return c.activation(t)
	},
	"Softmax": func(*testing.T, refLayer) any { return Softmax },
	"ELU":     func(_ *testing.T, c refLayer) any { return ELU(c.float("alpha")) },
}

// notHere are Keras classes that dlkit leaves out.
var notHere = map[string]string{}

func (c refLayer) int(name string) int { v, _ := c.Config[name].(float64); return int(v) }

func (c refLayer) float(name string) float64 { v, _ := c.Config[name].(float64); return v }

func (c refLayer) string(name string) string { v, _ := c.Config[name].(string); return v }

func (c refLayer) bool(name string) bool { v, _ := c.Config[name].(bool); return v }

// pair reads a number or a list of two.
func (c refLayer) pair(name string) [2]int {
	switch v := c.Config[name].(type) {
	case float64:
		return [2]int{int(v), int(v)}
	case []any:
		return [2]int{int(v[0].(float64)), int(v[len(v)-1].(float64))}
	}
	return [2]int{}
}

func (c refLayer) bias() KernelOption {
	if use, ok := c.Config["use_bias"].(bool); ok && !use {
		return NoBias
	}
	return func(*kernelOptions) {}
}

// regularizers reads penalties and the max-norm.
func (c refLayer) regularizers() KernelOption {
	number := func(name, field string) float64 {
		m, _ := c.Config[name].(map[string]any)
		v, _ := m[field].(float64)
		return v
	}
	return func(o *kernelOptions) {
		o.L1, o.L2 = number("kernel_regularizer", "l1"), number("kernel_regularizer", "l2")
		o.BiasL2 = number("bias_regularizer", "l2")
		o.MaxNorm = number("kernel_constraint", "max_value")
	}
}

func (c refLayer) activation(t *testing.T) Activation {
	t.Helper()
	name := c.string("activation")
	switch name {
	case "":
		return Linear
	case "leaky_relu":
		if s, ok := c.Config["negative_slope"].(float64); ok {
			return LeakyReLU(s)
		}
	case "elu":
		if a, ok := c.Config["alpha"].(float64); ok {
			return ELU(a)
		}
	case "gelu":
		if approx, ok := c.Config["approximate"].(bool); ok && approx {
			return GELUApproximate
		}
	}
	a, err := ActivationByName(name)
	if err != nil {
		t.Skipf("no such activation here: %s", name)
	}
	return a
}

// runLayerReferences holds every case of a file against the layer that its
// maker makes: output, gradients, states, three training steps, and the
// gradients against finite differences in float64.
func runLayerReferences(t *testing.T, file string) {
	runLayerCases(t, readReference[refLayer](t, file))
}

func runLayerCases(t *testing.T, cases []refLayer) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if why, ok := notHere[c.Class]; ok {
				t.Skip(why)
			}
			maker, ok := layerMakers[c.Class]
			if !ok {
				t.Fatalf("no layer stands for Keras' %s", c.Class)
			}
			for _, d := range testDevices(t) {
				t.Run(d.String(), func(t *testing.T) {
					c.checkOnce(t, d, maker(t, c))
				})
			}
			t.Run("plain", func(t *testing.T) {
				withPlainOps(func() { c.checkOnce(t, goDevice(t), maker(t, c)) })
			})
			c.checkFiniteDifferences(t, maker(t, c))
			if c.Steps != nil && len(c.Inputs) == 1 && c.Mask == nil {
				for _, backend := range testBackends() {
					c.checkThreeSteps(t, backend, maker(t, c))
				}
			}
		})
	}
}

func (c refLayer) layerRun(layer any, dtype dtypes.DType) layerRun {
	td := tensorDType(dtype)
	r := layerRun{layer: layer, dtype: dtype, training: c.Training, weights: []*tensor.Tensor{}}
	for i := range c.Inputs {
		r.inputs = append(r.inputs, c.Inputs[i].tensor(td))
	}
	for i := range c.Weights {
		r.weights = append(r.weights, c.Weights[i].tensor(td))
	}
	if c.Mask != nil {
		r.mask = c.Mask.tensor(td)
	}
	if len(c.Upstream) > 0 {
		r.upstream = c.Upstream[0].tensor(td)
	}
	return r
}

func (c refLayer) checkOnce(t *testing.T, d *device, layer any) {
	in := []tensor.Shape{}
	for _, x := range c.Inputs {
		in = append(in, x.Shape[1:])
	}
	out, err := outShape(layer, in)
	if err != nil {
		t.Fatal(err)
	}
	if want := tensor.Shape(c.Output[0].Shape[1:]); !out.Equal(want) {
		t.Fatalf("OutShape is %v, want %v", out, want)
	}
	res, err := c.layerRun(layer, dtypes.Float32).run(d)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "output", tensor.Values[float64](res.output), c.Output[0].values(), tolerance)
	k := 0
	for i, want := range c.InputGrads {
		if want != nil && k < len(res.inputGrads) {
			wantClose(t, fmt.Sprintf("gradient by input %d", i), tensor.Values[float64](res.inputGrads[k]), want.values(), tolerance)
			k++
		}
	}
	for i, want := range c.WeightGrads {
		if want != nil {
			wantClose(t, "gradient by "+want.Name, tensor.Values[float64](res.weightGrads[i]), want.values(), tolerance)
		}
	}
	for i, want := range c.After {
		wantClose(t, want.Name+" after the call", tensor.Values[float64](res.after[i]), want.values(), tolerance)
	}
}

// checkFiniteDifferences compares a few entries of every gradient with central
// differences in float64, on every device.
func (c refLayer) checkFiniteDifferences(t *testing.T, layer any) {
	r := c.layerRun(layer, dtypes.Float64)
	if r.upstream == nil {
		return
	}
	devices := testDevices(t)
	if plainOps {
		devices = []*device{goDevice(t)} // others have no hand-written lowerings to turn off, but slow compilers
	}
	for _, d := range devices {
		p, err := r.prepare(d)
		if err != nil {
			t.Fatalf("in float64 on %s: %v", d, err)
		}
		c.checkDifferences(t, p)
		p.finalize()
	}
}

// checkDifferences runs a prepared layer with changed values, and puts them
// back.
func (c refLayer) checkDifferences(t *testing.T, p *preparedRun) {
	t.Helper()
	r, res := p.layerRun, p.mustRun(t)
	value := func() float64 {
		sum := 0.0
		up := tensor.Values[float64](r.upstream)
		for i, v := range tensor.Values[float64](p.mustRun(t).output) {
			sum += v * up[i]
		}
		return sum
	}
	check := func(what string, x *tensor.Tensor, grad *tensor.Tensor) {
		values, _ := tensor.Flat[float64](x)
		if len(values) == 0 {
			return
		}
		for n := range 3 {
			i := (n*7919 + 3) % len(values)
			const h = 1e-5
			old := values[i]
			values[i] = old + h
			up := value()
			values[i] = old - h
			down := value()
			values[i] = old
			fd, got := (up-down)/(2*h), tensor.Values[float64](grad)[i]
			rounding := 1e-15 * math.Abs(up) / h
			if math.Abs(fd-got) > 1e-6*(1+math.Abs(fd))+rounding {
				t.Errorf("gradient by %s at %d is %v, finite differences give %v", what, i, got, fd)
			}
		}
	}
	k := 0
	for i, x := range r.inputs {
		if x.DType().IsFloat() {
			check(fmt.Sprintf("input %d", i), x, res.inputGrads[k])
			k++
		}
	}
	if len(res.weightGrads) == len(r.weights) {
		for i, w := range r.weights {
			check(c.Weights[i].Name, w, res.weightGrads[i])
		}
	}
}

// checkThreeSteps trains a model of the one layer as the reference did.
func (c refLayer) checkThreeSteps(t *testing.T, backend string, layer any) {
	t.Helper()
	l, ok := layer.(Layer)
	if !ok {
		return
	}
	m := Sequential(c.Inputs[0].Shape[1:], l)
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 0.1}, Loss: anyMSE{}, NoMetrics: true, Backend: backend}); err != nil {
		t.Fatal(err)
	}
	for i, v := range m.vars.list {
		if err := v.set(c.Weights[i].tensor(tensor.Float32)); err != nil {
			t.Fatal(err)
		}
		v.frozen = !v.trainable && !c.Training // the reference's steps leave states alone
	}
	data := tensor.Must(tensor.FromTensors(c.Inputs[0].tensor(tensor.Float32), c.Target.tensor(tensor.Float32)))
	hist, err := m.Fit(context.Background(), data, FitConfig{Epochs: 3, BatchSize: c.Inputs[0].Shape[0], NoShuffle: true})
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "losses of three steps", hist.Values("loss"), c.Steps.Losses, tolerance)
	for i, v := range m.vars.list {
		got, err := v.value()
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, v.name+" after three steps", tensor.Values[float64](got), c.Steps.Weights[i].values(), tolerance)
	}
}

// anyMSE is the squared error over all places of an output, whatever a mask
// says.
type anyMSE struct{ MeanSquaredError }

func (l anyMSE) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return perRow(l.values(b, yTrue, yPred))
}

func TestLayersAgreeWithKeras(t *testing.T) { runLayerReferences(t, "layers_basic.json") }

func TestActivationsAgreeWithKeras(t *testing.T) { runLayerReferences(t, "activations.json") }
