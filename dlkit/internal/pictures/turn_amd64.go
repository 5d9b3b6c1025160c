//go:build goexperiment.simd

package pictures

// turn16x16 writes 16 rows of 16 numbers, which lie apart numbers apart, as the
// columns of rows that lie width apart.
//
//go:noescape
func turn16x16(to *float32, width int, from *float32, apart int)

// turnBlocks is turnPixel for as many channels as it can do 16 at a time, which
// it returns.
func turnBlocks(to []float32, width int, from []float32, channels int) int {
	if !large() {
		return 0
	}
	done := channels / 16 * 16
	if done == 0 {
		return 0
	}
	_, _ = to[(lanes-1)*width+done-1], from[done*lanes-1]
	for c := 0; c < done; c += 16 {
		for r := 0; r < lanes; r += 16 {
			turn16x16(&to[r*width+c], width, &from[c*lanes+r], lanes)
		}
	}
	return done
}
