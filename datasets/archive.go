package datasets

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// Bounds on what an archive can make its reader do. Nothing is ever unpacked to
// the disk, so that names and links in it can do no harm.
const (
	mostUnpacked = 8 << 30 // bytes, all members together
	mostMembers  = 1 << 20
)

// visitor is called for every plain file in an archive, with its cleaned name.
type visitor func(name string, r io.Reader) error

// walkTar reads the tar archive at path, compressed with gzip or not, and returns
// the SHA-256 of the whole file.
func walkTar(ctx context.Context, path string, visit visitor) (sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if err := readTar(ctx, io.TeeReader(f, hash), visit); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), ctx.Err()
}

// readTar reads an archive to its end, so that checksums are compared. Unpacking
// and visiting go on at the same time.
func readTar(ctx context.Context, r io.Reader, visit visitor) error {
	in := bufio.NewReaderSize(r, aheadSize)
	unpacked, err := unpacker(in)
	if err != nil {
		return err
	}
	ahead := readAhead(ctx, unpacked)
	defer ahead.stop()
	if err := visitMembers(ahead, visit); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return archiveError(err)
	}
	if _, err := io.Copy(io.Discard, ahead); err != nil {
		return archiveError(err)
	}
	ahead.stop() // in is ours again
	_, err = io.Copy(io.Discard, in)
	return err
}

// unpacker tells by the first bytes whether in is compressed.
func unpacker(in *bufio.Reader) (io.Reader, error) {
	start, err := in.Peek(2)
	if err != nil {
		return nil, fmt.Errorf("it has %d bytes; the file is empty or cut off", len(start))
	}
	if !bytes.Equal(start, []byte{0x1f, 0x8b}) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, archiveError(err)
	}
	return z, nil
}

func visitMembers(in io.Reader, visit visitor) error {
	t := tar.NewReader(in)
	for n := 0; ; n++ {
		h, err := t.Next()
		if err == io.EOF {
			if n == 0 {
				return errors.New("it has no members; it is no tar archive")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if n == mostMembers {
			return fmt.Errorf("it has more than %d members", mostMembers)
		}
		name, err := memberName(h.Name)
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue // folders, links, devices
		}
		if err := visit(name, t); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// memberName cleans a member's name. One that leads out of the archive's folder
// is a sign that the archive was made with bad intent.
func memberName(name string) (string, error) {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", fmt.Errorf("its member %q leads out of the archive; it is refused", name)
	}
	return clean, nil
}

// archiveError says in plain words what is wrong with an archive.
func archiveError(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the archive ends early; the file is cut off")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return fmt.Errorf("the compressed data is damaged: %w", err)
	case errors.Is(err, tar.ErrHeader):
		return errors.New("it is no tar archive, or a damaged one")
	default:
		return err
	}
}

// readMember reads all of a member that has at most most bytes. Memory grows
// with what arrives, whatever the archive's header says.
func readMember(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	return data, nil
}
