package kept

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"iter"
	"reflect"
	"strings"
)

// Schema describes how gob carries a value of type t, as text: the type's name
// and, where gob looks inside, its fields. Two builds of a program whose
// schemas agree read each other's values; a field that was added, renamed or
// retyped changes the schema.
//
// A type that gob cannot carry whole is an error that says which part and what
// to do. Among these is what gob leaves out in silence: fields that start with
// a lower-case letter, funcs and channels.
func Schema(t reflect.Type) (string, error) {
	d := describer{seen: map[reflect.Type]bool{}}
	err := d.walk(t, t.String())
	return d.out.String(), err
}

// Check says whether v, a pointer to what is to be kept, can be carried: what
// Schema cannot see in the type (values behind interfaces, a value that
// contains itself) it looks for in the value.
func Check(v reflect.Value) error {
	t := v.Type().Elem()
	d := describer{seen: map[reflect.Type]bool{}}
	if err := d.walk(t, t.String()); err != nil || !d.dynamic {
		return err
	}
	return checkValue(v.Elem(), t.String(), map[place]bool{})
}

type describer struct {
	out  strings.Builder
	seen map[reflect.Type]bool
	// dynamic: the type alone does not tell what a value holds (interfaces), or
	// a value may contain itself.
	dynamic bool
}

var (
	gobEncoder      = reflect.TypeFor[gob.GobEncoder]()
	gobDecoder      = reflect.TypeFor[gob.GobDecoder]()
	binaryMarshaler = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshal = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

func (d *describer) walk(t reflect.Type, path string) error {
	if marshals, err := marshalsItself(t, path); marshals || err != nil {
		d.out.WriteString(t.String())
		return err
	}
	switch t.Kind() {
	case reflect.Pointer:
		d.out.WriteByte('*')
		return d.walk(t.Elem(), path)
	case reflect.Slice:
		d.out.WriteString("[]")
		return d.walk(t.Elem(), path+"[…]")
	case reflect.Array:
		fmt.Fprintf(&d.out, "[%d]", t.Len())
		return d.walk(t.Elem(), path+"[…]")
	case reflect.Map:
		d.out.WriteString("map[")
		if err := d.walk(t.Key(), path+"'s key"); err != nil {
			return err
		}
		d.out.WriteByte(']')
		return d.walk(t.Elem(), path+"[…]")
	case reflect.Struct:
		return d.fields(t, path)
	case reflect.Interface:
		d.dynamic = true
		d.out.WriteString(t.String())
		return nil
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return fmt.Errorf("%s is a %s, which cannot be written to a file: leave it out, and make it anew from what is kept", path, t)
	}
	d.out.WriteString(t.String())
	if t.String() != t.Kind().String() {
		d.out.WriteString("=" + t.Kind().String())
	}
	return nil
}

// marshalsItself says whether gob calls t's own methods. gob looks at one
// direction at a time; here both are wanted.
func marshalsItself(t reflect.Type, path string) (bool, error) {
	if t.Kind() == reflect.Interface {
		return false, nil
	}
	enc, dec := has(t, gobEncoder), has(t, gobDecoder)
	if !enc && !dec {
		enc, dec = has(t, binaryMarshaler), has(t, binaryUnmarshal)
	}
	if enc != dec {
		return false, fmt.Errorf("%s: %s can be written but not read back, or the other way round: give it both MarshalBinary and UnmarshalBinary", path, t)
	}
	return enc, nil
}

func has(t, method reflect.Type) bool {
	return t.Implements(method) || t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(method)
}

func (d *describer) fields(t reflect.Type, path string) error {
	d.out.WriteString(t.String())
	if t.Name() != "" {
		if d.seen[t] {
			d.dynamic = true
			return nil
		}
		d.seen[t] = true
	}
	d.out.WriteByte('{')
	sent := 0
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			continue
		}
		if !f.IsExported() {
			return fmt.Errorf("field %s of %s starts with a lower-case letter, so it would be lost on the way to the file: rename it to %s, or give %s the methods MarshalBinary and UnmarshalBinary",
				f.Name, path, upper(f.Name), t)
		}
		d.out.WriteString(f.Name + " ")
		if err := d.walk(f.Type, path+"."+f.Name); err != nil {
			return err
		}
		d.out.WriteString("; ")
		sent++
	}
	if sent == 0 {
		return fmt.Errorf("%s is a %s, which has no fields: there is nothing to keep", path, t)
	}
	d.out.WriteByte('}')
	return nil
}

func upper(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// place is where a pointer, map or slice points to.
type place struct {
	t   reflect.Type
	at  uintptr
	len int
}

func placeOf(v reflect.Value) place {
	p := place{t: v.Type(), at: v.Pointer()}
	if v.Kind() == reflect.Slice {
		p.len = v.Len()
	}
	return p
}

// checkValue walks v; above holds the places on the way down to it.
func checkValue(v reflect.Value, path string, above map[place]bool) error {
	if marshals, _ := marshalsItself(v.Type(), path); marshals || isNil(v) {
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		if _, err := Schema(v.Elem().Type()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return checkValue(v.Elem(), path, above)
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if plain(v.Type().Elem()) {
			return nil
		}
		at := placeOf(v)
		if above[at] {
			return fmt.Errorf("%s contains itself, which cannot be written to a file: keep its parts, without the way back", path)
		}
		above[at] = true
		defer delete(above, at)
	}
	return checkParts(v, path, above)
}

func checkParts(v reflect.Value, path string, above map[place]bool) error {
	for part, at := range parts(v) {
		if err := checkValue(part, path+at, above); err != nil {
			return err
		}
	}
	return nil
}

// parts yields what v is made of, each with its place in v.
func parts(v reflect.Value) iter.Seq2[reflect.Value, string] {
	return func(yield func(reflect.Value, string) bool) {
		switch v.Kind() {
		case reflect.Pointer:
			yield(v.Elem(), "")
		case reflect.Map:
			for m := v.MapRange(); m.Next(); {
				if !yield(m.Value(), fmt.Sprintf("[%v]", m.Key())) {
					return
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				if !yield(v.Index(i), fmt.Sprintf("[%d]", i)) {
					return
				}
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if f.IsExported() && !yield(v.Field(i), "."+f.Name) {
					return
				}
			}
		}
	}
}

// plain types hold nothing that could point back.
func plain(t reflect.Type) bool {
	k := t.Kind()
	return k <= reflect.Complex128 || k == reflect.String
}
