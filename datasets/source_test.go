package datasets_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/datasets"
)

var errOffline = errors.New("https://example.org/x.gz: no such host")

func offline(calls *atomic.Int32) datasets.Option {
	return datasets.FetchWith(func(context.Context, datasets.Request) error {
		calls.Add(1)
		return errOffline
	})
}

func TestHandlesAreLazy(t *testing.T) {
	dir := emptyDir(t)
	var calls atomic.Int32
	train, test := datasets.MNIST(datasets.Dir(dir), offline(&calls))
	_ = train.Name() + train.String() + train.Source() + test.Folder() + train.Shape().String() + strings.Join(train.ClassNames(), "")
	if test.Mini() || calls.Load() != 0 {
		t.Error("something was read before it was used")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("something was written before it was used: %v", entries)
	}
}

// Where there is nothing at all, the mini set stands in, and says so loudly.
func TestMiniSetStandsIn(t *testing.T) {
	dir := emptyDir(t)
	var calls atomic.Int32
	var log messages
	train, test := datasets.MNIST(datasets.Dir(dir), offline(&calls), log.option())
	if train.Len() != 2000 || test.Len() != 500 || !train.Mini() || !test.Mini() || train.Folder() != "" {
		t.Fatalf("%v, %v", train, test)
	}
	if calls.Load() != 1 {
		t.Errorf("%d downloads were tried for two handles of one set", calls.Load())
	}
	for _, want := range []string{"NOT THE FULL MNIST", "2,000 training and 500 test", errOffline.Error(), "FROMZERO_MIRROR", names[3], filepath.Join(dir, "mnist")} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the message:\n%s", want, &log)
		}
	}
	if !strings.Contains(train.Source(), "mini set") || strings.Contains(train.Source(), dir) {
		t.Errorf("Source: %s", train.Source())
	}
}

// The next cell of a notebook does not wait for the same dead network, but
// new mirrors or files put in place count at once.
func TestFailedDownloadIsRemembered(t *testing.T) {
	dir := emptyDir(t)
	var calls atomic.Int32
	load := func() string {
		var log messages
		train, _ := datasets.MNIST(datasets.Dir(dir), offline(&calls), log.option())
		if err := train.Load(context.Background()); err != nil || !train.Mini() {
			t.Fatalf("%v, %v", train, err)
		}
		return log.String()
	}
	load()
	second := load()
	if calls.Load() != 1 || !strings.Contains(second, errOffline.Error()) || !strings.Contains(second, "not tried again before") {
		t.Errorf("%d downloads; the second message: %s", calls.Load(), second)
	}
	t.Setenv("FROMZERO_MIRROR", "https://example.org")
	load()
	if calls.Load() != 2 {
		t.Errorf("%d downloads; a new mirror should be tried at once", calls.Load())
	}
	marks, _ := filepath.Glob(filepath.Join(dir, "mnist", "*"))
	for _, m := range marks {
		os.Chtimes(m, time.Time{}, time.Now().Add(-time.Hour))
	}
	load()
	if calls.Load() != 3 {
		t.Errorf("%d downloads; an hour later it should be tried again", calls.Load())
	}
	putAll(t, filepath.Join(dir, "mnist"), toyFiles(t))
	wantToy2(t, dir)
}

func TestCancelIsNotAReasonForTheMiniSet(t *testing.T) {
	dir := emptyDir(t)
	ctx, cancel := context.WithCancel(context.Background())
	train, _ := datasets.MNIST(datasets.Dir(dir), datasets.Log(nil), datasets.FetchWith(func(ctx context.Context, _ datasets.Request) error {
		cancel()
		return ctx.Err()
	}))
	if err := train.Load(ctx); !errors.Is(err, context.Canceled) || train.Mini() {
		t.Errorf("got %v, %v", err, train)
	}
	if err := train.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func TestNoDownload(t *testing.T) {
	dir := emptyDir(t)
	var calls atomic.Int32
	train, _ := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload, offline(&calls))
	err := train.Load(context.Background())
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "NoDownload") || calls.Load() != 0 {
		t.Errorf("got %v after %d downloads; the folder that was named must be used or refused", err, calls.Load())
	}
	t.Setenv("FROMZERO_DATA", dir)
	var log messages
	train, _ = datasets.MNIST(datasets.NoDownload, log.option())
	if err := train.Load(context.Background()); err != nil || !train.Mini() || !strings.Contains(log.String(), "NOT THE FULL") {
		t.Errorf("got %v, %v, %s", train, err, &log)
	}
}

func TestMiniSetOnWish(t *testing.T) {
	dir := toyDir(t)
	var log messages
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.MiniSet, log.option())
	if train.Len() != 2000 || test.Len() != 500 || log.String() != "" {
		t.Errorf("%v, %v, log %q", train, test, &log)
	}
	for d, n := range map[*datasets.Images]int{train: 200, test: 50} {
		counts, err := d.Counts(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for c, got := range counts {
			if got != n {
				t.Errorf("%s: %d images of class %d, want %d", d.Name(), got, c, n)
			}
		}
	}
}

func TestLoadFromManyGoroutines(t *testing.T) {
	dir := emptyDir(t)
	var calls atomic.Int32
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.Log(nil), datasets.FetchWith(func(_ context.Context, r datasets.Request) error {
		calls.Add(1)
		putAll(t, filepath.Join(r.Dir, r.Spec.Name), toyFiles(t))
		return nil
	}))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			d := []*datasets.Images{train, test}[i%2]
			if err := d.Load(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if calls.Load() != 1 {
		t.Errorf("%d downloads", calls.Load())
	}
}

// Whoever waits for another's download can stop waiting.
func TestWaitingEndsWithTheContext(t *testing.T) {
	dir := emptyDir(t)
	begun, release := make(chan struct{}), make(chan struct{})
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.Log(nil), datasets.FetchWith(func(context.Context, datasets.Request) error {
		close(begun)
		<-release
		return errOffline
	}))
	done := make(chan error)
	go func() { done <- train.Load(context.Background()) }()
	<-begun
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := test.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestNoDownloaderSaysWhatToDo(t *testing.T) {
	dir := emptyDir(t)
	var log messages
	train, _ := datasets.MNIST(datasets.Dir(dir), log.option())
	if err := train.Load(context.Background()); err != nil || !train.Mini() {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "FROMZERO_BIN") || !strings.Contains(log.String(), "datasets/fetch") {
		t.Errorf("the message: %s", &log)
	}
}

func TestFindSpec(t *testing.T) {
	s, err := datasets.FindSpec("mnist")
	if err != nil || len(s.Files) != 4 || s.Bytes() != 9912422+28881+1648877+4542 {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := datasets.FindSpec("nonsense"); err == nil || !strings.Contains(err.Error(), "mnist") {
		t.Errorf("got %v", err)
	}
}
