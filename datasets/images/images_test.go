package images

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"io/fs"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofromzero/fromzero/tensor"
)

func mapFS(files map[string][]byte) fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// decode gives the bytes that a picture file becomes.
func decode(t *testing.T, c Config, file []byte) []uint8 {
	t.Helper()
	c.Raw = true
	x, err := c.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	values, _ := tensor.Flat[uint8](x)
	return values
}

func near(a, b []uint8, most int) bool {
	return len(a) == len(b) && !slices.ContainsFunc(slices.Collect(func(yield func(int) bool) {
		for i := range a {
			if !yield(int(a[i]) - int(b[i])) {
				return
			}
		}
	}), func(d int) bool { return d > most || -d > most })
}

var fourColours = []uint8{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}

func TestEveryKindOfFile(t *testing.T) {
	r := image.Rect(0, 0, 2, 2)
	big := image.Rect(0, 0, 32, 32)
	for name, kind := range map[string]struct {
		file []byte
		want []uint8
		off  int // lossy formats may differ by so much
	}{
		"rgb png":          {pngOf(t, quarters(image.NewRGBA(r))), fourColours, 0},
		"16-bit rgb png":   {pngOf(t, quarters(image.NewRGBA64(r))), fourColours, 0},
		"palette png":      {pngOf(t, quarters(image.NewPaletted(r, palette.Plan9))), fourColours, 0},
		"grey png":         {pngOf(t, flat(1, 1, 77)), []uint8{77, 77, 77}, 0},
		"16-bit grey png":  {pngOf(t, gray16(0x4d4d)), []uint8{77, 77, 77}, 0},
		"gif":              {gifOf(t, quarters(image.NewPaletted(r, palette.Plan9))), fourColours, 0},
		"bmp":              {bmpOf(t, quarters(image.NewRGBA(r))), fourColours, 0},
		"palette bmp":      {bmpOf(t, quarters(image.NewPaletted(r, palette.Plan9))), fourColours, 0},
		"webp":             {webpOf(1, 1, color.RGBA{200, 100, 50, 255}), []uint8{200, 100, 50}, 0},
		"grey jpeg":        {jpegOf(t, flat(8, 8, 77))[:], bytes.Repeat([]uint8{77}, 192), 2},
		"cmyk jpeg":        {cmykJPEG(t), bytes.Repeat([]uint8{64}, 192), 3},
		"colour jpeg":      {jpegOf(t, uniform(8, 8, color.RGBA{200, 100, 50, 255})), bytes.Repeat([]uint8{200, 100, 50}, 64), 3},
		"transparent png":  {pngOf(t, uniform(1, 1, color.NRGBA{255, 0, 0, 0})), []uint8{255, 255, 255}, 0},
		"half transparent": {pngOf(t, uniform(1, 1, color.NRGBA{0, 0, 0, 128})), []uint8{127, 127, 127}, 1},
	} {
		if got := decode(t, Config{}, kind.file); !near(got, kind.want, kind.off) {
			t.Errorf("%s: %v, want %v", name, got, kind.want)
		}
	}
	for name, file := range map[string][]byte{
		"jpeg": jpegOf(t, quarters(image.NewRGBA(big))), "gif": gifOf(t, quarters(image.NewRGBA(big))),
	} {
		got := decode(t, Config{Height: 2, Width: 2}, file)
		if !near(got, fourColours, 70) { // the filter mixes in neighbours
			t.Errorf("%s shrunk to 2×2: %v, want about %v", name, got, fourColours)
		}
	}
}

func gray16(v uint16) image.Image {
	m := image.NewGray16(image.Rect(0, 0, 1, 1))
	m.SetGray16(0, 0, color.Gray16{v})
	return m
}

func uniform(w, h int, c color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	return m
}

func TestGrayIsBrightness(t *testing.T) {
	got := decode(t, Config{Color: Gray}, pngOf(t, quarters(image.NewRGBA(image.Rect(0, 0, 2, 2)))))
	if want := []uint8{76, 150, 29, 255}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for v := range 256 {
		c := color.RGBA{uint8(v), uint8(v * 7), uint8(v * 31), 255}
		if got, want := brightness(c.R, c.G, c.B), color.GrayModel.Convert(c).(color.Gray).Y; got != want {
			t.Errorf("%v: %d, want %d", c, got, want)
		}
	}
}

