package main

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofromzero/fromzero/datasets"
)

const (
	csvRows = 1_000_000
	csvMB   = 88.3 // megabytes of 10⁶ bytes; makeCSV checks it
	jpegs   = 512
)

// once makes a file or folder under a temporary name, unless it is there.
func once(path string, make func(path string) error) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part := path + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := make(part); err != nil {
		return err
	}
	return os.Rename(part, path)
}

func csvPath(dir string) string { return filepath.Join(dir, "numbers.csv") }

// makeCSV writes ten columns of numbers of different lengths.
func makeCSV(_ context.Context, dir string) error {
	err := once(csvPath(dir), func(path string) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer f.Close()
		r, w := rand.New(rand.NewPCG(1, 2)), bufio.NewWriterSize(f, 1<<20)
		fmt.Fprintln(w, "a,b,c,d,e,f,g,h,i,j")
		for range csvRows {
			line := w.AvailableBuffer()
			for k := range 10 {
				line = append(strconv.AppendFloat(line, r.NormFloat64()*1000, 'f', k%6+1, 64), ',')
			}
			line[len(line)-1] = '\n'
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(csvPath(dir))
	if err == nil && math.Abs(float64(info.Size())/1e6-csvMB) > 0.1 {
		return fmt.Errorf("%s has %d bytes, not %v MB: remove it", csvPath(dir), info.Size(), csvMB)
	}
	return err
}

func jpegDir(dir string) string { return filepath.Join(dir, "jpeg") }

// makeJPEGs writes pictures with detail everywhere, in two classes.
func makeJPEGs(_ context.Context, dir string) error {
	return once(jpegDir(dir), func(path string) error {
		for i := range jpegs {
			class := filepath.Join(path, string('a'+rune(i%2)))
			if err := os.MkdirAll(class, 0o755); err != nil {
				return err
			}
			f, err := os.Create(filepath.Join(class, fmt.Sprintf("%04d.jpg", i)))
			if err != nil {
				return err
			}
			if err := jpeg.Encode(f, waves(500, 375, float64(i)), &jpeg.Options{Quality: 90}); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		return nil
	})
}

func waves(w, h int, phase float64) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := float64(i%w), float64(i/w)
		for c := range 3 {
			m.Pix[4*i+c] = uint8(128 + 60*math.Sin(x/7*float64(c+1)+phase) + 60*math.Cos(y/5+x/90*math.Sin(phase)))
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// link puts a file of the data directory into a folder of our own, so that
// what datasets keeps beside it can be removed.
func link(from, to string) error {
	data, err := datasets.DataDir()
	if err != nil {
		return err
	}
	from, err = filepath.Abs(filepath.Join(data, from))
	if err != nil {
		return err
	}
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("%w: it is needed as it is published", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if have, err := os.Readlink(to); err == nil && have == from {
		return nil
	}
	return os.Symlink(from, to)
}

func cifarDir(dir string) string { return filepath.Join(dir, "cifar") }

func linkCIFAR(_ context.Context, dir string) error {
	return link("cifar-10/cifar-10-batches-bin", filepath.Join(cifarDir(dir), "cifar-10-batches-bin"))
}

func forgetCIFAR(dir string) error { return os.RemoveAll(filepath.Join(cifarDir(dir), "cifar-10")) }

func imdbDir(dir string) string { return filepath.Join(dir, "imdb") }

func linkIMDB(_ context.Context, dir string) error {
	return link("imdb/aclImdb_v1.tar.gz", filepath.Join(imdbDir(dir), "aclImdb_v1.tar.gz"))
}

func forgetIMDB(dir string) error { return os.RemoveAll(filepath.Join(imdbDir(dir), "imdb")) }
