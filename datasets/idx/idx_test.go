package idx_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/tensor"
)

// file makes an IDX file by hand: a type, the axes and the bytes behind them.
func file(kind byte, body []byte, dims ...uint32) []byte {
	out := []byte{0, 0, kind, byte(len(dims))}
	for _, d := range dims {
		out = binary.BigEndian.AppendUint32(out, d)
	}
	return append(out, body...)
}

func gz(parts ...[]byte) []byte {
	var buf bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&buf)
		z.Write(p)
		z.Close()
	}
	return buf.Bytes()
}

func TestDecodeTypes(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  byte
		body  []byte
		dtype tensor.DType
		want  []float64
	}{
		{"uint8", 8, []byte{0, 127, 255}, tensor.Uint8, []float64{0, 127, 255}},
		{"int8", 9, []byte{0, 127, 255}, tensor.Int32, []float64{0, 127, -1}},
		{"int16", 0xb, []byte{0, 1, 1, 0, 0xff, 0xfe}, tensor.Int32, []float64{1, 256, -2}},
		{"int32", 0xc, []byte{0, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff}, tensor.Int32, []float64{1, 65536, -1}},
		{"float32", 0xd, []byte{0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0, 0, 0, 0, 0}, tensor.Float32, []float64{1, -0.5, 0}},
		{"float64", 0xe, append([]byte{0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xbf, 0xe0}, make([]byte, 14)...), tensor.Float64, []float64{1, -0.5, 0}},
	} {
		for form, data := range map[string][]byte{"plain": file(c.kind, c.body, 3), "gzip": gz(file(c.kind, c.body, 3))} {
			got, err := idx.Decode(data)
			if err != nil {
				t.Errorf("%s %s: %v", c.name, form, err)
				continue
			}
			if got.DType() != c.dtype || !got.Shape().Equal(tensor.Shape{3}) {
				t.Errorf("%s %s: %v %v, want %v (3,)", c.name, form, got.DType(), got.Shape(), c.dtype)
			}
			for i, v := range tensor.Values[float64](got) {
				if v != c.want[i] {
					t.Errorf("%s %s: value %d is %v, want %v", c.name, form, i, v, c.want[i])
				}
			}
		}
	}
}

func TestDecodeForms(t *testing.T) {
	whole := file(8, []byte{1, 2, 3, 4, 5, 6}, 3, 2)
	for name, data := range map[string][]byte{
		"plain":                whole,
		"gzip":                 gz(whole),
		"two members":          gz(whole[:14], whole[14:]),
		"member cut in header": gz(whole[:3], whole[3:9], whole[9:]),
	} {
		got, err := idx.Decode(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if v := tensor.Values[uint8](got); !bytes.Equal(v, []byte{1, 2, 3, 4, 5, 6}) || !got.Shape().Equal(tensor.Shape{3, 2}) {
			t.Errorf("%s: %v %v", name, got.Shape(), v)
		}
	}
	got, err := idx.Decode(gz(file(8, nil, 0, 28, 28)))
	if err != nil || !got.Shape().Equal(tensor.Shape{0, 28, 28}) {
		t.Errorf("zero items: %v", err)
	}
}

func TestDecodeLargeInManyMembers(t *testing.T) {
	// The size at the end of such a file is that of its last member only, so
	// memory has to grow.
	body := make([]byte, 1<<20)
	for i := range body {
		body[i] = byte(i * 7)
	}
	whole := file(8, body, 1<<20)
	got, err := idx.Decode(gz(whole[:1000], whole[1000:700000], whole[700000:]))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(tensor.Values[uint8](got), body) {
		t.Error("the values differ")
	}
}

func TestDecodeRefuses(t *testing.T) {
	whole := file(8, []byte{1, 2, 3, 4, 5, 6}, 3, 2)
	zipped := gz(whole)
	wrongSum := bytes.Clone(zipped)
	wrongSum[len(wrongSum)-8] ^= 1
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "cut off"},
		{"header cut", whole[:6], "needs 12 bytes"},
		{"cut", whole[:15], "promises 6 bytes, only 3"},
		{"long", append(bytes.Clone(whole), 9), "1 bytes follow"},
		{"html", []byte("<html><body>503</body></html>"), "web page"},
		{"html in gzip", gz([]byte("<html><body>503</body></html>")), "web page"},
		{"binary rubbish", []byte{0xff, 0xd8, 0xff, 0xe0, 1}, "ff d8 ff e0"},
		{"unknown type", file(7, nil, 1), "type 0x07"},
		{"no axes", []byte{0, 0, 8, 0}, "no axes"},
		{"gzip cut", zipped[:len(zipped)-12], "cut off"},
		{"gzip trailer cut", zipped[:len(zipped)-3], "cut off"},
		{"gzip header only", zipped[:2], "cut off"},
		{"gzip checksum", wrongSum, "checksum"},
		{"gzip then rubbish", append(bytes.Clone(zipped), "rubbish rubbish"...), "damaged"},
		{"gzip long", gz(whole, []byte{7}), "data follows"},
		{"gzip short", gz(whole[:15]), "promises 6 bytes, only 3"},
		{"gzip huge", gz(file(8, nil, 1<<20, 1<<20, 1<<20)), "more than this machine"},
	} {
		got, err := idx.Decode(c.data)
		if err == nil || got != nil || !errors.Is(err, idx.ErrFormat) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v; want an ErrFormat with %q", c.name, got, err, c.want)
		}
	}
}

