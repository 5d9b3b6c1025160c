package kept

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// Longer slices of numbers stand in the inputs as a hash of their elements, so
// that a file's header stays a page long.
const maxListed = 64

// maxDepth ends the walk of inputs that contain themselves.
const maxDepth = 64

// Fingerprinter lets a value say what it depends on in one short text, for
// example a data set its source and its checksum. Inputs that have this method
// are compared by it and by nothing else.
type Fingerprinter interface {
	Fingerprint() string
}

// Canonical writes inputs as JSON in which equal inputs always give equal
// bytes: field names sorted, the Go type noted wherever an interface hides it
// (so that two optimizers with the same settings stay two inputs), long slices
// of numbers and values that marshal to binary as SHA-256.
//
// nil stands for no inputs. A value which cannot be compared from run to run
// (a func, a channel, NaN, an infinity, a struct that shows no field) is an
// error that names the field.
func Canonical(inputs any) ([]byte, error) {
	tree, err := canonical(reflect.ValueOf(inputs), "inputs", 0, true)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree) // maps are written with sorted keys
}

// canonical turns v into nil, bool, json.Number, string, []any or
// map[string]any. hidden says that v's type does not follow from the type of
// what holds it.
func canonical(v reflect.Value, path string, depth int, hidden bool) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s is nested deeper than %d levels (does it contain itself?): leave it out of the inputs", path, maxDepth)
	}
	if !v.IsValid() {
		return nil, nil
	}
	if isNil(v) {
		return nil, nil
	}
	if v.Kind() == reflect.Interface {
		return canonical(v.Elem(), path, depth, true)
	}
	tree, known, err := ownForm(v, path)
	if err != nil {
		return nil, err
	}
	if !known {
		if v.Kind() == reflect.Pointer {
			return canonical(v.Elem(), path, depth+1, hidden)
		}
		tree, err = byKind(v, path, depth)
		if err != nil {
			return nil, err
		}
	}
	if hidden && base(v.Type()).PkgPath() != "" {
		return withType(tree, base(v.Type())), nil
	}
	return tree, nil
}

func base(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// withType notes a named type beside what it holds.
func withType(tree any, t reflect.Type) any {
	if fields, ok := tree.(map[string]any); ok {
		fields["type"] = t.String()
		return fields
	}
	return map[string]any{"type": t.String(), "value": tree}
}

// ownForm asks v itself: Fingerprint, MarshalJSON, MarshalText, MarshalBinary,
// in this order.
func ownForm(v reflect.Value, path string) (tree any, known bool, err error) {
	for _, at := range []reflect.Value{v, pointerTo(v)} {
		if !at.IsValid() || !at.CanInterface() {
			continue
		}
		tree, known, err := ownFormOf(at.Interface())
		if err != nil {
			return nil, true, fmt.Errorf("%s (%s): %w", path, v.Type(), err)
		}
		if known {
			return tree, true, nil
		}
	}
	return nil, false, nil
}

// pointerTo copies v to where it has an address, for methods on the pointer.
func pointerTo(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer || v.Type().PkgPath() == "" || !v.CanInterface() {
		return reflect.Value{}
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

func ownFormOf(x any) (tree any, known bool, err error) {
	switch x := x.(type) {
	case Fingerprinter:
		return map[string]any{"fingerprint": x.Fingerprint()}, true, nil
	case json.Marshaler:
		data, err := x.MarshalJSON()
		if err != nil {
			return nil, true, err
		}
		tree, err := decode(data)
		return tree, true, err
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		return string(text), true, err
	case encoding.BinaryMarshaler:
		data, err := x.MarshalBinary()
		if err != nil {
			return nil, true, err
		}
		return map[string]any{"sha256": hash(data), "bytes": len(data)}, true, nil
	}
	return nil, false, nil
}

func byKind(v reflect.Value, path string, depth int) (any, error) {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10)), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return json.Number(strconv.FormatUint(v.Uint(), 10)), nil
	case reflect.Float32, reflect.Float64:
		return number(v.Float(), v.Type().Bits(), path)
	case reflect.Slice, reflect.Array:
		return list(v, path, depth)
	case reflect.Map:
		return table(v, path, depth)
	case reflect.Struct:
		return fields(v, path, depth)
	}
	return nil, fmt.Errorf("%s is a %s, which cannot be compared from one run to the next: leave it out of the inputs and put in what it depends on (a name, a number)", path, v.Type())
}

func number(f float64, bits int, path string) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%s is %v: inputs must be finite numbers, so that equal inputs can be recognised", path, f)
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, bits)), nil
}

func list(v reflect.Value, path string, depth int) (any, error) {
	if v.Len() > maxListed && isNumber(v.Type().Elem().Kind()) {
		data, err := numbers(v, path)
		if err != nil {
			return nil, err
		}
		return map[string]any{"sha256": hash(data), "length": v.Len()}, nil
	}
	out := make([]any, v.Len())
	for i := range out {
		e, err := canonical(v.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1, false)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64
}

// numbers writes a slice of numbers as text, a line each: slower than memory
// order, but the same on every machine.
func numbers(v reflect.Value, path string) ([]byte, error) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return v.Bytes(), nil
	}
	var out []byte
	for i := range v.Len() {
		n, err := byKind(v.Index(i), fmt.Sprintf("%s[%d]", path, i), 0)
		if err != nil {
			return nil, err
		}
		out = append(append(out, n.(json.Number)...), '\n')
	}
	return out, nil
}

func table(v reflect.Value, path string, depth int) (any, error) {
	out := make(map[string]any, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		key, err := mapKey(iter.Key(), path)
		if err != nil {
			return nil, err
		}
		if out[key], err = canonical(iter.Value(), path+"["+key+"]", depth+1, false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func mapKey(k reflect.Value, path string) (string, error) {
	if k.CanInterface() {
		if m, ok := k.Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			return string(text), err
		}
	}
	switch {
	case k.Kind() == reflect.String:
		return k.String(), nil
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", fmt.Errorf("%s is a map with keys of type %s: use strings or whole numbers as keys", path, k.Type())
}

func fields(v reflect.Value, path string, depth int) (any, error) {
	out := make(map[string]any, v.NumField())
	if err := addFields(out, v, path, depth); err != nil {
		return nil, err
	}
	if len(out) == 0 && v.NumField() > 0 {
		return nil, fmt.Errorf("%s is a %s, whose fields all start with a lower-case letter: Keep cannot see whether it changed; put the values it depends on into the inputs instead", path, v.Type())
	}
	return out, nil
}

func addFields(out map[string]any, v reflect.Value, path string, depth int) (err error) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && !f.IsExported() && f.Type.Kind() == reflect.Struct:
			err = addFields(out, v.Field(i), path, depth+1)
		case f.IsExported():
			out[f.Name], err = canonical(v.Field(i), path+"."+f.Name, depth+1, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree any
	err := d.Decode(&tree)
	return tree, err
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
