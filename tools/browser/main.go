// Command browser looks at pages with a headless Chromium that reaches no
// network but this machine:
//
//	browser [-no-js] [-dark] [-wait expression] [-parts 1400] page.html picture.png
//
// writes a screenshot of a page, given by its file or address; with -parts as
// picture-01.png and so on, each at most so many pixels high. It says what the page
// asked of other machines, in vain, and which errors its scripts had. The tests of
// this folder look at the charts of notebooks in the same browser; `make
// verify` runs them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func run() error {
	noJS := flag.Bool("no-js", false, "with the page's scripts disabled")
	wait := flag.String("wait", "", "a JavaScript expression to become true before the picture is taken")
	dark := flag.Bool("dark", false, "as for a reader who prefers dark pages")
	parts := flag.Int("parts", 0, "pixels that a picture may be high; 0 is one picture of all")
	size := flag.String("size", "1200x900", "the window's size")
	flag.Parse()
	if flag.NArg() != 2 {
		return fmt.Errorf("wanted a page and a picture's file, got %d arguments", flag.NArg())
	}
	var width, height int
	if _, err := fmt.Sscanf(*size, "%dx%d", &width, &height); err != nil {
		return fmt.Errorf("-size %s: wanted a size such as 1200x900", *size)
	}
	c, err := Open(context.Background(), width, height)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Scripts(!*noJS); err != nil {
		return err
	}
	if *dark {
		if err := c.PreferDark(); err != nil {
			return err
		}
	}
	address, err := pageURL(flag.Arg(0))
	if err != nil {
		return err
	}
	if err := c.Go(address); err != nil {
		return err
	}
	if *wait != "" {
		if err := c.Wait(*wait, 30*time.Second); err != nil {
			return err
		}
	}
	heard := c.Heard()
	for _, url := range heard.Remote {
		fmt.Println("asked for", url)
	}
	for _, text := range heard.Complaints {
		fmt.Println("error:", text)
	}
	if *parts == 0 {
		return c.Screenshot(flag.Arg(1))
	}
	paths, err := c.ScreenshotParts(flag.Arg(1), *parts)
	for _, path := range paths {
		fmt.Println(path)
	}
	return err
}

// pageURL is the address of a page that is given as a file or an address.
func pageURL(page string) (string, error) {
	if strings.Contains(page, "://") {
		return page, nil
	}
	abs, err := filepath.Abs(page)
	return "file://" + filepath.ToSlash(abs), err
}
