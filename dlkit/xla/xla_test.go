package xla_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/dlkit/internal/backends"
	"github.com/gofromzero/fromzero/dlkit/xla"
	"github.com/gofromzero/fromzero/internal/xlaplugin"
	"github.com/gofromzero/fromzero/tensor"
)

// The backend is chosen when the program starts, so that each case is a program
// of its own: this test, started anew.
const reportEnv = "DLKIT_XLA_REPORT"

// TestReport is that program: it says what it would run on, and trains.
func TestReport(t *testing.T) {
	if os.Getenv(reportEnv) == "" {
		return // not started by program
	}
	plugin, err := xla.Plugin()
	fmt.Printf("plugin %q, none %v, not built %v, prefers %q\n", plugin, errors.Is(err, xla.ErrNoPlugin), errors.Is(err, xla.ErrNotBuilt), backends.Preferred())
	if err != nil {
		fmt.Println("because", err)
	}
	x := tensor.Must(tensor.New([]float32{1}, 1, 1))
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Zeros)))
	err = m.Compile(dlkit.CompileConfig{Optimizer: dlkit.SGD{LearningRate: 0.1}, Loss: dlkit.MeanSquaredError{}})
	if err == nil {
		_, err = m.Fit(context.Background(), tensor.Must(tensor.FromTensors(x, x)), dlkit.FitConfig{})
	}
	fmt.Println("training:", err)
}

// program is what TestReport says with some environment.
func program(t *testing.T, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestReport$")
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); name != "GOMLX_BACKEND" && name != xlaplugin.PathEnv {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(append(cmd.Env, reportEnv+"=1"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// fakePlugin is a folder with a plugin that cannot be loaded: whether a program
// tries tells what it prefers.
func fakePlugin(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(file, []byte("no library"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir, file
}

func TestWhatModelsRunOn(t *testing.T) {
	dir, file := fakePlugin(t)
	in := xlaplugin.PathEnv + "="
	built := !strings.Contains(program(t, in+dir), "not built true")
	for _, c := range []struct {
		name, folder, backend string
		want                  []string
	}{
		{"no plugin", t.TempDir(), "", []string{`plugin ""`, "none true", `prefers ""`, "fromzero setup --xla", "training: <nil>"}},
		{"a plugin", dir, "", []string{fmt.Sprintf("plugin %q", file), fmt.Sprintf("prefers %q", "xla:"+file), "does not start"}},
		{"a plugin, but the environment says go", dir, "go", []string{fmt.Sprintf("plugin %q", file), "training: <nil>"}},
		{"no plugin, but the environment says xla", t.TempDir(), "xla:cpu", []string{`backend "xla:cpu" does not start`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !built {
				t.Skip("built without cgo, XLA is not in this program")
			}
			env := []string{in + c.folder}
			if c.backend != "" {
				env = append(env, "GOMLX_BACKEND="+c.backend)
			}
			out := program(t, env...)
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("lacks %q:\n%s", want, out)
				}
			}
		})
	}
	if !built {
		if out := program(t, in+dir); !strings.Contains(out, "C compiler") || !strings.Contains(out, "training: <nil>") {
			t.Errorf("built without cgo:\n%s", out)
		}
	}
}

// TestInstalledPlugin trains on the plugin that this machine has.
func TestInstalledPlugin(t *testing.T) {
	plugin, err := xla.Plugin()
	if err != nil {
		if os.Getenv("FROMZERO_REQUIRE_XLA") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	out := program(t, xlaplugin.PathEnv+"="+filepath.Dir(plugin))
	if !strings.Contains(out, fmt.Sprintf("prefers %q", "xla:"+plugin)) || !strings.Contains(out, "training: <nil>") {
		t.Errorf("with %s:\n%s", plugin, out)
	}
}
