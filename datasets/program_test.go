package datasets_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/internal/wire"
)

// The test binary plays the program fromzero when told so.
func TestMain(m *testing.M) {
	if behave := os.Getenv("DATASETS_TEST_PROGRAM"); behave != "" {
		os.Exit(playProgram(behave))
	}
	os.Exit(m.Run())
}

func playProgram(behave string) int {
	if strings.Join(os.Args[1:], " ") != "fetch mnist" || os.Getenv(wire.Progress) != "json" {
		fmt.Fprintln(os.Stderr, "called wrongly:", os.Args)
		return 2
	}
	w := wire.Writer{To: os.Stdout}
	switch behave {
	case "fail":
		fmt.Fprintln(os.Stderr, "fetch: tried:\n  https://example.org/a.gz: 503 Service Unavailable")
		return 1
	case "hang":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, os.Interrupt)
		w.Update("downloading", 1, 2, nil, nil)
		<-stop
		return 1
	}
	fmt.Println("a line for people")
	w.Update("downloading a.gz", 5, 10, []string{"MB/s"}, []float64{1.5})
	w.Finish("downloading a.gz", nil, nil)
	to := filepath.Join(os.Getenv("FROMZERO_DATA"), "mnist")
	if err := os.CopyFS(to, os.DirFS(os.Getenv("DATASETS_TEST_FILES"))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// program makes this binary the program fromzero.
func program(t *testing.T, behave string) {
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	t.Setenv("FROMZERO_BIN", self)
	t.Setenv("DATASETS_TEST_PROGRAM", behave)
}

func TestProgramDownloads(t *testing.T) {
	dir, files := emptyDir(t), t.TempDir()
	putAll(t, files, toyFiles(t))
	t.Setenv("DATASETS_TEST_FILES", files)
	program(t, "work")
	var log messages
	rec := &recorder{}
	train, test := datasets.MNIST(datasets.Dir(dir), log.option(), datasets.Progress(rec))
	wantToy(t, train, test)
	if got := strings.Join(rec.calls, "; "); got != "update downloading a.gz 5/10 [MB/s] [1.5]; finish downloading a.gz" {
		t.Errorf("progress: %s", got)
	}
	if !strings.Contains(log.String(), "a line for people") {
		t.Errorf("log: %s", &log)
	}
}

func TestProgramFails(t *testing.T) {
	dir := emptyDir(t)
	program(t, "fail")
	var log messages
	train, _ := datasets.MNIST(datasets.Dir(dir), log.option())
	if err := train.Load(context.Background()); err != nil || !train.Mini() {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "https://example.org/a.gz: 503 Service Unavailable") {
		t.Errorf("the program's own message is missing:\n%s", &log)
	}
}

func TestProgramIsInterrupted(t *testing.T) {
	dir := emptyDir(t)
	program(t, "hang")
	ctx, cancel := context.WithCancel(context.Background())
	train, _ := datasets.MNIST(datasets.Dir(dir), datasets.Log(nil), datasets.Progress(&recorder{onUpdate: cancel}))
	if err := train.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type recorder struct {
	onUpdate func()
	calls    []string
}

func (r *recorder) Update(label string, done, total int64, names []string, values []float64) {
	r.calls = append(r.calls, fmt.Sprint("update ", label, " ", done, "/", total, " ", names, " ", values))
	if r.onUpdate != nil {
		r.onUpdate()
	}
}

func (r *recorder) Finish(label string, _ []string, _ []float64) {
	r.calls = append(r.calls, "finish "+label)
}
