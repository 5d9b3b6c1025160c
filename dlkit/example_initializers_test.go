package dlkit_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
)

func ExampleInitializerByName() {
	init, err := dlkit.InitializerByName("he_normal")
	fmt.Printf("%T %v\n", init, err)
	// Output:
	// dlkit.HeNormal <nil>
}
