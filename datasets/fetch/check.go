package fetch

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
)

// intact reports whether the file at path needs no download: it is the
// published one, or, unless strict is set, one put there by hand that can be
// unpacked to its end, or is not packed and no web page.
func intact(path string, f datasets.File, strict bool) bool {
	in, err := os.Open(path)
	if err != nil {
		return false
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return false
	}
	if info.Size() == f.Size {
		if sum, err := sum(in); err == nil && sum == f.SHA256 {
			return true
		}
	}
	if strict {
		return false
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return false
	}
	if !strings.HasSuffix(f.Name, ".gz") {
		start := make([]byte, 1)
		_, err := in.Read(start)
		return err == nil && start[0] != '<'
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, z)
	return err == nil
}

// checkPart compares a finished download with what is published.
func checkPart(part *os.File, f datasets.File) error {
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return &localError{err}
	}
	got, err := sum(part)
	if err != nil {
		return &localError{err}
	}
	info, err := part.Stat()
	if err != nil {
		return &localError{err}
	}
	if got != f.SHA256 || info.Size() != f.Size {
		return contentError("got %d bytes with SHA-256 %s, wanted %d bytes with %s", info.Size(), got, f.Size, f.SHA256)
	}
	return nil
}

func sum(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
