package cachefile

import (
	"hash/crc32"
	"runtime"
	"slices"
	"sync"
)

// chunk is how many bytes one checksum covers: the chunks of a large section
// are summed on all processors.
const chunk = 4 << 20

func chunks(n int64) int { return int((n + chunk - 1) / chunk) }

// sum is CRC-32C: computed in hardware, at several gigabytes a second. It finds
// damage; it is no defence against forgery, which a local cache does not need.
func sum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// Sums returns the checksums of all chunks of data.
func Sums(data []byte) []uint32 {
	out := make([]uint32, chunks(int64(len(data))))
	Parallel(len(out), func(i int) {
		out[i] = sum(data[i*chunk : min((i+1)*chunk, len(data))])
	})
	return out
}

func equalSums(a, b []uint32) bool { return slices.Equal(a, b) }

// Parallel calls f for 0 … n-1 on all processors. A memory fault in f comes out
// as a panic of Parallel itself, so that Guard can catch it.
func Parallel(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var group sync.WaitGroup
	faults := make([]error, workers)
	for w := range workers {
		group.Go(func() {
			faults[w] = Guard(func() {
				for i := w; i < n; i += workers {
					f(i)
				}
			})
		})
	}
	group.Wait()
	for _, err := range faults {
		if err != nil {
			panic(err)
		}
	}
}
