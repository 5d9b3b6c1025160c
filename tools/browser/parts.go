package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// overlap is how much of a part is seen again in the next one, in pixels.
const overlap = 60

// ScreenshotParts writes PNGs of the whole page, each at most so many pixels
// high: picture.png becomes picture-01.png, picture-02.png and so on. It returns
// their paths.
func (c *Chromium) ScreenshotParts(path string, height int) ([]string, error) {
	data, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return nil, fmt.Errorf("screenshot: %w", err)
	}
	whole, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("screenshot: %w", err)
	}
	var paths []string
	ext := filepath.Ext(path)
	bounds := whole.Bounds()
	for top := bounds.Min.Y; ; top += height - overlap {
		part := image.Rect(bounds.Min.X, top, bounds.Max.X, min(top+height, bounds.Max.Y))
		name := fmt.Sprintf("%s-%02d%s", strings.TrimSuffix(path, ext), len(paths)+1, ext)
		if err := writePart(name, whole, part); err != nil {
			return paths, err
		}
		paths = append(paths, name)
		if part.Max.Y >= bounds.Max.Y {
			return paths, nil
		}
	}
}

func writePart(path string, whole image.Image, part image.Rectangle) error {
	out := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Bounds(), whole, part.Min, draw.Src)
	var data bytes.Buffer
	if err := png.Encode(&data, out); err != nil {
		return err
	}
	return os.WriteFile(path, data.Bytes(), 0o644)
}
