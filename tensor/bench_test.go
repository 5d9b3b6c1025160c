package tensor

import "testing"

// One million float32 each.
func BenchmarkElements(b *testing.B) {
	x, row := Must(Ones(Float32, 1000, 1000)), Must(Ones(Float32, 1000))
	for name, f := range map[string]func(){
		"add":       func() { Must(x.Add(x)) },
		"addRow":    func() { Must(x.Add(row)) },
		"sum0":      func() { Must(x.Sum(0)) },
		"exp":       func() { x.Exp() },
		"transpose": func() { Must(x.Transpose()) },
		"standard":  func() { Must(x.Std()) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
