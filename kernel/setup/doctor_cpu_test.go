package setup

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorTellsWhatVectorsAreFor(t *testing.T) {
	big := strings.Fields("fma avx2 avx512f avx512bw avx512cd avx512dq avx512vl")
	for _, c := range []struct {
		name    string
		arch    string
		flags   []string
		program bool
		kernel  string
		ok      bool
		want    []string
	}{
		{"everything", "amd64", big, true, "with", true, []string{"AVX-512", "GOEXPERIMENT=simd"}},
		{"a part of AVX-512", "amd64", big[:4], true, "with", true, []string{"AVX2 without AVX-512", "half as long again"}},
		{"none", "amd64", []string{"sse2"}, true, "with", false, []string{"no AVX2", "times as long"}},
		{"slow cells", "amd64", big, true, "without", false, []string{"cells are built without", "times as long", "fromzero setup"}},
		{"slow program", "amd64", big, false, "", false, []string{"this program is built without", "make build"}},
		{"another architecture", "arm64", nil, true, "with", true, []string{"arm64"}},
	} {
		got := cpuCheck(c.arch, c.flags, c.program, c.kernel)
		if got.OK != c.ok || got.Needed || (got.Advice == "") != c.ok {
			t.Errorf("%s: %+v", c.name, got)
		}
		for _, w := range c.want {
			if !strings.Contains(got.Found+"; "+got.Advice, w) {
				t.Errorf("%s: %q lacks %q", c.name, got.Found+"; "+got.Advice, w)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "cpuinfo")
	write(t, file, "processor\t: 0\nflags\t\t: fpu avx2 fma\n\nprocessor\t: 1\nflags\t\t: fpu\n", 0o644)
	if got := vectorsOf(cpuFlags(file)); got != "AVX2" {
		t.Errorf("vectors are %q, want AVX2", got)
	}
	if cpuFlags(file+"x") != nil {
		t.Error("a file that is not there has features")
	}
}