// A header may promise anything; only data costs memory.
func TestDecodePromiseAllocatesNothing(t *testing.T) {
	huge := file(8, []byte{1, 2, 3}, 1<<20, 1<<20, 1<<18)
	for name, data := range map[string][]byte{"plain": huge, "gzip": gz(huge), "2^40": gz(file(8, make([]byte, 9), 1<<20, 1<<20))} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := idx.Decode(data)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, idx.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("%s: allocated %d bytes", name, got)
		}
	}
}

func TestReadFileNamesThePath(t *testing.T) {
	path := t.TempDir() + "/x.idx"
	if _, err := idx.ReadFile(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	os.WriteFile(path, []byte("<html>"), 0o644)
	if _, err := idx.ReadFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("html: %v", err)
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	for _, want := range []*tensor.Tensor{
		tensor.Must(tensor.New([]uint8{1, 2, 255, 4}, 2, 2)),
		tensor.Must(tensor.New([]int32{-1, 2, 1 << 30}, 3)),
		tensor.Must(tensor.New([]float32{-1.5, 2}, 1, 2, 1)),
		tensor.Must(tensor.New([]float64{-1.5, 2e300}, 2)),
	} {
		var buf bytes.Buffer
		if err := idx.Encode(&buf, want); err != nil {
			t.Fatal(err)
		}
		got, err := idx.Decode(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) ||
			fmt.Sprint(tensor.Values[float64](got)) != fmt.Sprint(tensor.Values[float64](want)) {
			t.Errorf("got %v %v", got.DType(), got.Shape())
		}
	}
	if err := idx.Encode(&bytes.Buffer{}, tensor.Must(tensor.New([]bool{true}))); err == nil {
		t.Error("bool was accepted")
	}
	if err := idx.Encode(&bytes.Buffer{}, tensor.Scalar(float32(1))); err == nil {
		t.Error("a scalar was accepted")
	}
}

func FuzzDecode(f *testing.F) {
	whole := file(8, []byte{1, 2, 3, 4, 5, 6}, 3, 2)
	f.Add(whole)
	f.Add(gz(whole))
	f.Add(gz(whole[:5], whole[5:]))
	f.Add(file(0xe, make([]byte, 16), 2))
	f.Add(file(8, nil, 1<<31, 1<<31, 3))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := idx.Decode(data)
		if err != nil {
			if !errors.Is(err, idx.ErrFormat) || got != nil {
				t.Fatalf("got %v, error %v", got, err)
			}
			return
		}
		// What was accepted is whole, and survives being written again.
		var buf bytes.Buffer
		if err := idx.Encode(&buf, got); err != nil {
			t.Fatal(err)
		}
		again, err := idx.Decode(buf.Bytes())
		if err != nil || !again.Shape().Equal(got.Shape()) || again.DType() != got.DType() {
			t.Fatalf("again: %v %v", again, err)
		}
	})
}

func ExampleDecode() {
	file := []byte{0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6}
	t, err := idx.Decode(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.DType(), t.Shape(), tensor.Values[uint8](t))

	_, err = idx.Decode(file[:15])
	fmt.Println(err)
	// Output:
	// uint8 (2, 3) [1 2 3 4 5 6]
	// idx: not a valid IDX file: its header (2, 3) promises 6 bytes, only 3 are there; the file is cut off
}
