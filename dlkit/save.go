package dlkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strconv"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// formatVersion is written into every file; files of older versions are read
// for ever.
const formatVersion = 1

// architecture is the JSON in a model file.
type architecture struct {
	Inputs []tensor.Shape `json:"inputs"`
	Layers []savedLayer   `json:"layers"`
	// Outputs are the numbers of the values that come out: inputs first, then
	// what every layer makes. None means the last layer's.
	Outputs  []int         `json:"outputs,omitempty"`
	Compiled *savedCompile `json:"compiled,omitempty"`
}

type savedLayer struct {
	Name string `json:"name"`
	// From are the numbers of the values that go in. None means the value made
	// just before.
	From []int `json:"from,omitempty"`
	tagged
}

type savedCompile struct {
	Optimizer *tagged     `json:"optimizer"`
	Losses    []*tagged   `json:"losses"`
	Weights   []float64   `json:"loss_weights,omitempty"`
	Metrics   []*tagged   `json:"metrics"`
	OutputM   [][]*tagged `json:"output_metrics,omitempty"`
	WeightedM []*tagged   `json:"weighted_metrics,omitempty"`
	NoMetrics bool        `json:"no_metrics,omitempty"`
	Seed      uint64      `json:"seed"`
	Rate      float64     `json:"rate"`
	Steps     int         `json:"steps"`
	Updates   int         `json:"updates"`
	Clip      Clip        `json:"clip"`
	Accum     int         `json:"accumulate,omitempty"`
	EMA       float64     `json:"ema,omitempty"`
}

// Save writes the model: architecture, weights, what was attached, and, once it
// is compiled, how it is trained with the optimizer's memory, so that training
// can go on. The file is a safetensors file, which other programs can read the
// weights from.
func (m *Model) Save(w io.Writer) error { return m.saveWith(w, nil) }

// saveWith is Save with more metadata in the file.
func (m *Model) saveWith(w io.Writer, more map[string]string) error {
	if err := m.built(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	arch, err := m.architecture()
	if err != nil {
		return err
	}
	text, err := json.Marshal(arch)
	if err != nil {
		return err
	}
	tensors, err := m.savedTensors()
	if err != nil {
		return err
	}
	metadata := map[string]string{"format": "dlkit", "version": strconv.Itoa(formatVersion), "architecture": string(text)}
	m.saveAttachments(metadata)
	maps.Copy(metadata, more)
	return writeSafetensors(w, metadata, tensors)
}

// SaveFile writes the model to a file. A file of that name is replaced only
// when all has been written.
func (m *Model) SaveFile(path string) error {
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		return err
	}
	return writeFile(path, file.Bytes())
}

func (m *Model) architecture() (*architecture, error) {
	a := &architecture{Inputs: m.inputs}
	for _, s := range m.steps {
		t, err := encodeTagged(s.layer)
		if err != nil {
			return nil, err
		}
		a.Layers = append(a.Layers, savedLayer{s.name, s.from, *t})
	}
	a.Outputs = m.outputs
	c := m.compiled
	if c == nil {
		return a, nil
	}
	saved := &savedCompile{Weights: c.config.LossWeights, NoMetrics: c.config.NoMetrics, Seed: c.seed, Rate: c.rate, Steps: c.trained,
		Updates: c.updates, Clip: c.config.Clip, Accum: c.config.Accumulate, EMA: c.config.EMA}
	var err error
	if saved.Optimizer, err = encodeTagged(c.optimizer); err != nil {
		return nil, err
	}
	for _, h := range c.heads {
		t, err := encodeTagged(h.loss)
		if err != nil {
			return nil, err
		}
		saved.Losses = append(saved.Losses, t)
	}
	if err := saved.addMetrics(c.config); err != nil {
		return nil, err
	}
	a.Compiled = saved
	return a, nil
}

