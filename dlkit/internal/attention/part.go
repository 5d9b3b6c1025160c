package attention

import "runtime"

// part is some of the examples, whose gradients by the weights are summed up
// together. Parts are made in the same way every time, whichever worker takes
// them, so that sums are the same too.
type part struct{ first, end int }

// partsOf divides n examples, where each part costs sums of so many weights:
// into several parts a worker, so that none waits long for another, unless the
// sums cost more than that.
func partsOf(n, weights int) []part {
	count := runtime.GOMAXPROCS(0)
	if weights <= 1<<16 {
		count *= 4
	}
	each := (n + count - 1) / count
	var out []part
	for first := 0; first < n; first += each {
		out = append(out, part{first, min(first+each, n)})
	}
	return out
}
