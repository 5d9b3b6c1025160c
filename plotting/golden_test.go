package plotting

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

var update = flag.Bool("update", false, "write the files in testdata anew; look at the pictures before committing them")

// golden compares data with a file in testdata, by means of same.
func golden(t *testing.T, name string, data []byte, same func(got, want []byte) error) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./plotting -update makes it", err)
	}
	if err := same(data, want); err != nil {
		t.Errorf("%s: %v; if that is meant, run go test ./plotting -update and look at it", path, err)
	}
}

// TestGallery compares every kind of chart with what it was: as ECharts is
// told to draw it, and as a picture.
func TestGallery(t *testing.T) {
	for name, f := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			if err := f.ready(); err != nil {
				t.Fatal(err)
			}
			if c, ok := f.content.(*chart); ok {
				option, err := c.json()
				if err != nil {
					t.Fatal(err)
				}
				var pretty bytes.Buffer
				if err := json.Indent(&pretty, option, "", "\t"); err != nil {
					t.Fatal(err)
				}
				golden(t, name+".json", append(pretty.Bytes(), '\n'), sameBytes)
			}
			still, err := f.content.picture(picture.PNG)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".png", still, samePicture)
			golden(t, name+".txt", []byte(f.String()+"\n"), sameBytes)
		})
	}
}

func sameBytes(got, want []byte) error {
	if !bytes.Equal(got, want) {
		return fmt.Errorf("got\n%s\nwant\n%s", got, want)
	}
	return nil
}

// samePicture allows for processors that round differently: a few dots may be
// of another shade.
func samePicture(got, want []byte) error {
	a, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		return err
	}
	b, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		return err
	}
	if a.Bounds() != b.Bounds() {
		return fmt.Errorf("the picture is %v, was %v", a.Bounds(), b.Bounds())
	}
	if off := differing(a, b); off > 0.001 {
		return fmt.Errorf("%.2f %% of the dots differ", 100*off)
	}
	return nil
}

// differing is the share of dots that a person could tell apart.
func differing(a, b image.Image) float64 {
	p, q := flat(a), flat(b)
	n := 0
	for i := 0; i < len(p); i += 4 {
		for c := range 3 {
			if far := int(p[i+c]) - int(q[i+c]); far > 32 || far < -32 {
				n++
				break
			}
		}
	}
	return float64(4*n) / float64(len(p))
}

func flat(img image.Image) []uint8 {
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out.Pix
}