// TestFit draws a wide picture, left half black and right half white, into a square.
func TestFit(t *testing.T) {
	wide := image.NewGray(image.Rect(0, 0, 8, 4))
	for i := range wide.Pix {
		if i%8 >= 4 {
			wide.Pix[i] = 255
		}
	}
	for fit, want := range map[Fit][]uint8{
		Stretch: {0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255},
		Crop:    {0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255},
		Pad:     {9, 9, 9, 9, 0, 0, 255, 255, 0, 0, 255, 255, 9, 9, 9, 9},
	} {
		c := Config{Height: 4, Width: 4, Fit: fit, Color: Gray, Background: color.Gray{9}}
		if got := decode(t, c, pngOf(t, wide)); !near(got, want, 40) {
			t.Errorf("fit %d: %v, want about %v", fit, got, want)
		}
	}
	// Cropping takes the middle, exactly.
	row := image.NewGray(image.Rect(0, 0, 6, 2))
	copy(row.Pix, []uint8{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6})
	got := decode(t, Config{Height: 2, Width: 2, Fit: Crop, Color: Gray}, pngOf(t, row))
	if want := []uint8{3, 4, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("crop: %v, want %v", got, want)
	}
}

func TestOrientation(t *testing.T) {
	// Stored as   1 2 3
	//             4 5 6
	wants := [][]uint8{
		1: {1, 2, 3, 4, 5, 6}, 2: {3, 2, 1, 6, 5, 4}, 3: {6, 5, 4, 3, 2, 1}, 4: {4, 5, 6, 1, 2, 3},
		5: {1, 4, 2, 5, 3, 6}, 6: {4, 1, 5, 2, 6, 3}, 7: {6, 3, 5, 2, 4, 1}, 8: {3, 6, 2, 5, 1, 4},
	}
	for o := 1; o <= 8; o++ {
		got := make([]uint8, 6)
		turn(got, []uint8{1, 2, 3, 4, 5, 6}, size{2, 3}, 1, o)
		if !slices.Equal(got, wants[o]) {
			t.Errorf("orientation %d: %v, want %v", o, got, wants[o])
		}
		wide := flat(16, 8, 0)
		for i := range wide.Pix {
			if i%16 < 8 {
				wide.Pix[i] = 255
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			h, err := readHeader(jpegWithExif(jpegOf(t, wide), exif(order, o)), 1000)
			if err != nil || h.orientation != o {
				t.Errorf("a JPEG with orientation %d, %v: %d, %v", o, order, h.orientation, err)
			}
			if want := (size{8, 16}).turned(o); h.upright() != want {
				t.Errorf("orientation %d: size %v, want %v", o, h.upright(), want)
			}
		}
	}
	for name, file := range map[string][]byte{
		"PNG":  append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("eXIf", exif(binary.BigEndian, 6))...),
		"WebP": webpFile(chunk("EXIF", exif(binary.LittleEndian, 6))),
	} {
		if got := orientation(name, file); got != 6 {
			t.Errorf("%s: orientation %d, want 6", name, got)
		}
	}
}

func pngChunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return append(out, 0, 0, 0, 0)
}

func TestTurnedPicture(t *testing.T) {
	left := flat(16, 8, 0)
	for i := range left.Pix {
		if i%16 < 8 {
			left.Pix[i] = 255
		}
	}
	file := jpegWithExif(jpegOf(t, left), exif(binary.LittleEndian, 6)) // the left side is seen on top
	got := decode(t, Config{Color: Gray, Height: 2, Width: 1}, file)
	if !near(got, []uint8{255, 0}, 40) {
		t.Errorf("%v, want white above black", got)
	}
}

