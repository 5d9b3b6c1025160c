package dlkit

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestAugmentGivesVersionsOfEveryPicture(t *testing.T) {
	ctx := context.Background()
	const n = 40 // of 3 pictures: more than one batch
	x := numbered(tensor.Float32, 3, 1, 2, 1)
	in := tensor.Values[float64](x)
	got, err := Augment(ctx, x, n, 5, RandomFlip(Horizontal))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Shape().Equal(tensor.Shape{3 * n, 1, 2, 1}) {
		t.Fatalf("shape %v", got.Shape())
	}
	for i, row := range rowsOf(tensor.Values[float64](got), 3*n) {
		a, b := in[2*(i/n)], in[2*(i/n)+1]
		if !equal(row, []float64{a, b}) && !equal(row, []float64{b, a}) {
			t.Errorf("row %d is %v, no version of %v", i, row, []float64{a, b})
		}
	}
	if flipped := shares(rowsOf(tensor.Values[float64](got), 3*n)); len(flipped) != 6 {
		t.Errorf("the versions are %v, want all three pictures both ways", flipped)
	}
	again, err := Augment(ctx, x, n, 5, RandomFlip(Horizontal))
	if err != nil {
		t.Fatal(err)
	}
	other, err := Augment(ctx, x, n, 6, RandomFlip(Horizontal))
	if err != nil {
		t.Fatal(err)
	}
	if !equal(tensor.Values[float64](got), tensor.Values[float64](again)) || equal(tensor.Values[float64](got), tensor.Values[float64](other)) {
		t.Error("the versions do not follow from the seed")
	}
}

// A model shows what comes out of its last augmentation layer, whatever follows.
func TestModelShowsItsAugmentation(t *testing.T) {
	ctx := context.Background()
	m := Sequential(tensor.Shape{4, 4, 1}, Rescaling(2), RandomCrop(4, Margin(1)), RandomFlip(Vertical), Conv2D(2, 3), Flatten(), Dense(2, Softmax))
	x := numbered(tensor.Float32, 2, 4, 4, 1)
	got, err := m.Augmented(ctx, x, 3)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Augment(ctx, x, 3, 1, Rescaling(2), RandomCrop(4, Margin(1)), RandomFlip(Vertical))
	if err != nil {
		t.Fatal(err)
	}
	if !equal(tensor.Values[float64](got), tensor.Values[float64](want)) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if _, err := Sequential(tensor.Shape{2}, Dense(1)).Augmented(ctx, floats(1, 2), 1); err == nil || !strings.Contains(err.Error(), "RandomFlip") {
		t.Errorf("without augmentation: error %v", err)
	}
	if _, err := m.Augmented(ctx, x, 0); err == nil || !strings.Contains(err.Error(), "at least 1") {
		t.Errorf("no versions: error %v", err)
	}
	if _, err := Augment(ctx, floats(4, 4), 2, 1, RandomFlip()); err == nil || !strings.Contains(err.Error(), "(height, width, channels)") {
		t.Errorf("no pictures: error %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := m.Augmented(stopped, x, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

// Pictures of bytes may go straight into augmentation layers.
func TestAugmentationTakesBytes(t *testing.T) {
	x := tensor.Must(tensor.New([]uint8{0, 255}, 1, 1, 2, 1))
	got, err := Augment(context.Background(), x, 20, 1, RandomFlip(Horizontal), RandomBrightness(Range{0.5, 0.5}, ValueRange(0, 255)))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rowsOf(tensor.Values[float64](got), 20) {
		if !equal(row, []float64{127.5, 255}) && !equal(row, []float64{255, 127.5}) {
			t.Errorf("got %v", row)
		}
	}
	m := Sequential(tensor.Shape{1, 2, 1}, RandomFlip(Horizontal), Rescaling(1.0/255), Flatten(), Dense(2, Softmax))
	if err := fitError(m, x, tensor.Must(tensor.New([]int32{1}))); err != nil {
		t.Error(err)
	}
}
