package tensor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// MarshalJSON implements json.Marshaler:
//
//	{"dtype":"float32","shape":[2,2],"data":[1,2.5,3,"NaN"]}
//
// with the elements in row-major order. NaN, Infinity and -Infinity, which JSON
// does not have, are written as strings.
func (t *Tensor) MarshalJSON() ([]byte, error) {
	t = t.orEmpty()
	shape, err := json.Marshal(t.shape)
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, `{"dtype":%q,"shape":%s,"data":[`, t.dtype, shape)
	for i := range t.Size() {
		if i > 0 {
			out = append(out, ',')
		}
		out = t.appendJSON(out, i)
	}
	return append(out, "]}"...), nil
}

func (t *Tensor) appendJSON(out []byte, i int) []byte {
	switch d := t.data.(type) {
	case []float32:
		return appendJSONFloat(out, float64(d[i]), 32)
	case []float64:
		return appendJSONFloat(out, d[i], 64)
	case []bool:
		return strconv.AppendBool(out, d[i])
	}
	return append(out, wholeText(t, i)...)
}

func appendJSONFloat(out []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(out, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(out, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(out, `"-Infinity"`...)
	}
	return strconv.AppendFloat(out, v, 'g', -1, bits)
}

// UnmarshalJSON implements json.Unmarshaler for what MarshalJSON writes. It
// returns an error, and leaves t as it is, for anything else.
func (t *Tensor) UnmarshalJSON(data []byte) error {
	var in struct {
		DType string            `json:"dtype"`
		Shape Shape             `json:"shape"`
		Data  []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf(`tensor: no tensor in JSON, which looks like {"dtype":"float32","shape":[2],"data":[1,2]}: %w`, err)
	}
	dtype := DType(slices.Index(dtypeNames[:], in.DType))
	if int(dtype) >= len(dtypeNames) {
		return fmt.Errorf("tensor: unknown dtype %q in JSON; it is one of %q", in.DType, dtypeNames)
	}
	if err := checkStored(in.Shape); err != nil {
		return err
	}
	if in.Shape.Size() != len(in.Data) {
		return fmt.Errorf("tensor: %d values in JSON for shape %v, which needs %d", len(in.Data), in.Shape, in.Shape.Size())
	}
	out := blank(dtype, in.Shape.Clone())
	for i, text := range in.Data {
		if err := out.parseJSON(i, string(bytes.TrimSpace(text))); err != nil {
			return fmt.Errorf("tensor: value %d in JSON is %.40s, no %v", i, text, dtype)
		}
	}
	*t = *out
	return nil
}

// parseJSON stores the element that text describes at flat position i.
func (t *Tensor) parseJSON(i int, text string) (err error) {
	var whole int64
	switch d := t.data.(type) {
	case []float32:
		var v float64
		v, err = parseJSONFloat(text, 32)
		d[i] = float32(v)
	case []float64:
		d[i], err = parseJSONFloat(text, 64)
	case []int32:
		whole, err = strconv.ParseInt(text, 10, 32)
		d[i] = int32(whole)
	case []int64:
		d[i], err = strconv.ParseInt(text, 10, 64)
	case []uint8:
		var v uint64
		v, err = strconv.ParseUint(text, 10, 8)
		d[i] = uint8(v)
	case []bool:
		d[i] = text == "true"
		if text != "true" && text != "false" {
			err = strconv.ErrSyntax
		}
	}
	return err
}

func parseJSONFloat(text string, bits int) (float64, error) {
	switch text {
	case `"NaN"`:
		return math.NaN(), nil
	case `"Infinity"`:
		return math.Inf(1), nil
	case `"-Infinity"`:
		return math.Inf(-1), nil
	}
	return strconv.ParseFloat(text, bits)
}
