package dlkit

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// residentKB is the program's resident memory, 0 where the system does not
// tell.
func residentKB() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb
		}
	}
	return 0
}

// settledKB is the resident memory once garbage is collected and given back.
func settledKB() int {
	debug.FreeOSMemory()
	return residentKB()
}

// Training for long needs no more memory than training for short, and hardly
// any new memory at each step.
func TestMemoryStaysFlat(t *testing.T) {
	if residentKB() == 0 {
		t.Skip("this system does not tell the resident memory (/proc/self/status)")
	}
	const batch, first, last = 16, 1000, 10000
	m := Sequential(tensor.Shape{32}, Dense(16, ReLU), Dropout(0.1), Dense(4, Softmax))
	var rss [2]int
	var mem [2]runtime.MemStats
	steps := 0
	watch := CallbackFunc(func(e *Event) error {
		if e.Kind != StepEnd {
			return nil
		}
		steps++
		if i := slices.Index([]int{first, last}, steps); i >= 0 {
			rss[i] = settledKB()
			runtime.ReadMemStats(&mem[i])
		}
		if steps == last {
			return ErrStop
		}
		return nil
	})
	if _, err := m.Fit(context.Background(), randomData(100*batch, 4, 32), FitConfig{Epochs: 1000, BatchSize: batch, Callbacks: []Callback{watch}}); err != nil {
		t.Fatal(err)
	}
	perStep := (mem[1].TotalAlloc - mem[0].TotalAlloc) / (last - first)
	if perStep > 1<<20 {
		t.Errorf("a step allocates %d bytes, want less than 1 MB", perStep)
	}
	if grown := int64(mem[1].HeapAlloc) - int64(mem[0].HeapAlloc); grown > 256<<10 {
		t.Errorf("%d bytes more are in use after step %d than after step %d", grown, last, first)
	}
	// A program this small (some 17 MB) still grows by pages of its own code;
	// examples/mnist holds a real training to 2 %.
	if rss[1] > rss[0]+4096 {
		t.Errorf("resident memory grows from %d KB after step %d to %d KB after step %d", rss[0], first, rss[1], last)
	}
	t.Logf("%d bytes allocated a step; resident %d KB, then %d KB", perStep, rss[0], rss[1])
}
