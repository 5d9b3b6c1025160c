package tensor

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"math"
	"runtime"
	"strings"
	"testing"
)

// samples has a tensor of every type, and a scalar and an empty one.
func samples() []*Tensor {
	out := []*Tensor{
		Scalar(float32(1.5)), Must(Zeros(Float64, 0, 3)), Must(New([]bool{true, false})),
		Must(New([]float32{float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, 1e-45})),
		Must(New([]int64{math.MaxInt64, math.MinInt64})),
	}
	for d := Float32; d <= Bool; d++ {
		out = append(out, Must(Must(Arange(0, 6.0, 1)).Convert(d).Reshape(1, 2, 3)))
	}
	return out
}

func TestEncodings(t *testing.T) {
	for _, want := range samples() {
		var b, j, g Tensor
		data, err := want.MarshalBinary()
		if err == nil {
			err = b.UnmarshalBinary(data)
		}
		if err != nil || !b.Equal(want) {
			t.Errorf("binary: got %v %v, want %v %v", &b, err, want.DType(), want)
		}
		text, err := json.Marshal(want)
		if err == nil {
			err = json.Unmarshal(text, &j)
		}
		if err != nil || !j.Equal(want) {
			t.Errorf("JSON %s: got %v %v, want %v %v", text, &j, err, want.DType(), want)
		}
		var stream bytes.Buffer
		type holder struct{ T *Tensor }
		in, out := holder{want}, holder{&g}
		if err = gob.NewEncoder(&stream).Encode(in); err == nil {
			err = gob.NewDecoder(&stream).Decode(&out)
		}
		if err != nil || !out.T.Equal(want) {
			t.Errorf("gob: got %v %v, want %v %v", out.T, err, want.DType(), want)
		}
	}
}

func TestUnmarshalBinaryRefuses(t *testing.T) {
	header := func(dtype DType, dims ...uint64) []byte {
		out := append([]byte(binaryMagic), byte(dtype), byte(len(dims)))
		for _, d := range dims {
			out = binary.LittleEndian.AppendUint64(out, d)
		}
		return out
	}
	for want, data := range map[string][]byte{
		"are no tensor":              []byte("PNG"),
		"these 5 bytes":              []byte("fzt1x"),
		"damaged header: type 6":     header(DType(6)),
		"damaged header: type 0":     append([]byte(binaryMagic), 0, 33),
		"0 bytes left":               append([]byte(binaryMagic), 0, 1),
		"axis 0 has size":            header(Float32, 1<<63),
		"more elements than":         header(Float32, 1<<35, 1<<35),
		"needs 68719476736 bytes":    header(Float32, 1<<34),
		"needs 8 bytes, but 4":       append(header(Float32, 2), 0, 0, 0, 0),
		"needs 2 bytes, but 4":       append(header(Uint8, 2), 0, 0, 0, 0),
		"a Bool is neither 0 nor 1":  append(header(Bool, 2), 0, 2),
		"a Bool is neither 0":        append(header(Bool, 2), 0, 0xff),
		"no elements but very large": header(Float32, 0, 1<<30),
	} {
		x := Scalar(7.0)
		if err := x.UnmarshalBinary(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
		if !x.Equal(Scalar(7.0)) {
			t.Errorf("%q: the tensor was changed", want)
		}
	}
}

func TestUnmarshalJSONRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`[1,2]`: "no tensor in JSON",
		`{"dtype":"float16","shape":[1],"data":[1]}`:        `unknown dtype "float16"`,
		`{"dtype":"float32","shape":[2],"data":[1]}`:        "1 values in JSON for shape (2,)",
		`{"dtype":"float32","shape":[-1],"data":[1]}`:       "axis 0 is -1",
		`{"dtype":"float32","shape":[0,999999999]}`:         "no elements but very large axes",
		`{"dtype":"float32","shape":[1],"data":["x"]}`:      `value 0 in JSON is "x", no float32`,
		`{"dtype":"float32","shape":[1],"data":[null]}`:     "no float32",
		`{"dtype":"float32","shape":[1],"data":[1e99]}`:     "no float32",
		`{"dtype":"uint8","shape":[2],"data":[1,256]}`:      "value 1 in JSON is 256, no uint8",
		`{"dtype":"int32","shape":[1],"data":[1.5]}`:        "no int32",
		`{"dtype":"int32","shape":[1],"data":[3000000000]}`: "no int32",
		`{"dtype":"bool","shape":[1],"data":[null]}`:        "no bool",
	} {
		var x Tensor
		if err := json.Unmarshal([]byte(text), &x); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", text, err, want)
		}
	}
}

// FuzzUnmarshalBinary looks for data that panics, takes memory that is not
// vouched for, or does not come out as it went in.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, t := range samples() {
		data, err := t.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var x Tensor
		if x.UnmarshalBinary(data) != nil {
			return
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(10*len(data)+1<<20) {
			t.Fatalf("%d bytes of data took %d bytes of memory", len(data), took)
		}
		_ = x.String()
		back, err := x.MarshalBinary()
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("came out as %x (%v), went in as %x", back, err, data)
		}
	})
}
