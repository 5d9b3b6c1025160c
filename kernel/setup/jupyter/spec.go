package jupyter

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Spec is a kernel.json: how Jupyter starts a kernel.
type Spec struct {
	// Argv is the command line; "{connection_file}" in it stands for the path
	// of the file that tells the kernel which ports to use.
	Argv []string `json:"argv"`
	// DisplayName is what the list of kernels shows.
	DisplayName string `json:"display_name"`
	// Language is the language of the cells: "go".
	Language string `json:"language"`
	// InterruptMode is "message" (an interrupt_request) or "signal" (SIGINT).
	InterruptMode string `json:"interrupt_mode,omitempty"`
	// Env is added to the environment of the kernel.
	Env map[string]string `json:"env,omitempty"`
}

// ReadSpec reads dir/kernel.json.
func ReadSpec(dir string) (*Spec, error) {
	path := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	spec := new(Spec)
	if err := json.Unmarshal(data, spec); err != nil {
		return nil, fmt.Errorf("jupyter: %s: %w", path, err)
	}
	return spec, nil
}

// Encode returns the kernel.json of the spec.
func (s *Spec) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	return append(data, '\n'), nil
}

// command is the command line for a connection file.
func (s *Spec) command(connectionFile string) []string {
	argv := make([]string, len(s.Argv))
	for i, arg := range s.Argv {
		argv[i] = strings.ReplaceAll(arg, "{connection_file}", connectionFile)
	}
	return argv
}

// environ is base with the spec's environment and then extra laid over it.
func (s *Spec) environ(base []string, extra map[string]string) []string {
	set := map[string]string{}
	for _, layer := range []map[string]string{s.Env, extra} {
		for k, v := range layer {
			set[k] = v
		}
	}
	env := make([]string, 0, len(base)+len(set))
	for _, kv := range base {
		name, _, _ := strings.Cut(kv, "=")
		if _, over := set[name]; !over {
			env = append(env, kv)
		}
	}
	for k, v := range set {
		env = append(env, k+"="+v)
	}
	return env
}
