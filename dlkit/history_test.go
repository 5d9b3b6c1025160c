package dlkit

import (
	"fmt"
	"time"
)

// Columns stay below their names, however far a loss goes astray.
func ExampleHistory_String() {
	var h History
	h.add([]string{"loss", "accuracy"}, []float64{48507491.0641, 0.1}, 20*time.Millisecond)
	h.add([]string{"loss", "accuracy"}, []float64{2.3, 0.25}, 10*time.Millisecond)
	fmt.Print(&h)
	// Output:
	// epoch           loss  accuracy  seconds
	//     1  48507491.0641    0.1000     0.02
	//     2         2.3000    0.2500     0.01
}
