package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

func TestXLASources(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "first")
	t.Setenv(xlaplugin.PathEnv, dir+string(os.PathListSeparator)+"/second")
	var asked []string
	from := func(name string, err error) source {
		return source{name, func(_ context.Context, folder string) error {
			asked = append(asked, name)
			if folder != dir {
				t.Errorf("%s was to write into %s, want the first folder that is searched", name, folder)
			}
			return err
		}}
	}
	no := errors.New("no network\nand much more")
	for _, c := range []struct {
		name    string
		sources []source
		asked   string
		want    []string // in the error; none: success
	}{
		{"the first has it", []source{from("a", nil), from("b", no)}, "a", nil},
		{"the second has it", []source{from("a", no), from("b", nil)}, "a b", nil},
		{"none has it", []source{from("a", no), from("b", no)}, "a b",
			[]string{"could not be downloaded", "from a: no network", "from b: no network", pluginFile, dir}},
		{"another file than pinned", []source{from("a", fmt.Errorf("sum: %w", errChanged)), from("b", nil)}, "a", []string{"from a: sum", "not what was pinned"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked = nil
			in := &installer{out: &bytes.Buffer{}}
			err := in.installXLA(t.Context(), c.sources)
			if got := strings.Join(asked, " "); got != c.asked {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			if (err == nil) != (c.want == nil) {
				t.Fatalf("error is %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
		})
	}
	in := &installer{out: &bytes.Buffer{}}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if err := in.installXLA(ctx, []source{from("a", no), from("b", nil)}); !errors.Is(err, stop) {
		t.Errorf("an interrupted installation ends with %v", err)
	}
	t.Setenv(xlaplugin.PathEnv, "")
	if err := in.installXLA(t.Context(), nil); err == nil || !strings.Contains(err.Error(), xlaplugin.PathEnv) {
		t.Errorf("no folder at all: %v", err)
	}
	if first := in.sources()[0].name; !strings.Contains(first, pinnedWheel.name) {
		t.Errorf("the first source is %s, want what is pinned", first)
	}
}

func TestAbandonEndsWithTheContext(t *testing.T) {
	if err := abandon(t.Context(), func() error { return errChanged }); !errors.Is(err, errChanged) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := make(chan error)
	if err := abandon(ctx, func() error { return <-never }); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestXLAEnvironment(t *testing.T) {
	base := map[string]string{"GOFLAGS": cellFlags, "GOMLX_BACKEND": "go", "GOEXPERIMENT": "simd"}
	env := xlaEnv(base, xlaplugin.Plugin{Name: "cpu", Path: "/lib/cpu.so"})
	for name, want := range map[string]string{"GOFLAGS": "-tags=xla " + cellFlags, "CGO_ENABLED": "1", "GOMLX_BACKEND": "xla:/lib/cpu.so", "GOEXPERIMENT": "simd"} {
		if env[name] != want {
			t.Errorf("%s is %q, want %q", name, env[name], want)
		}
	}
	if base["GOMLX_BACKEND"] != "go" {
		t.Error("the first kernel's environment was changed")
	}
	if got := xlaEnv(base, xlaplugin.Plugin{Name: "cuda13", Path: "/lib/cuda.so"})["GOMLX_BACKEND"]; got != "xla:/lib/cuda.so,preallocate=false" {
		t.Errorf("a graphics card's backend is %q: every cell is a process, and none may take all of its memory", got)
	}
}

func TestXLAStaysOnceWishedFor(t *testing.T) {
	in := &installer{state: &State{Steps: map[string]Done{}}}
	if steps := in.xlaSteps(false); steps != nil {
		t.Errorf("nobody wished for XLA, and there are %d steps", len(steps))
	}
	if steps := in.xlaSteps(true); len(steps) != 2 {
		t.Errorf("%d steps, want the plugin and the kernel", len(steps))
	}
	in.state.Steps["xla"] = Done{}
	if steps := in.xlaSteps(false); len(steps) != 2 {
		t.Errorf("%d steps after XLA was there, want the same two", len(steps))
	}
}

func TestDoctorTellsOfXLA(t *testing.T) {
	p := Places{Repo: "/repo", Bin: "/data/bin", KernelDir: filepath.Join(t.TempDir(), "kernels", KernelName)}
	found := Toolchain{Command: "/usr/bin/go", Local: "go1.28"}
	plugins := t.TempDir()
	t.Setenv(xlaplugin.PathEnv, plugins)
	t.Setenv("FROMZERO_DATA", "")
	check := func(when string, ok bool, want ...string) {
		t.Helper()
		d := &doctor{ctx: t.Context(), places: p, found: found}
		d.xla()
		c := d.checks[0]
		if c.OK != ok || c.Needed {
			t.Errorf("%s: OK is %v, needed %v", when, c.OK, c.Needed)
		}
		for _, w := range want {
			if !strings.Contains(c.Found+"; "+c.Advice, w) {
				t.Errorf("%s: %q lacks %q", when, c.Found+"; "+c.Advice, w)
			}
		}
	}
	check("nothing", true, "not installed", "fromzero setup --xla")
	plugin := filepath.Join(plugins, pluginFile)
	write(t, plugin, "from a friend", 0o755)
	check("a plugin alone", true, plugin, "no kernel of its own", "not the build that setup pins")
	spec, err := xlaSpec(p, xlaEnv(kernelEnv(p, found, "/usr/bin"), xlaplugin.Plugin{Name: "cpu", Path: plugin})).Encode()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(xlaKernelDir(p), "kernel.json")
	write(t, file, string(spec), 0o644)
	check("both", true, XLADisplayName, plugin, "not the build that setup pins")
	write(t, file, strings.Replace(string(spec), "/repo", "/elsewhere", 1), 0o644)
	check("another checkout's", false, "another checkout", "fromzero setup --xla")
	write(t, file, string(spec), 0o644)
	if err := os.Remove(plugin); err != nil {
		t.Fatal(err)
	}
	check("the plugin is gone", false, "gone", "fromzero setup --xla")
}

// TestXLAKernelTrains runs cells on the second kernel as Jupyter would: by what
// setup registered. With GOMLX_BACKEND on XLA, a program without XLA in it fails.
func TestXLAKernelTrains(t *testing.T) {
	places, err := FindPlaces(".")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := jupyter.ReadSpec(xlaKernelDir(places))
	switch {
	case err == nil:
	case os.Getenv("FROMZERO_REQUIRE_KERNEL") != "" && os.Getenv("FROMZERO_REQUIRE_XLA") != "":
		t.Fatal(err)
	default:
		t.Skip("needs the second kernel (fromzero setup --xla): ", err)
	}
	if spec.DisplayName != XLADisplayName || !strings.HasPrefix(spec.Env["GOMLX_BACKEND"], "xla:/") {
		t.Fatalf("the kernel is %q, on %q", spec.DisplayName, spec.Env["GOMLX_BACKEND"])
	}
	k, err := jupyter.Start(t.Context(), spec, jupyter.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for _, c := range []struct{ cell, want string }{
		{noAutoGet + "import \"github.com/gofromzero/fromzero/dlkit\"\nimport \"github.com/gofromzero/fromzero/tensor\"", ""},
		{`import "context"
%%
x := tensor.Must(tensor.FromRows([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
y := tensor.Must(tensor.FromRows([][]float32{{0}, {1}, {1}, {0}}))
m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(8, dlkit.Tanh), dlkit.Dense(1, dlkit.Sigmoid))
tensor.Must(0, m.Compile(dlkit.CompileConfig{Optimizer: dlkit.Adam{LearningRate: 0.1}}))
hist := tensor.Must(m.Fit(context.Background(), tensor.Must(tensor.FromTensors(x, y)), dlkit.FitConfig{Epochs: 200}))
fmt.Println("learned:", hist.Last("loss") < 0.1)`, "learned: true"},
		{`import "github.com/gofromzero/fromzero/dlkit/xla"
%%
fmt.Println(xla.Plugin())
err := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(1)).Compile(dlkit.CompileConfig{Backend: "nothing"})
fmt.Println(err)`, "xla"},
	} {
		ex, err := k.Execute(t.Context(), c.cell, nil)
		if err != nil || !ex.OK || !strings.Contains(plainText(ex.Outputs), c.want) {
			t.Fatalf("%v\n%s\nwanted %q of\n%s", err, plainText(ex.Outputs), c.want, c.cell)
		}
	}
}
