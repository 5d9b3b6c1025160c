package images

import (
	"fmt"
	"image/color"
	"runtime"

	"github.com/gofromzero/fromzero/tensor"
)

// Fit says how a picture of another shape is brought to Height × Width.
type Fit uint8

const (
	// Stretch scales both sides on their own: the whole picture, distorted.
	Stretch Fit = iota
	// Crop scales until the frame is filled and cuts off what sticks out, the
	// same on both sides.
	Crop
	// Pad scales until all of the picture is in the frame, and fills the rest
	// with Config.Background.
	Pad
)

// Color says which channels a picture is turned into.
type Color uint8

const (
	// RGB is three channels: red, green and blue. Grey pictures have the same
	// value in each.
	RGB Color = iota
	// Gray is one channel, the brightness 0.299·R + 0.587·G + 0.114·B.
	Gray
)

// Config says how picture files become rows of numbers. The zero value keeps
// the size, which must then be the same for all files, and gives colours from 0
// to 1.
type Config struct {
	// Height and Width are the size that pictures are brought to. If both are
	// 0, the pictures keep theirs, and must all have the same one.
	Height, Width int
	// Fit is how that is done where the shapes differ.
	Fit Fit
	// Color is RGB or Gray.
	Color Color
	// Background shows through where a picture is transparent, and fills what
	// Pad leaves free; nil is white.
	Background color.Color

	// Raw hands out uint8 from 0 to 255, not float32 from 0 to 1.
	Raw bool
	// Flatten hands out one axis of all values, not (height, width, channels).
	Flatten bool
	// Mean and Std normalise the values from 0 to 1 to (value - Mean) / Std:
	// one number for each channel, or one for all. Not together with Raw.
	Mean, Std []float64

	// Classes lists the names of the class folders in the order of their
	// labels: what ClassNames of the training data gives, so that test data
	// which lacks a class gets the same labels. Nil: the folders of this data
	// in alphabetical order. For Files it names the labels.
	Classes []string

	// SkipDamaged leaves out files that can't be decoded, instead of refusing
	// the whole data set. Every file is then decoded once by Load.
	SkipDamaged bool
	// MaxPixels is the size up to which a picture is decoded, in pixels; 0
	// stands for 64 million. Decoding takes 4 to 16 bytes a pixel.
	MaxPixels int
	// CacheBytes is how much memory may be used to keep decoded pictures, one
	// byte a value; 0 stands for 512 MiB, and -1 for none.
	CacheBytes int64
	// Workers is how many pictures are decoded at the same time; 0 stands for
	// the number of processors that Go uses.
	Workers int
}

const (
	defaultMaxPixels  = 64 << 20
	defaultCacheBytes = 512 << 20
	// maxFileBytes is the largest file that is read: a picture of 64 million
	// pixels, 16 bits each and not compressed, is smaller.
	maxFileBytes = 600 << 20
)

// channels is 3 or 1.
func (c Config) channels() int {
	if c.Color == Gray {
		return 1
	}
	return 3
}

func (c Config) maxPixels() int {
	if c.MaxPixels == 0 {
		return defaultMaxPixels
	}
	return c.MaxPixels
}

func (c Config) cacheBytes() int64 {
	if c.CacheBytes == 0 {
		return defaultCacheBytes
	}
	return max(0, c.CacheBytes)
}

func (c Config) workers() int {
	if c.Workers < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Workers
}

func (c Config) background() color.Color {
	if c.Background == nil {
		return color.White
	}
	return c.Background
}

// shape is that of one row for pictures of the given size.
func (c Config) shape(s size) tensor.Shape {
	if c.Flatten {
		return tensor.Shape{s.height * s.width * c.channels()}
	}
	return tensor.Shape{s.height, s.width, c.channels()}
}

// check returns an error unless the fields make sense together.
func (c Config) check() error {
	switch {
	case c.Height < 0 || c.Width < 0 || (c.Height == 0) != (c.Width == 0):
		return fmt.Errorf("images: Height %d and Width %d; give both above 0, or neither to keep the pictures' size", c.Height, c.Width)
	case c.MaxPixels < 0:
		return fmt.Errorf("images: MaxPixels %d; it must not be negative (0 stands for %d)", c.MaxPixels, defaultMaxPixels)
	case c.Height > 0 && c.Width > c.maxPixels()/c.Height:
		return fmt.Errorf("images: Height %d × Width %d is more than MaxPixels, %d", c.Height, c.Width, c.maxPixels())
	case c.Fit > Pad:
		return fmt.Errorf("images: Fit %d; want Stretch, Crop or Pad", c.Fit)
	case c.Color > Gray:
		return fmt.Errorf("images: Color %d; want RGB or Gray", c.Color)
	}
	return c.checkNormal()
}

func (c Config) checkNormal() error {
	if c.Raw && (c.Mean != nil || c.Std != nil) {
		return fmt.Errorf("images: Raw gives bytes, which can't be normalised by Mean and Std; drop one of them")
	}
	for _, list := range [][]float64{c.Mean, c.Std} {
		if n := len(list); n > 1 && n != c.channels() {
			return fmt.Errorf("images: %d numbers in Mean or Std; want 1, or one for each of the %d channels", n, c.channels())
		}
	}
	for _, v := range c.Std {
		if !(v > 0) {
			return fmt.Errorf("images: Std has %v; it must be above 0", v)
		}
	}
	return nil
}

// table is what every byte becomes, for each channel.
func (c Config) table() [][256]float32 {
	out := make([][256]float32, c.channels())
	for ch := range out {
		mean, std := pick(c.Mean, ch, 0), pick(c.Std, ch, 1)
		for v := range out[ch] {
			out[ch][v] = float32((float64(v)/255 - mean) / std)
		}
	}
	return out
}

// pick is entry i, the only entry, or otherwise if there is none.
func pick(list []float64, i int, otherwise float64) float64 {
	switch {
	case len(list) == 0:
		return otherwise
	case len(list) == 1:
		return list[0]
	}
	return list[i]
}
