//go:build goexperiment.simd

package pictures

import "simd"

// tapLine writes a channel of a line: the sum of a window's taps, of which those
// of the channel lie pixel/lanes apart, and a bias. Pixels lie pixel numbers
// apart, in from too, and its rows row numbers.
func tapLine(to, from []float32, pixel, row int, window [2]int, taps []float32, bias float32) {
	v, channels := simd.VectorBitSize()/32, pixel/lanes
	first := simd.BroadcastFloat32s(bias)
	for at := 0; at < len(to); at += pixel {
		for i := at; i < at+lanes; i += v {
			sum, tap := first, 0
			for y := range window[0] {
				from := from[y*row+i:]
				for x := range window[1] {
					sum = simd.LoadFloat32s(from[x*pixel:]).MulAdd(simd.BroadcastFloat32s(taps[tap]), sum)
					tap += channels
				}
			}
			sum.Store(to[i:])
		}
	}
}

// weighLines adds to sums (taps, lanes) the products of a channel's gradients in a
// line of n pixels with what each tap has seen, and behind them the gradients
// themselves. Distances are those of tapLine.
func weighLines(sums, d, from []float32, pixel, row, n int, window [2]int) {
	v := simd.VectorBitSize() / 32
	for i := 0; i < lanes; i += v {
		tap := i
		for y := range window[0] {
			for x := range window[1] {
				from, sum := from[y*row+x*pixel+i:], simd.LoadFloat32s(sums[tap:])
				for k := range n {
					sum = simd.LoadFloat32s(from[k*pixel:]).MulAdd(simd.LoadFloat32s(d[k*pixel+i:]), sum)
				}
				sum.Store(sums[tap:])
				tap += lanes
			}
		}
		sum := simd.LoadFloat32s(sums[tap:])
		for k := range n {
			sum = sum.Add(simd.LoadFloat32s(d[k*pixel+i:]))
		}
		sum.Store(sums[tap:])
	}
}
