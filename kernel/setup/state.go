package setup

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// State is what setup remembers between runs (state.json).
type State struct {
	// Repo is the checkout that the kernel uses.
	Repo string `json:"repo"`
	// Go is the Go release that cells are built with.
	Go string `json:"go"`
	// Jupyter is the command that starts the notebook server.
	Jupyter *Jupyter `json:"jupyter,omitempty"`
	// JupyterChoice is which Jupyter was wished for, if one was.
	JupyterChoice JupyterChoice `json:"jupyter_choice,omitempty"`
	// Steps has, by name, what each step was made from.
	Steps map[string]Done `json:"steps"`
}

// Done is a step that was completed.
type Done struct {
	// Key is a fingerprint of what the step was made from.
	Key string `json:"key"`
	// Detail is what it installed, for a person.
	Detail string `json:"detail"`
	// At is when.
	At time.Time `json:"at"`
}

// readState reads the state; a file that is missing is an empty state.
func readState(path string) (*State, error) {
	st := &State{Steps: map[string]Done{}}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return st, nil
	}
	if err != nil {
		return nil, fmt.Errorf("setup: %w", err)
	}
	if err := json.Unmarshal(data, st); err != nil {
		return nil, fmt.Errorf("setup: %s is damaged: %w; delete it and run setup again", path, err)
	}
	if st.Steps == nil {
		st.Steps = map[string]Done{}
	}
	return st, nil
}

func (st *State) write(path string) error {
	data, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	return writeFile(path, append(data, '\n'), 0o644)
}

// writeFile writes a file whole or not at all, and makes its folder.
func writeFile(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	_, err = tmp.Write(data)
	if e := tmp.Chmod(mode); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name()) // the first error says more
		return fmt.Errorf("setup: %w", err)
	}
	return nil
}
