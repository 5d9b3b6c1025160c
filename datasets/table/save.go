package table

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

const savedVersion = 1

type savedPipeline struct {
	Version int         `json:"fromzero_table_pipeline"`
	Target  string      `json:"target,omitempty"`
	Classes []string    `json:"classes,omitempty"`
	Needs   []string    `json:"needs"`
	Inputs  []string    `json:"inputs"`
	Steps   []savedStep `json:"steps"`
}

type savedStep struct {
	Name string          `json:"step"`
	Data json.RawMessage `json:"data"`
}

// MarshalJSON implements json.Marshaler.
func (p *Fitted) MarshalJSON() ([]byte, error) {
	out := savedPipeline{Version: savedVersion, Target: p.target, Classes: p.classes, Needs: p.needs, Inputs: p.inputs}
	for _, step := range p.steps {
		data, err := json.Marshal(step)
		if err != nil {
			return nil, fmt.Errorf("table: saving the step %s: %w", step.stepName(), err)
		}
		out.Steps = append(out.Steps, savedStep{step.stepName(), data})
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler. It returns an error if data is no
// pipeline, or one of a newer version.
func (p *Fitted) UnmarshalJSON(data []byte) error {
	var in savedPipeline
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("table: this is no saved pipeline: %w", err)
	}
	if in.Version < 1 || in.Version > savedVersion {
		return fmt.Errorf("table: a saved pipeline of version %d; this program reads versions 1 to %d (0 is something else than a pipeline)", in.Version, savedVersion)
	}
	out := Fitted{target: in.Target, classes: in.Classes, needs: in.Needs, inputs: in.Inputs}
	for _, saved := range in.Steps {
		step := blankStep(saved.Name)
		if step == nil {
			return fmt.Errorf("table: the saved pipeline has a step %q, which this program does not know", saved.Name)
		}
		if err := json.Unmarshal(saved.Data, step); err != nil {
			return fmt.Errorf("table: the saved step %q: %w", saved.Name, err)
		}
		out.steps = append(out.steps, step)
	}
	*p = out
	return nil
}

func blankStep(name string) fittedStep {
	for _, step := range []fittedStep{&fittedImpute{}, &fittedOneHot{}, &fittedOrdinal{}, &fittedScale{}, &fittedBucketize{}, &fittedSelect{}} {
		if step.stepName() == name {
			return step
		}
	}
	return nil
}

// MarshalBinary implements encoding.BinaryMarshaler, for encoding/gob.
func (p *Fitted) MarshalBinary() ([]byte, error) { return p.MarshalJSON() }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (p *Fitted) UnmarshalBinary(data []byte) error { return p.UnmarshalJSON(data) }

// Save writes the pipeline to a file, which appears only when it is whole.
func (p *Fitted) Save(path string) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := wholefile.Bytes(path, append(data, '\n')); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}

// Load reads a pipeline that Save wrote.
func Load(path string) (*Fitted, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	var p Fitted
	if err := p.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, path)
	}
	return &p, nil
}
