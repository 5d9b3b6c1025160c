package kept

import (
	"reflect"
	"strings"
	"testing"
)

type model struct{ w []byte }

func (m *model) MarshalBinary() ([]byte, error) { return m.w, nil }
func (m *model) UnmarshalBinary(b []byte) error { m.w = append([]byte{}, b...); return nil }

type half struct{ w []byte }

func (h half) MarshalBinary() ([]byte, error) { return h.w, nil }

type trained struct {
	Model *model
	Acc   []float64
	_     int
}

type withLower struct {
	Acc  float64
	loss float64
}

type node struct {
	Name string
	Next *node
	Any  any
}

func TestSchema(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{trained{}, "kept.trained{Model *kept.model; Acc []float64; }"},
		{&model{}, "*kept.model"},
		{model{}, "kept.model"},
		{map[string][3]int32{}, "map[string][3]int32"},
		{node{}, "kept.node{Name string; Next *kept.node; Any interface {}; }"},
	} {
		got, err := Schema(reflect.TypeOf(c.v))
		if err != nil || got != c.want {
			t.Errorf("%T: %q, %v; want %q", c.v, got, err, c.want)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{withLower{loss: 1}, "rename it to Loss"},
		{[]withLower{}, "field loss of []kept.withLower[…]"},
		{struct{ F func() }{}, "struct { F func() }.F is a func()"},
		{make(chan int), "chan int, which cannot be written"},
		{half{}, "both MarshalBinary and UnmarshalBinary"},
		{struct{}{}, "has no fields"},
	} {
		if _, err := Schema(reflect.TypeOf(c.v)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: got %v, want %q", c.v, err, c.want)
		}
	}
}

func TestCheckValue(t *testing.T) {
	round := node{Name: "a"}
	round.Next = &round
	if err := Check(reflect.ValueOf(&round)); err == nil || !strings.Contains(err.Error(), "contains itself") {
		t.Errorf("a ring: %v", err)
	}
	shared := &node{Name: "b"}
	twice := []node{{Next: shared}, {Next: shared}}
	if err := Check(reflect.ValueOf(&twice)); err != nil {
		t.Errorf("the same node twice: %v", err)
	}
	n := node{Any: withLower{}}
	if err := Check(reflect.ValueOf(&n)); err == nil || !strings.Contains(err.Error(), "kept.node.Any: field loss") {
		t.Errorf("behind an interface: %v", err)
	}
}
