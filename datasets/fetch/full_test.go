//go:build unix

package fetch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

// A disk that is full is played in a process of its own, which may not write
// files beyond some size: the system refuses its writes in the middle of a file.

const fullDisk = "FETCH_TEST_FULL_DISK" // "address directory most"

func TestMain(m *testing.M) {
	if args := strings.Fields(os.Getenv(fullDisk)); len(args) == 3 {
		os.Exit(fetchOntoFullDisk(args[0], args[1], args[2]))
	}
	os.Exit(m.Run())
}

func fetchOntoFullDisk(address, dir, most string) int {
	var limit syscall.Rlimit
	if _, err := fmt.Sscan(most, &limit.Cur); err != nil {
		return 2
	}
	limit.Max = limit.Cur
	signal.Ignore(syscall.SIGXFSZ) // or the process would end instead of getting an error
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 2
	}
	data := content(1)
	r := datasets.Request{Dir: dir, Spec: datasets.Spec{Name: "toy", Title: "Toy", Mirrors: []string{address, address + "/again"},
		Files: []datasets.File{{Name: "a.gz", Size: int64(len(data)), SHA256: hexSum(data)}}}}
	err := newJob(r, patient).run(context.Background())
	var listed *Error
	fmt.Println(err)
	if err == nil || errors.As(err, &listed) || !errors.Is(err, syscall.EFBIG) {
		return 1
	}
	return 0
}

func TestFullDisk(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", fullDisk, m.URL, r.Dir, 70_000))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: want the disk's error, got: %s", err, out)
	}
	if !strings.Contains(string(out), "file too large") || !strings.Contains(string(out), filepath.Join("toy", "a.gz.part")) {
		t.Errorf("the error does not say what failed where: %s", out)
	}
	wantNothing(t, r)
	if n := len(m.requests()); n != 1 {
		t.Errorf("%d requests; no other mirror would help", n)
	}
	if info, err := os.Stat(filepath.Join(r.Dir, "toy", "a.gz.part")); err != nil || info.Size() != 70_000 {
		t.Fatalf("the part that fitted: %v, %v", info, err)
	}
	r.Spec.Mirrors = []string{m.URL} // there is room again
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	if got := m.requests()[1]; got != "/a.gz bytes=70000-" {
		t.Errorf("asked for %q; it should go on where the disk was full", got)
	}
}
