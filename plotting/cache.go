package plotting

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofromzero/fromzero/plotting/internal/echarts"
	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

// cached keeps drawn pictures on disk, so that running a notebook again draws
// only the charts that changed. Whatever goes wrong with the files, the
// picture is drawn anew.
type cached struct {
	dir  string // "" keeps nothing
	next drawer

	prune sync.Once
}

// The cache's bounds: the oldest pictures go when there are more.
const (
	maxPictures = 400
	maxBytes    = 64 << 20
)

// cacheDir is the folder of the cache, "" where the system names none.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "fromzero", "pictures")
}

func (c *cached) render(req picture.Request) ([]byte, error) {
	path, err := c.path(req)
	if err != nil {
		return nil, err
	}
	if data, err := os.ReadFile(path); err == nil && complete(req.Format, data) {
		now := time.Now()
		os.Chtimes(path, now, now) // a picture in use is not old
		return data, nil
	}
	data, err := c.next.render(req)
	if err == nil && c.dir != "" {
		c.keep(path, data)
	}
	return data, err
}

// path names the request's picture in the cache.
func (c *cached) path(req picture.Request) (string, error) {
	key, err := json.Marshal(req)
	if err != nil {
		return "", fmt.Errorf("plotting: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(key, "\n%d %s", picture.Version, echarts.Build))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16])+"."+req.Format), nil
}

// complete guards against files that something else cut short.
func complete(format string, data []byte) bool {
	if format == picture.PNG {
		return bytes.HasSuffix(data, []byte("IEND\xaeB\x60\x82"))
	}
	return bytes.HasSuffix(bytes.TrimSpace(data), []byte("</svg>"))
}

// keep files a picture; a cache that cannot be written is no reason to stop.
func (c *cached) keep(path string, data []byte) {
	if os.MkdirAll(c.dir, 0o755) != nil {
		return
	}
	c.prune.Do(func() { prune(c.dir, maxPictures, maxBytes) })
	_ = writeFile(path, func(w io.Writer) error { return write(w, data) })
}

// prune removes the pictures that were not used for longest until the bounds
// hold.
func prune(dir string, files int, bytes int64) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	var infos []os.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	var sum int64
	for i, info := range infos {
		sum += info.Size()
		if i >= files || sum > bytes {
			os.Remove(filepath.Join(dir, info.Name()))
		}
	}
}
