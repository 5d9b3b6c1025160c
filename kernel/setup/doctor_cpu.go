package setup

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// What is lost without vectors: ms of a training step at batch size 32, medians
// of three to five on two cores of an AMD EPYC with Go 1.27.3, by
//
//	go test -run '^$' -bench 'BenchmarkTrain$/^(Dense32|CNN|LSTM)$' ./dlkit
//
//	                                  784-64-10   CNN 32-64   LSTM 64
//	as it is, with AVX-512              0.13         4.0         6.1
//	GODEBUG=cpu.avx512f=off             0.14         5.1         8.6
//	cpu.avx2, cpu.avx, cpu.fma off too  1.9         71         312
//	built with GOEXPERIMENT=nosimd      1.8         51         184
const (
	lostAVX2 = "training takes up to half as long again as with AVX-512"
	lostAVX  = "everything works, but training takes 15 times as long as with AVX-512 in dense networks, 18 in convolutional, 51 in recurrent ones"
	lostSIMD = "with AVX-512, training takes 14 times as long as it could in dense networks, 13 in convolutional, 30 in recurrent ones"
)

// cpu says which vectors the processor has and whether they are used.
func (d *doctor) cpu() {
	kernel := "" // not registered: another check says so
	if spec, err := jupyter.ReadSpec(d.places.KernelDir); err == nil {
		kernel = "without"
		if slices.Contains(strings.Split(spec.Env["GOEXPERIMENT"], ","), "simd") {
			kernel = "with"
		}
	}
	d.checks = append(d.checks, cpuCheck(runtime.GOARCH, cpuFlags("/proc/cpuinfo"), builtSIMD, kernel))
}

// cpuCheck is the check for an architecture, the features of its processor (nil
// if unknown), whether this program is built for vectors, and whether cells are:
// "with", "without" or "".
func cpuCheck(arch string, flags []string, program bool, kernel string) Check {
	c := Check{Name: "cpu", OK: true, Found: fmt.Sprintf("%d cores, %s", runtime.NumCPU(), arch)}
	fault := func(what, advice string) {
		c.OK, c.Found = false, c.Found+", "+what
		c.Advice = strings.TrimPrefix(c.Advice+"; "+advice, "; ")
	}
	switch vectors := vectorsOf(flags); {
	case arch != "amd64" || flags == nil:
	case vectors == "":
		fault("no AVX2", lostAVX)
		return c // nothing to build for
	case vectors == "AVX2":
		c.Found += ", AVX2 without AVX-512 (" + lostAVX2 + ")"
	default:
		c.Found += ", " + vectors
	}
	if kernel == "without" {
		fault("cells are built without GOEXPERIMENT=simd", lostSIMD+", so run: fromzero setup")
	}
	if !program {
		fault("this program is built without GOEXPERIMENT=simd", "what `fromzero serve` predicts is slow, so build it with: make build")
	}
	if c.OK {
		c.Found += ", which cells and this program are built for (GOEXPERIMENT=simd)"
	}
	return c
}

// vectorsOf names the largest vectors that both Go and GoMLX use.
func vectorsOf(flags []string) string {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(flags, n) })
	}
	switch {
	case has("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"):
		return "AVX-512"
	case has("avx2", "fma"):
		return "AVX2"
	}
	return ""
}

// cpuFlags are the processor's features in Linux's list; nil where there is none.
func cpuFlags(file string) []string {
	info, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "flags" {
			return strings.Fields(value)
		}
	}
	return nil
}