// savedTensors are all weights, then the optimizer's slots under "optimizer/".
func (m *Model) savedTensors() ([]namedTensor, error) {
	var out []namedTensor
	add := func(prefix string, v *variable) error {
		t, err := v.value()
		out = append(out, namedTensor{prefix + v.name, t})
		return err
	}
	for _, v := range m.vars.list {
		if err := add("", v); err != nil {
			return nil, err
		}
	}
	if m.compiled == nil {
		return out, nil
	}
	for _, v := range m.vars.list {
		for _, s := range m.compiled.slots[v] {
			if err := add(slotPrefix, s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

const slotPrefix = "optimizer/"

// Load reads a model that Save wrote. custom are values of the types of your
// own layers, losses, metrics and optimizers in it, such as &MyLayer{}; their
// fields are filled from the file.
func Load(r io.Reader, custom ...any) (*Model, error) {
	metadata, tensors, err := readSafetensors(r)
	if err != nil {
		return nil, fmt.Errorf("dlkit: this model file cannot be read: %w", err)
	}
	if metadata["format"] != "dlkit" {
		return nil, errors.New("dlkit: this safetensors file holds weights but no dlkit architecture; build the model in Go and set its weights with SetWeight")
	}
	if v, err := strconv.Atoi(metadata["version"]); err != nil || v > formatVersion {
		return nil, fmt.Errorf("dlkit: the model file is of format version %q, this dlkit reads up to %d; use a newer dlkit", metadata["version"], formatVersion)
	}
	var arch architecture
	if err := json.Unmarshal([]byte(metadata["architecture"]), &arch); err != nil {
		return nil, fmt.Errorf("dlkit: the model file's architecture: %w", err)
	}
	m, err := arch.restore(newKinds(custom), tensors)
	if err != nil {
		return nil, err
	}
	if err := m.loadAttachments(metadata); err != nil {
		return nil, err
	}
	return m, nil
}

// LoadFile reads a model from a file.
func LoadFile(path string, custom ...any) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dlkit: loading a model: %w", err)
	}
	defer f.Close()
	return Load(f, custom...)
}

// LoadFS reads a model from a file system, such as one embedded in the program
// with go:embed.
func LoadFS(files fs.FS, path string, custom ...any) (*Model, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dlkit: loading a model: %w", err)
	}
	defer f.Close()
	return Load(f, custom...)
}

func (a *architecture) restore(k kinds, tensors map[string]*tensor.Tensor) (*Model, error) {
	m, err := a.rebuild(k)
	if err != nil {
		return nil, err
	}
	if err := m.built(); err != nil {
		return nil, err
	}
	if err := m.restoreWeights(tensors); err != nil {
		return nil, err
	}
	return m, m.restoreCompile(a.Compiled, k, tensors)
}

// rebuild makes the layers and joins them as they were.
func (a *architecture) rebuild(k kinds) (*Model, error) {
	m := newModel()
	m.inputs = a.Inputs
	if len(a.Inputs) == 0 || len(a.Layers) == 0 {
		return nil, errors.New("dlkit: the model file has no inputs or no layers")
	}
	shared := map[string]any{}
	for i, saved := range a.Layers {
		layer, again := shared[saved.Name]
		if !again {
			var err error
			if layer, err = k.decodeTagged(&saved.tagged); err != nil {
				return nil, err
			}
			shared[saved.Name] = layer
		}
		if err := m.placeSaved(i, layer, saved); err != nil {
			return nil, err
		}
	}
	m.outputs = a.Outputs
	if m.outputs == nil {
		m.outputs = []int{len(m.inputs) + len(m.steps) - 1}
	}
	for _, v := range m.outputs {
		if v < len(m.inputs) || v >= len(m.inputs)+len(m.steps) {
			return nil, fmt.Errorf("dlkit: the model file names value %d as an output, which no layer makes", v)
		}
	}
	return m, nil
}

func (m *Model) placeSaved(i int, layer any, saved savedLayer) error {
	switch layer.(type) {
	case Layer, Merge:
	default:
		return fmt.Errorf("dlkit: the model file has a %s as layer %d, which is no layer", saved.Class, i+1)
	}
	from := saved.From
	if from == nil {
		from = []int{len(m.inputs) + i - 1}
	}
	for _, v := range from {
		if v < 0 || v >= len(m.inputs)+i {
			return fmt.Errorf("dlkit: the model file's layer %d takes value %d, which is not there yet", i+1, v)
		}
	}
	if _, isLayer := layer.(Layer); isLayer && len(from) != 1 {
		return fmt.Errorf("dlkit: the model file's layer %d (%s) takes %d values; want 1", i+1, saved.Class, len(from))
	}
	return m.place(layer, saved.Name, from)
}

func (m *Model) restoreWeights(tensors map[string]*tensor.Tensor) error {
	for _, v := range m.vars.list {
		t, ok := tensors[v.name]
		if !ok {
			return fmt.Errorf("dlkit: the model file lacks weight %s", v.name)
		}
		if err := v.set(t); err != nil {
			return err
		}
	}
	m.touched = true
	return nil
}

func (m *Model) restoreCompile(saved *savedCompile, k kinds, tensors map[string]*tensor.Tensor) error {
	if saved == nil {
		return nil
	}
	config := CompileConfig{Seed: saved.Seed, LossWeights: saved.Weights, NoMetrics: saved.NoMetrics,
		Clip: saved.Clip, Accumulate: saved.Accum, EMA: saved.EMA}
	if err := decodeInto(k, saved.Optimizer, &config.Optimizer); err != nil {
		return err
	}
	for _, t := range saved.Losses {
		var loss Loss
		if err := decodeInto(k, t, &loss); err != nil {
			return err
		}
		config.Losses = append(config.Losses, loss)
	}
	if err := saved.metrics(&config, k); err != nil {
		return err
	}
	if err := m.Compile(config); err != nil {
		return err
	}
	return m.restoreSlots(saved, tensors)
}

// restoreSlots gives a compiled model the optimizer's memory of a file.
func (m *Model) restoreSlots(saved *savedCompile, tensors map[string]*tensor.Tensor) error {
	c := m.compiled
	c.rate, c.trained, c.updates = saved.Rate, saved.Steps, saved.Updates
	for _, v := range m.vars.list {
		if !v.trainable {
			continue
		}
		for _, s := range c.slotsOf(v, m.vars) {
			if t, ok := tensors[slotPrefix+s.name]; ok {
				if err := s.set(t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func decodeInto[T any](k kinds, t *tagged, dst *T) error {
	v, err := k.decodeTagged(t)
	if err != nil || v == nil {
		return err
	}
	typed, ok := v.(T)
	if !ok {
		return fmt.Errorf("dlkit: the model file has a %s in a place where it does not belong", t.Class)
	}
	*dst = typed
	return nil
}

// MarshalBinary implements encoding.BinaryMarshaler by Save.
func (m *Model) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := m.Save(&b)
	return b.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler by Load. Models with
// layers of your own must be read with Load.
func (m *Model) UnmarshalBinary(data []byte) error {
	loaded, err := Load(bytes.NewReader(data))
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inputs, m.steps, m.outputs, m.err = loaded.inputs, loaded.steps, loaded.outputs, nil
	m.dtype, m.device, m.vars, m.touched = dtypes.Float32, loaded.device, loaded.vars, true
	m.acts, m.compiled, m.programs = loaded.acts, loaded.compiled, programCache{}
	m.attached = loaded.attached
	return nil
}
