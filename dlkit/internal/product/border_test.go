//go:build linux

package product

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"unsafe"
)

// atBorder is memory for n numbers behind which none may be touched: what does so
// ends the test.
func atBorder(t *testing.T, n int) []float32 {
	t.Helper()
	page := syscall.Getpagesize()
	size := (4*n + page - 1) / page * page
	memory, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip("no memory of our own: ", err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(memory) })
	if err := syscall.Mprotect(memory[size:], syscall.PROT_NONE); err != nil {
		t.Skip("memory cannot be protected: ", err)
	}
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&memory[size-4*n])), n)
}

// Assembly must not read or write behind its slices.
func TestNothingBehindIsTouched(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n, depth, columns := 1+rng.IntN(21), 1+rng.IntN(20), Padded(1+rng.IntN(150))
		c, a, b := atBorder(t, n*columns), atBorder(t, n*depth), atBorder(t, depth*columns)
		turned := rng.IntN(2) == 0
		x := Rows(a, depth)
		if turned {
			x = Matrix{a, 1, n}
		}
		Add(Rows(c, columns), x, Rows(b, columns), n, columns, depth)
		Put(Rows(c, columns), EveryRow(atBorder(t, columns)), x, Rows(b, columns), n, columns, depth)
		rows := 1 + rng.IntN(40)
		Turn(Rows(atBorder(t, rows*columns), rows), Rows(atBorder(t, rows*columns), columns), rows, columns)
	}
}
