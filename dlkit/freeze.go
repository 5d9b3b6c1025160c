package dlkit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Freeze keeps the weights of the named layers as they are while Fit trains
// the others; without names it freezes all layers. Frozen normalisation layers
// keep their running averages too. It is how a trained model's first part is
// used again under a new end.
func (m *Model) Freeze(layers ...string) error { return m.setFrozen(true, layers) }

// Unfreeze lets the weights of the named layers be trained again; without
// names those of all layers.
func (m *Model) Unfreeze(layers ...string) error { return m.setFrozen(false, layers) }

func (m *Model) setFrozen(frozen bool, layers []string) error {
	if err := m.built(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fitting {
		return errors.New("dlkit: Freeze and Unfreeze while Fit runs; wait for it to return")
	}
	for _, name := range layers {
		if _, err := m.valueOf(name); err != nil {
			return err
		}
	}
	for _, v := range m.vars.list {
		layer, _, _ := strings.Cut(v.name, "/")
		if len(layers) == 0 || slices.Contains(layers, layer) {
			v.frozen = frozen
		}
	}
	m.programs.clear()
	return nil
}

// Frozen reports whether the weight or state of the layer, asked for before,
// is kept from training.
func (b *Builder) Frozen(name string) bool {
	v := b.vars.byName[b.layer+"/"+name]
	return v != nil && v.frozen
}

// Clone returns a copy of the model with weights of its own: training one does
// not change the other. Layers, losses and metrics of your own are copied by
// their exported fields.
func (m *Model) Clone() (*Model, error) {
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		return nil, err
	}
	var custom []any
	for _, s := range m.steps {
		custom = append(custom, s.layer)
	}
	if c := m.compiled; c != nil {
		custom = append(custom, c.optimizer)
		for _, h := range c.heads {
			custom = append(custom, h.loss)
			for _, m := range h.metrics {
				custom = append(custom, m.metric)
				if l, ok := m.metric.(LossMetric); ok {
					custom = append(custom, l.Loss)
				}
			}
		}
	}
	clone, err := Load(&file, custom...)
	if err != nil {
		return nil, fmt.Errorf("dlkit: cloning the model: %w", err)
	}
	for i, v := range m.vars.list {
		clone.vars.list[i].frozen = v.frozen
	}
	return clone, nil
}
