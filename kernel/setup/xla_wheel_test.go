package setup

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

const fakeLibrary = "not really a library"

// fakeWheel is a package with a plugin, and what is pinned of it.
func fakeWheel(t *testing.T) ([]byte, wheel) {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, f := range []struct{ name, text string }{
		{"fake/plugin.so", strings.Repeat(fakeLibrary, 1000)},
		{"fake_xla-0.0.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: fake-xla\nVersion: 0.0.1\n"},
		{"fake_xla-0.0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"fake_xla-0.0.1.dist-info/RECORD", ""},
	} {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), wheel{name: "fake-xla", version: "0.0.1", file: "fake/plugin.so", whose: "a fake", builds: map[string]build{
		runtime.GOOS + "/" + runtime.GOARCH: {sumOf(file.Bytes()), sumOf([]byte(strings.Repeat(fakeLibrary, 1000)))},
	}}
}

func sumOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// fakeIndex is a package index with that one package, of which it sends the
// first bytes only, and it makes pip ask it.
func fakeIndex(t *testing.T, file []byte, sent int) {
	t.Helper()
	const path = "/files/fake_xla-0.0.1-py3-none-any.whl"
	mux := http.NewServeMux()
	mux.HandleFunc("/simple/fake-xla/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!DOCTYPE html><html><body><a href="%s">%s</a></body></html>`, path, filepath.Base(path))
	})
	mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		_, _ = w.Write(file[:sent])
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"PIP_INDEX_URL": server.URL + "/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_NO_INDEX": "",
		"PIP_CONFIG_FILE": os.DevNull, "PIP_NO_CACHE_DIR": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
	} {
		t.Setenv(name, value)
	}
}

// wheelInstaller has no environment of its own, so that the system's pip is used.
func wheelInstaller(t *testing.T) *installer {
	t.Helper()
	python, err := findPython()
	if err == nil {
		err = exec.Command(python, "-m", "pip", "--version").Run()
	}
	if err != nil {
		t.Skip("needs a Python with pip: ", err)
	}
	return &installer{places: Places{Venv: t.TempDir()}, state: &State{}, out: &bytes.Buffer{}}
}

// leftovers are the files that an installation that failed left in the folder.
func leftovers(t *testing.T, target string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(target), "*"))
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := filepath.Glob(filepath.Join(filepath.Dir(target), ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(files, hidden...)
}

func TestWheelIsDownloadedAndChecked(t *testing.T) {
	in := wheelInstaller(t)
	file, pinned := fakeWheel(t)
	fakeIndex(t, file, len(file))
	target := filepath.Join(t.TempDir(), "new", pluginFile)
	if err := in.installWheel(t.Context(), pinned, target); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(target)
	if err != nil || string(data) != strings.Repeat(fakeLibrary, 1000) {
		t.Errorf("the plugin has %d bytes, %v", len(data), err)
	}
	if got := leftovers(t, target); len(got) != 1 {
		t.Errorf("beside the plugin there are %q", got)
	}
	if got := pinned.whoseBuild(target); !strings.HasPrefix(got, "a fake") {
		t.Errorf("it is %s", got)
	}
	write(t, target, "something else", 0o755)
	if got := pinned.whoseBuild(target); strings.Contains(got, "a fake") {
		t.Errorf("another file is %s", got)
	}
}

func TestWheelsThatAreRefused(t *testing.T) {
	file, pinned := fakeWheel(t)
	platform := runtime.GOOS + "/" + runtime.GOARCH
	good := pinned.builds[platform]
	for _, c := range []struct {
		name   string
		builds map[string]build
		sent   int
		want   string
	}{
		{"another sum of the package", map[string]build{platform: {sumOf(nil), good.plugin}}, len(file), "not what was pinned"},
		{"another sum of the library", map[string]build{platform: {good.sha256, sumOf(nil)}}, len(file), "not what was pinned"},
		{"cut off", pinned.builds, len(file) / 2, "fake"},
		{"another platform", map[string]build{"plan9/mips": good}, len(file), "no build for " + platform},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := wheelInstaller(t)
			fakeIndex(t, file, c.sent)
			w := pinned
			w.builds = c.builds
			target := filepath.Join(t.TempDir(), pluginFile)
			err := in.installWheel(t.Context(), w, target)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
			if got := leftovers(t, target); len(got) != 0 {
				t.Errorf("left behind: %q", got)
			}
		})
	}
}

func TestPackageThatIsNotThere(t *testing.T) {
	in := wheelInstaller(t)
	file, pinned := fakeWheel(t)
	fakeIndex(t, file, len(file))
	pinned.name = "no-such-package"
	if err := in.installWheel(t.Context(), pinned, filepath.Join(t.TempDir(), pluginFile)); err == nil || !strings.Contains(err.Error(), "no-such-package") {
		t.Errorf("error is %v", err)
	}
}

const fullDiskEnv = "FROMZERO_FULL_DISK" // folder of the package and the target

// TestOnAFullDisk is the program whose disk is full, which a limit on the size of
// files plays. It is a process of its own: the limit is for all that it writes.
func TestOnAFullDisk(t *testing.T) {
	dir := os.Getenv(fullDiskEnv)
	if dir == "" {
		return // not started by TestFullDiskLeavesNothing
	}
	_, pinned := fakeWheel(t)
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	err := pinned.unpack(filepath.Join(dir, "fake.whl"), pinned.builds[runtime.GOOS+"/"+runtime.GOARCH], filepath.Join(dir, "lib", pluginFile))
	fmt.Println("unpacking:", err)
}

func TestFullDiskLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file, _ := fakeWheel(t)
	write(t, filepath.Join(dir, "fake.whl"), string(file), 0o644)
	target := filepath.Join(dir, "lib", pluginFile)
	write(t, target, "the plugin of before", 0o755)
	cmd := exec.Command(os.Args[0], "-test.run=^TestOnAFullDisk$")
	cmd.Env = append(os.Environ(), fullDiskEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "unpacking: writing the plugin: ") {
		t.Errorf("%v\n%s", err, out)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "the plugin of before" {
		t.Errorf("the plugin is now %q, %v", data, err)
	}
	if got := leftovers(t, target); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

func TestUnpackRefusesOtherFiles(t *testing.T) {
	file, pinned := fakeWheel(t)
	b := pinned.builds[runtime.GOOS+"/"+runtime.GOARCH]
	path, target := filepath.Join(t.TempDir(), "fake.whl"), filepath.Join(t.TempDir(), pluginFile)
	write(t, path, string(file[:len(file)-1]), 0o644)
	if err := pinned.unpack(path, b, target); !errors.Is(err, errChanged) || !strings.Contains(err.Error(), b.sha256) {
		t.Errorf("a file cut off: %v", err)
	}
	write(t, path, string(file), 0o644)
	pinned.file = "elsewhere/plugin.so"
	if err := pinned.unpack(path, b, target); err == nil || !strings.Contains(err.Error(), "elsewhere/plugin.so") {
		t.Errorf("no plugin inside: %v", err)
	}
}
