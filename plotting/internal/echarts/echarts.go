// Package echarts carries the Apache ECharts library in the binary: the parts
// that package plotting draws with, built by build.sh from ECharts 5.6.0.
// ECharts is licensed under the Apache License 2.0; NOTICE in the root of the
// repository names it.
package echarts

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
)

// Version is the version of Apache ECharts in Gzipped.
const Version = "5.6.0"

// Build names this build of the library: two builds with different parts must
// not be taken for each other when they meet in one page.
const Build = "5_6_0_a"

// Gzipped is the library as a script that sets the global "echarts",
// compressed with gzip.
//
//go:embed echarts.min.js.gz
var Gzipped []byte

// Script is the library's script, unpacked.
func Script() (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(Gzipped))
	if err != nil {
		return "", fmt.Errorf("plotting: embedded ECharts library: %w", err)
	}
	js, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("plotting: embedded ECharts library: %w", err)
	}
	return string(js), nil
}
