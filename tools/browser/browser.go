package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Chromium is a headless browser that reaches no network but this machine.
type Chromium struct {
	ctx     context.Context
	close   []func()
	profile string
	watch   watch
}

// ErrNoBrowser is returned by Open where no Chromium is installed.
var ErrNoBrowser = errors.New("no Chromium on the PATH: on Debian, apt-get install chromium")

// browsers are the names under which Chromium is installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

func findBrowser() (string, error) {
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Open starts a browser with a fresh profile and a window of this size. The
// caller closes it.
func Open(ctx context.Context, width, height int) (*Chromium, error) {
	path, err := findBrowser()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "fromzero-browser-")
	if err != nil {
		return nil, err
	}
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(width, height),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.NoSandbox, // root, as in a container, has no sandbox
		chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		// Every name fails at once: what a page needs, it must bring along.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(ctx, flags...)
	tab, stopTab := chromedp.NewContext(alloc)
	c := &Chromium{ctx: tab, profile: profile, close: []func(){stopTab, stopAlloc}}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		c.Close()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	if err := c.watch.start(tab); err != nil {
		c.Close()
		return nil, fmt.Errorf("watching %s: %w", path, err)
	}
	return c, nil
}

// Close ends the browser and deletes its profile.
func (c *Chromium) Close() {
	for _, stop := range c.close {
		stop()
	}
	os.RemoveAll(c.profile)
}

// Scripts switches the pages' scripts on or off, for pages opened afterwards.
func (c *Chromium) Scripts(on bool) error {
	_, err := chromedp.Run(c.ctx, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
	return err
}

// PreferDark lets pages know that the reader prefers dark ones.
func (c *Chromium) PreferDark() error {
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	_, err := chromedp.Run(c.ctx, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, dark)
	})
	return err
}

// loadTimeout is how long a page may take to load.
const loadTimeout = time.Minute

// Go opens a page and waits until it has loaded.
func (c *Chromium) Go(url string) error {
	ctx, cancel := context.WithTimeout(c.ctx, loadTimeout)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(url))
}

// evalTimeout is how long an expression's promise may take: long enough for a
// notebook to run.
const evalTimeout = 5 * time.Minute

// Eval evaluates a JavaScript expression and awaits it if it is a promise. It
// works in pages whose own scripts are disabled too.
func Eval[T any](c *Chromium, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(c.ctx, evalTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait evaluates an expression until it is true.
func (c *Chromium) Wait(expression string, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		ok, err := Eval[bool](c, "!!("+expression+")")
		if err == nil && ok {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not true within %v: %s (%v)", limit, expression, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Screenshot writes a PNG of the whole page.
func (c *Chromium) Screenshot(path string) error {
	png, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("screenshot: %w", err)
	}
	return os.WriteFile(path, png, 0o644)
}
