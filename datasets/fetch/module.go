package fetch

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gofromzero/fromzero/datasets"
)

// moduleProxies lists the module proxies that the go command is set to use:
// GOPROXY from the environment, else from `go env`, which knows the settings
// file and the default. Where there is no go command, there is none.
func moduleProxies(ctx context.Context) []string {
	list := os.Getenv("GOPROXY")
	if list == "" {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "go", "env", "GOPROXY")
		// Away from any go.mod, which may ask for another version of Go.
		cmd.Dir, cmd.Env = os.TempDir(), append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off")
		out, err := cmd.Output()
		if err != nil {
			return nil
		}
		list = string(out)
	}
	var proxies []string
	for _, p := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '|' || unicode.IsSpace(r) }) {
		if p == "off" {
			break
		}
		if p != "direct" {
			proxies = append(proxies, p)
		}
	}
	return proxies
}

// moduleMirror takes files out of a module's zip, as a proxy serves it.
type moduleMirror struct {
	proxy  string
	module datasets.Module
}

func (m moduleMirror) address() string {
	return join(m.proxy, escapeModule(m.module.Path)+"/@v/"+escapeModule(m.module.Version)+".zip")
}

// escapeModule writes capital letters as the proxy protocol wants them: "!a"
// for "A".
func escapeModule(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (m moduleMirror) fetch(ctx context.Context, j *job, missing []datasets.File) ([]datasets.File, error) {
	rest, err := m.unpackFrom(ctx, j, missing)
	if err != nil && ctx.Err() == nil {
		return rest, j.note(m.address(), err)
	}
	return rest, err
}

// unpackFrom downloads the zip and takes the missing files out of it.
func (m moduleMirror) unpackFrom(ctx context.Context, j *job, missing []datasets.File) ([]datasets.File, error) {
	// Proxies pack the same module to different bytes, so that what one sent
	// can't be continued with what another has: the name tells them apart.
	mark := sha256.Sum256([]byte(m.address()))
	part, err := j.openPart(ctx, "module-"+hex.EncodeToString(mark[:4])+".zip.part")
	if err != nil {
		return missing, err
	}
	defer leave(part)
	if missing = j.missing(); len(missing) == 0 {
		return nil, nil // another program was quicker
	}
	t := &transfer{client: j.client, limits: j.limits, url: m.address(), name: "module.zip", size: -1, most: 2*j.request.Spec.Bytes() + 64<<20, part: part,
		meter: &meter{reporter: j.request.Reporter, label: "downloading " + j.request.Spec.Title + " (as a Go module)"}}
	var archive *zip.Reader
	check := func() (err error) {
		archive, err = openModule(part, m.module)
		return err
	}
	if err := j.transferChecked(ctx, t, check); err != nil {
		return missing, err
	}
	prefix := path.Join(m.module.Path+"@"+m.module.Version, m.module.Folder)
	for i, f := range missing {
		if err := j.unpack(ctx, archive, path.Join(prefix, f.Name), f); err != nil {
			return missing[i:], err
		}
	}
	if err := os.Remove(part.Name()); err != nil {
		return nil, &localError{err}
	}
	return nil, nil
}

// openModule opens a module's zip and compares its checksum with the one that
// go.sum would have: the SHA-256 of a list of all files' SHA-256.
func openModule(f *os.File, m datasets.Module) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, &localError{err}
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, contentError("%d bytes that are no whole zip: %v", info.Size(), err)
	}
	got, err := moduleSum(z)
	if err != nil {
		return nil, contentError("the zip is damaged: %v", err)
	}
	if got != m.Sum {
		return nil, contentError("the module's checksum is %s, wanted %s", got, m.Sum)
	}
	return z, nil
}

func moduleSum(z *zip.Reader) (string, error) {
	files := slices.SortedFunc(slices.Values(z.File), func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	list := sha256.New()
	for _, f := range files {
		in, err := f.Open()
		if err != nil {
			return "", err
		}
		hash, err := sum(in)
		if err != nil {
			return "", err
		}
		_ = in.Close()
		fmt.Fprintf(list, "%s  %s\n", hash, f.Name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(list.Sum(nil)), nil
}

// unpack brings one member of the archive into place.
func (j *job) unpack(ctx context.Context, archive *zip.Reader, member string, f datasets.File) error {
	in, err := archive.Open(member)
	if err != nil {
		return contentError("the zip has no %s", member)
	}
	defer in.Close()
	part, err := j.openPart(ctx, f.Name+".part")
	if err != nil {
		return err
	}
	defer leave(part)
	if err := part.Truncate(0); err != nil {
		return &localError{err}
	}
	if _, err := io.Copy(part, io.LimitReader(in, f.Size+1)); err != nil {
		return contentError("%s could not be unpacked: %v", member, err)
	}
	if err := checkPart(part, f); err != nil {
		return err
	}
	return j.place(part, j.path(f))
}
