package tensor

// DType is the kind of number that a tensor holds.
type DType uint8

// The kinds of number. Models compute in Float32; Int32 is usual for labels
// and word numbers, Uint8 for pictures as they lie on disk.
const (
	Float32 DType = iota
	Float64
	Int32
	Int64
	Uint8
	Bool
)

var dtypeNames = [...]string{"float32", "float64", "int32", "int64", "uint8", "bool"}
var dtypeSizes = [...]int{4, 8, 4, 8, 1, 1}

// String is the name as NumPy writes it: "float32".
func (d DType) String() string {
	if int(d) < len(dtypeNames) {
		return dtypeNames[d]
	}
	return "dtype(?)"
}

// Bytes is the size of one element in memory.
func (d DType) Bytes() int {
	if int(d) < len(dtypeSizes) {
		return dtypeSizes[d]
	}
	return 0
}

// IsFloat reports whether the type is a floating-point one.
func (d DType) IsFloat() bool { return d == Float32 || d == Float64 }

// IsInt reports whether the type is an integer one; Bool is not.
func (d DType) IsInt() bool { return d == Int32 || d == Int64 || d == Uint8 }

// Elem are the Go types that a tensor's data can have.
type Elem interface {
	float32 | float64 | int32 | int64 | uint8 | bool
}

// Number are the element types that can be counted with: every Elem but bool.
type Number interface {
	float32 | float64 | int32 | int64 | uint8
}

// DTypeOf is the DType of a Go element type.
func DTypeOf[T Elem]() DType {
	switch any(*new(T)).(type) {
	case float32:
		return Float32
	case float64:
		return Float64
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	default:
		return Bool
	}
}
