package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// machine describes the hardware, as far as Linux tells.
func machine() map[string]string {
	out := map[string]string{"machine": fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return out
	}
	for line := range strings.SplitSeq(string(info), "\n") {
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "model name":
			out["machine"] = fmt.Sprintf("%s, %d cores, %s/%s", value, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
		case "flags":
			out["vector units"] = vectorUnits(strings.Fields(value))
			return out
		}
	}
	return out
}

func vectorUnits(flags []string) string {
	var out []string
	for _, f := range []string{"avx2", "fma", "avx512f", "avx512_bf16"} {
		if slices.Contains(flags, f) {
			out = append(out, f)
		}
	}
	return strings.Join(out, ", ")
}