func TestFolder(t *testing.T) {
	ctx := context.Background()
	fsys := mapFS(map[string][]byte{
		"cat/a.png": pngOf(t, flat(2, 2, 255)), "cat/deep/b.PNG": pngOf(t, flat(2, 2, 51)),
		"dog/c.jpg": pngOf(t, flat(2, 2, 0)), // a PNG by another name
		"dog/x.txt": []byte("notes"), ".git/d.png": nil, "dog/.hidden.png": nil, "readme.md": nil,
	})
	d := FolderFS(fsys, Config{Color: Gray})
	b, err := d.Rows(ctx, []int{2, 0, 1}, tensor.Batch{})
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Must(tensor.New([]float32{0, 0, 0, 0, 1, 1, 1, 1, .2, .2, .2, .2}, 3, 2, 2, 1))
	if !b.X().Equal(x) {
		t.Errorf("rows are\n%v", b.X())
	}
	if got := tensor.Values[int32](b.Y()); !slices.Equal(got, []int32{1, 0, 0}) {
		t.Errorf("labels %v", got)
	}
	if got := d.ClassNames(); !slices.Equal(got, []string{"cat", "dog"}) {
		t.Errorf("classes %v", got)
	}
	r, err := d.Report(ctx)
	if err != nil || !slices.Equal(r.Ignored, []string{"readme.md", "dog/x.txt"}) {
		t.Errorf("ignored %v, %v", r.Ignored, err)
	}
	again, err := d.Rows(ctx, []int{0, 1, 2}, b)
	if err != nil || again.X() != b.X() {
		t.Errorf("the tensors were not used again, %v", err)
	}
	if _, err := d.Rows(ctx, []int{3}, tensor.Batch{}); err == nil {
		t.Error("picture 3 of 3 was read")
	}
	other := FolderFS(mapFS(map[string][]byte{"dog/c.png": pngOf(t, flat(2, 2, 0))}), Config{Classes: d.ClassNames()})
	if labels, err := other.Labels(ctx); err != nil || !slices.Equal(labels, []int32{1}) {
		t.Errorf("with Classes: labels %v, %v", labels, err)
	}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	good := pngOf(t, flat(2, 2, 9))
	for name, c := range map[string]struct {
		files  map[string][]byte
		config Config
		want   string
	}{
		"no class folders": {map[string][]byte{"a.png": good}, Config{}, "no class folder, but 1 picture"},
		"no pictures":      {map[string][]byte{"a/a.txt": good}, Config{}, "none of the class folders"},
		"other class":      {map[string][]byte{"a/a.png": good}, Config{Classes: []string{"b"}}, `"a" is none of`},
		"sizes differ":     {map[string][]byte{"a/a.png": good, "a/b.png": pngOf(t, flat(3, 2, 9))}, Config{}, "set Config.Height and Width"},
		"cut off":          {map[string][]byte{"a/a.png": good, "a/b.png": good[:len(good)-14]}, Config{}, "a/b.png: the PNG picture can't be decoded: it is cut off"},
		"empty":            {map[string][]byte{"a/a.png": good, "a/b.png": nil}, Config{}, "a/b.png: the file is empty"},
		"web page":         {map[string][]byte{"a/a.png": good, "a/b.png": []byte("<!DOCTYPE html>")}, Config{}, "not a PNG"},
		"bomb":             {map[string][]byte{"a/a.png": good, "a/b.png": bombPNG(t, 60000, 60000)}, Config{}, "promises 60000×60000 pixels"},
		"all damaged":      {map[string][]byte{"a/a.png": []byte("x")}, Config{SkipDamaged: true, Height: 2, Width: 2}, "1 of 1 files"},
		"one side":         {map[string][]byte{"a/a.png": good}, Config{Height: 3}, "give both"},
		"raw and mean":     {map[string][]byte{"a/a.png": good}, Config{Raw: true, Mean: []float64{1}}, "Raw"},
		"two means":        {map[string][]byte{"a/a.png": good}, Config{Mean: []float64{1, 2}}, "each of the 3 channels"},
	} {
		d := FolderFS(mapFS(c.files), c.config)
		if err := d.Load(ctx); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
		if d.Len() != -1 {
			t.Errorf("%s: Len %d", name, d.Len())
		}
	}
	if err := Folder(filepath.Join(t.TempDir(), "none"), Config{}).Load(ctx); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestCutJPEG(t *testing.T) {
	for name, m := range map[string]image.Image{"grey": flat(32, 32, 9), "colour": waves(40, 30)} {
		file := jpegWithExif(jpegOf(t, m), []byte("II\xff\xd9")) // as if of a thumbnail
		if _, err := (Config{}).Decode(bytes.NewReader(append(slices.Clone(file), 0, 0))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := range len(file) - 1 {
			if _, err := (Config{}).Decode(bytes.NewReader(file[:n])); err == nil {
				t.Fatalf("%s: the first %d of %d bytes were taken for a picture", name, n, len(file))
			}
		}
	}
}

func TestSkipDamaged(t *testing.T) {
	ctx := context.Background()
	good := pngOf(t, flat(2, 2, 9))
	fsys := mapFS(map[string][]byte{"a/1.png": good[:40], "a/2.png": good, "b/3.png": []byte("x"), "b/4.png": pngOf(t, flat(2, 2, 7))})
	var damaged *DamagedError
	if err := FolderFS(fsys, Config{}).Load(ctx); !errors.As(err, &damaged) || len(damaged.Files) != 2 {
		t.Fatalf("%v; want both damaged files", err)
	}
	for _, cache := range []int64{0, -1} {
		d := FolderFS(fsys, Config{SkipDamaged: true, Raw: true, Color: Gray, CacheBytes: cache})
		b, err := d.Rows(ctx, []int{0, 1}, tensor.Batch{})
		if err != nil {
			t.Fatal(err)
		}
		if got := tensor.Values[uint8](b.X()); !slices.Equal(got, []uint8{9, 9, 9, 9, 7, 7, 7, 7}) {
			t.Errorf("rows %v", got)
		}
		if r, _ := d.Report(ctx); len(r.Damaged) != 2 || r.Files != 2 || !strings.Contains(r.String(), "2 damaged") {
			t.Errorf("report %v", r)
		}
	}
}

// TestDamagedLater has no cache: only headers are read first, and a damaged body
// is found when its row is asked for, and named.
func TestDamagedLater(t *testing.T) {
	good := pngOf(t, flat(9, 9, 9))
	d := FolderFS(mapFS(map[string][]byte{"a/1.png": good, "a/2.png": good[:len(good)-14]}), Config{CacheBytes: -1})
	if d.Len() != 2 {
		t.Fatal(d.Load(context.Background()))
	}
	_, err := d.Rows(context.Background(), []int{0, 1}, tensor.Batch{})
	var file *FileError
	if !errors.As(err, &file) || file.Path != "a/2.png" {
		t.Errorf("%v; want the path", err)
	}
}

func TestCacheStaysWithinItsBounds(t *testing.T) {
	files := map[string][]byte{}
	for i := range 10 {
		files[fmt.Sprintf("a/%d.png", i)] = pngOf(t, flat(4, 4, uint8(i)))
	}
	d := FolderFS(mapFS(files), Config{Color: Gray, CacheBytes: 3 * 16, Workers: 3})
	for b, err := range d.Batches(context.Background(), 4) {
		if err != nil {
			t.Fatal(err)
		}
		if b.X().Shape()[0] == 0 {
			t.Error("an empty batch")
		}
	}
	l := d.data.Load()
	kept := 0
	for i := range l.cache {
		if l.cache[i].Load() != nil {
			kept++
		}
	}
	if kept == 0 || kept > 3 || l.room.Load() != int64(3-kept)*16 {
		t.Errorf("%d of 10 pictures in a cache for 3, room for %d more bytes", kept, l.room.Load())
	}
}

func TestNormalise(t *testing.T) {
	c := Config{Mean: []float64{0.5, 0, 1}, Std: []float64{0.5}}
	x, err := c.Decode(bytes.NewReader(pngOf(t, uniform(1, 1, color.NRGBA{255, 0, 51, 255}))))
	if err != nil {
		t.Fatal(err)
	}
	got := tensor.Values[float64](x)
	for i, want := range []float64{1, 0, -1.6} {
		if math.Abs(got[i]-want) > 1e-6 {
			t.Errorf("%v", got)
		}
	}
}

func TestBombAllocatesNothing(t *testing.T) {
	file := bombPNG(t, 60000, 60000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Config{}.Decode(bytes.NewReader(file))
	runtime.ReadMemStats(&after)
	if err == nil || after.TotalAlloc-before.TotalAlloc > 1<<20 {
		t.Errorf("%v, %d bytes allocated", err, after.TotalAlloc-before.TotalAlloc)
	}
}

func TestFiles(t *testing.T) {
	ctx := context.Background()
	fsys := mapFS(map[string][]byte{"1.png": pngOf(t, flat(1, 1, 1)), "2.png": pngOf(t, flat(1, 1, 2))})
	d := Files(fsys, []string{"2.png", "1.png"}, []int32{0, 1}, Config{Classes: []string{"two", "one"}})
	if labels, err := d.Labels(ctx); err != nil || !slices.Equal(labels, []int32{0, 1}) {
		t.Errorf("%v, %v", labels, err)
	}
	if err := Files(fsys, []string{"1.png"}, []int32{2}, Config{Classes: []string{"one"}}).Load(ctx); err == nil {
		t.Error("label 2 of one class was taken")
	}
	a, err := d.Fingerprint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Files(fsys, []string{"2.png", "1.png"}, []int32{0, 1}, Config{Color: Gray}).Fingerprint(ctx)
	if a == b {
		t.Error("the same fingerprint for another form")
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := FolderFS(mapFS(map[string][]byte{"a/1.png": pngOf(t, flat(1, 1, 1))}), Config{})
	if err := d.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d.Len() != 1 {
		t.Error("a cancelled Load must not be remembered")
	}
}
