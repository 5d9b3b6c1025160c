package table_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

// packed is a table of one column and very many rows.
func packed(rows int) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, "a\n")
	for range rows / 1024 {
		_, _ = z.Write(bytes.Repeat([]byte("1\n"), 1024))
	}
	_ = z.Close()
	return out.Bytes()
}

func TestPackedBomb(t *testing.T) {
	bomb := packed(32 << 20) // 64 MB of 65 kB
	config := table.ReadConfig{MaxBytes: 1 << 20}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := table.Parse(bomb, config)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes of text") || after.TotalAlloc-before.TotalAlloc > 16<<20 {
		t.Errorf("%d bytes allocated for %d, %v", after.TotalAlloc-before.TotalAlloc, len(bomb), err)
	}
	if _, _, err := table.Read(strings.NewReader("a\n"+strings.Repeat("1\n", 1<<20)), config); err == nil || !strings.Contains(err.Error(), "MaxBytes") {
		t.Errorf("a long stream: %v", err)
	}
	if f, _, err := table.Parse(packed(1<<16), config); err != nil || f.Len() != 1<<16 {
		t.Errorf("text within the bound: %v", err)
	}
	if _, _, err := table.Parse(nil, table.ReadConfig{MaxBytes: -1}); err == nil {
		t.Error("a negative bound")
	}
}

// A header of one name many times must not take the square of its length.
func TestHeaderOfOneName(t *testing.T) {
	const n = 50_000
	f, _, err := table.Parse([]byte(strings.Repeat("a,", n-1)+"a\n"+strings.Repeat("1,", n-1)+"1\n"), table.ReadConfig{})
	if err != nil || len(f.Names()) != n || f.Names()[n-1] != "a.49999" {
		t.Fatalf("%v", err)
	}
}
