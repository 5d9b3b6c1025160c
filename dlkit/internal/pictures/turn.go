//go:build goexperiment.simd

package pictures

// turnPixel turns a pixel's channels, each of which has lanes numbers, into one
// row of channels for every lane. Rows lie width numbers apart.
func turnPixel(to []float32, width int, from []float32, channels int) {
	for c := turnBlocks(to, width, from, channels); c < channels; c++ {
		for r, v := range from[c*lanes : (c+1)*lanes] {
			to[r*width+c] = v
		}
	}
}
