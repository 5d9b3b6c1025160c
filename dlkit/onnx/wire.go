package onnx

import (
	"encoding/binary"
	"math"
	"sort"

	"google.golang.org/protobuf/encoding/protowire"
)

// Messages of ONNX are written by hand: the few that a model needs have few
// fields. Numbers of fields and enumerations are those of onnx.proto, IR version
// 8.

// message is an encoded protobuf message that grows.
type message []byte

func (m *message) text(field protowire.Number, s string) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendString(*m, s)
}

func (m *message) bytes(field protowire.Number, b []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, b)
}

func (m *message) number(field protowire.Number, n int64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(n))
}

func (m *message) float(field protowire.Number, f float64) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(float32(f)))
}

// elemType is a TensorProto.DataType.
type elemType int64

const (
	floatElem elemType = 1
	int64Elem elemType = 7
	boolElem  elemType = 9
)

// Kinds of attributes, AttributeProto.AttributeType.
const (
	floatAttr   = 1
	intAttr     = 2
	stringAttr  = 3
	graphAttr   = 5
	floatsAttr  = 6
	intsAttr    = 7
	stringsAttr = 8
)

// attributes are a node's settings: values of type int, float64, string, []int,
// []float64, []string, or *subgraph.
type attributes map[string]any

func (a attributes) encode(m *message, field protowire.Number) {
	names := make([]string, 0, len(a))
	for name := range a {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		var attr message
		attr.text(1, name)
		encodeAttribute(&attr, a[name])
		m.bytes(field, attr)
	}
}

func encodeAttribute(m *message, value any) {
	kind := int64(0)
	switch v := value.(type) {
	case float64:
		m.float(2, v)
		kind = floatAttr
	case int:
		m.number(3, int64(v))
		kind = intAttr
	case string:
		m.text(4, v)
		kind = stringAttr
	case *graph:
		m.bytes(6, v.encode())
		kind = graphAttr
	case []float64:
		for _, f := range v {
			m.float(7, f)
		}
		kind = floatsAttr
	case []int:
		for _, n := range v {
			m.number(8, int64(n))
		}
		kind = intsAttr
	case []string:
		for _, s := range v {
			m.text(9, s)
		}
		kind = stringsAttr
	}
	m.number(20, kind)
}

// initializer is a constant of the graph, a weight for example.
type initializer struct {
	name   string
	shape  []int
	floats []float32
	ints   []int64 // instead of floats
}

// encode writes a TensorProto, its values as raw little-endian bytes.
func (t *initializer) encode() message {
	var m message
	for _, n := range t.shape {
		m.number(1, int64(n))
	}
	if t.ints != nil {
		m.number(2, int64(int64Elem))
		m.text(8, t.name)
		raw := make([]byte, 0, 8*len(t.ints))
		for _, v := range t.ints {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
		m.bytes(9, raw)
		return m
	}
	m.number(2, int64(floatElem))
	m.text(8, t.name)
	raw := make([]byte, 0, 4*len(t.floats))
	for _, v := range t.floats {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	m.bytes(9, raw)
	return m
}

// port is an input or output of the graph. An axis of size −1 is the batch.
type port struct {
	name  string
	elem  elemType
	shape []int
}

// batchAxis is the name of the axis that may have any size.
const batchAxis = "batch"

// encode writes a ValueInfoProto.
func (p port) encode() message {
	var shape message
	for _, n := range p.shape {
		var axis message
		if n < 0 {
			axis.text(2, batchAxis)
		} else {
			axis.number(1, int64(n))
		}
		shape.bytes(1, axis)
	}
	var typed message
	typed.number(1, int64(p.elem))
	typed.bytes(2, shape)
	var kind message
	kind.bytes(1, typed)
	var m message
	m.text(1, p.name)
	m.bytes(2, kind)
	return m
}
