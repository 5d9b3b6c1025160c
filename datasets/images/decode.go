package images

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// format is a kind of picture file.
type format struct {
	name   string
	match  func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formats is a table of this package's own: image.Decode would read whatever
// else a program happens to register.
var formats = []format{
	{"PNG", starts("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
	{"JPEG", starts("\xff\xd8"), jpeg.DecodeConfig, jpeg.Decode},
	{"GIF", starts("GIF8"), gif.DecodeConfig, gif.Decode},
	{"WebP", isWebP, webp.DecodeConfig, webp.Decode},
	{"BMP", starts("BM"), bmp.DecodeConfig, bmp.Decode},
}

func starts(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

func isWebP(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// size is a picture's, in pixels.
type size struct{ height, width int }

func (s size) String() string { return fmt.Sprintf("%d×%d", s.width, s.height) }

// turned is the size after the given EXIF orientation.
func (s size) turned(orientation int) size {
	if orientation >= 5 {
		return size{s.width, s.height}
	}
	return s
}

// header is what a file says about its picture before it is decoded.
type header struct {
	format      format
	stored      size // as it lies in the file, before it is turned upright
	orientation int  // EXIF's, 1 to 8
}

// upright is the size in which people see the picture.
func (h header) upright() size { return h.stored.turned(h.orientation) }

// readHeader finds the kind and the size of a picture, and returns an error if
// there is none or it has more than maxPixels pixels. It must not allocate by
// what the header promises.
func readHeader(data []byte, maxPixels int) (h header, err error) {
	defer catch(&err)
	if len(data) == 0 {
		return h, errors.New("the file is empty")
	}
	f, ok := findFormat(data)
	if !ok {
		return h, errors.New("it is not a PNG, JPEG, GIF, WebP or BMP picture")
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return h, fmt.Errorf("its %s header can't be read: %w", f.name, plain(err))
	}
	if c.Width < 1 || c.Height < 1 {
		return h, fmt.Errorf("its %s header promises %d×%d pixels", f.name, c.Width, c.Height)
	}
	if c.Width > maxPixels/c.Height {
		return h, fmt.Errorf("its %s header promises %d×%d pixels, more than the %d that are decoded; shrink it, or raise MaxPixels if it is meant to be so large",
			f.name, c.Width, c.Height, maxPixels)
	}
	return header{f, size{c.Height, c.Width}, orientation(f.name, data)}, nil
}

func findFormat(data []byte) (format, bool) {
	for _, f := range formats {
		if f.match(data) {
			return f, true
		}
	}
	return format{}, false
}

// decode reads the picture whose header was read, without turning it.
func (h header) decode(data []byte) (m image.Image, err error) {
	defer catch(&err)
	m, err = h.format.decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the %s picture can't be decoded: %w", h.format.name, plain(err))
	}
	if h.format.name == "JPEG" && !jpegEnds(data) {
		return nil, errors.New("the JPEG picture is cut off: its end marker is missing")
	}
	if b := m.Bounds(); b.Dx() > h.stored.width || b.Dy() > h.stored.height || b.Empty() {
		return nil, fmt.Errorf("the %s picture has %d×%d pixels, but its header promises %v", h.format.name, b.Dx(), b.Dy(), h.stored)
	}
	return m, nil
}

// jpegEnds reports whether a JPEG has an end marker behind its first scan (a
// thumbnail before that has one of its own). Go's decoder takes a progressive
// picture that is cut off, and leaves it unsharp or grey from there on.
func jpegEnds(data []byte) bool {
	scan := 0
	for p := 2; p+4 <= len(data) && data[p] == 0xff; {
		if data[p+1] == 0xff {
			p++
			continue
		}
		scan = p
		if data[p+1] == 0xda {
			break
		}
		p += 2 + int(binary.BigEndian.Uint16(data[p+2:]))
	}
	return bytes.Contains(data[scan:], []byte{0xff, 0xd9})
}

// catch turns a panic of a decoder, which hostile files have caused before,
// into an error.
func catch(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the decoder failed on it: %v", r)
	}
}

// plain says in words what decoders mean by an end of file.
func plain(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("it is cut off (%w)", err)
	}
	return err
}
