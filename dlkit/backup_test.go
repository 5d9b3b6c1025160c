package dlkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// dieAfter ends training with an error after so many steps.
func dieAfter(steps int) Callback {
	return CallbackFunc(func(e *Event) error {
		if e.Kind == StepEnd {
			if steps--; steps == 0 {
				return errKilled
			}
		}
		return nil
	})
}

// With EverySteps, what was done since the last backup is all that is done
// again, wherever in an epoch that is, and whichever way the data comes.
func TestBackupInTheMiddleOfAnEpoch(t *testing.T) {
	const perEpoch, every, epochs = 7, 3, 3
	for name, data := range map[string]tensor.Dataset{"rows": blobs(perEpoch * 8), "batches": inOrder{blobs(perEpoch * 8)}} {
		fresh := func() *Model {
			m := classifier()
			if err := m.Compile(CompileConfig{Seed: 5, Optimizer: SGD{LearningRate: 0.1, Momentum: 0.9}}); err != nil {
				t.Fatal(err)
			}
			return m
		}
		config := func(path string, callbacks ...Callback) FitConfig {
			return FitConfig{Epochs: epochs, BatchSize: 8, Validation: blobs(9), Schedule: CosineDecay{},
				Callbacks: append([]Callback{&BackupAndRestore{Path: path, EverySteps: every}}, callbacks...)}
		}
		dir := t.TempDir()
		whole := fresh()
		want := mustFit(t, whole, data, config(filepath.Join(dir, "whole")))
		for die := 1; die <= perEpoch*epochs; die++ {
			if leftOut(t, die) {
				continue
			}
			path := filepath.Join(dir, fmt.Sprint(die))
			if _, err := fresh().Fit(context.Background(), data, config(path, dieAfter(die))); !errors.Is(err, errKilled) {
				t.Fatalf("%s, cut at step %d: error %v", name, die, err)
			}
			again, steps, first := fresh(), 0, 0
			hist := mustFit(t, again, data, config(path, CallbackFunc(func(e *Event) error {
				if e.Kind == StepEnd {
					if steps++; steps == 1 {
						first = e.Step
					}
				}
				return nil
			})))
			// the step of death is not in a backup, as its callbacks failed
			inEpoch := (die - 1) % perEpoch
			saved := (die-1)/perEpoch*perEpoch + inEpoch/every*every
			if steps != perEpoch*epochs-saved || (inEpoch >= every && first != inEpoch/every*every+1) {
				t.Errorf("%s, cut at step %d: %d steps were done from step %d on, want %d", name, die, steps, first, perEpoch*epochs-saved)
			}
			if fmt.Sprint(hist.Values("loss"), hist.Values("accuracy"), hist.Values("val_loss")) != fmt.Sprint(want.Values("loss"), want.Values("accuracy"), want.Values("val_loss")) {
				t.Errorf("%s, cut at step %d: the history differs:\n%s\n%s", name, die, hist, want)
			}
			if !equal(weightsOf(t, again), weightsOf(t, whole)) {
				t.Errorf("%s, cut at step %d: the weights differ", name, die)
			}
		}
	}
}

// A backup in the middle of an epoch fits batches of the same size only.
func TestBackupWantsTheSameBatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup")
	backup := func() []Callback { return []Callback{&BackupAndRestore{Path: path, EverySteps: 1}} }
	_, err := classifier().Fit(context.Background(), blobs(30), FitConfig{BatchSize: 8, Callbacks: append(backup(), dieAfter(2))})
	if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	_, err = classifier().Fit(context.Background(), blobs(30), FitConfig{BatchSize: 16, Callbacks: backup()})
	if err == nil || !strings.Contains(err.Error(), "batches of 8") {
		t.Errorf("error %v", err)
	}
	for _, b := range []*BackupAndRestore{{}, {Path: path, EverySteps: -1}} {
		if _, err := classifier().Fit(context.Background(), blobs(30), FitConfig{Callbacks: []Callback{b}}); err == nil {
			t.Errorf("%+v: no error", b)
		}
	}
}

// A backup that was not finished is removed, and nothing else is.
func TestBackupClearsUnfinishedFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"backup.123.part", "best.456.part", "other.789.part", "backup.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustFit(t, classifier(), blobs(10), FitConfig{Callbacks: []Callback{
		&BackupAndRestore{Path: filepath.Join(dir, "backup")}, &ModelCheckpoint{Path: filepath.Join(dir, "best")}}})
	var names []string
	for name := range filesOf(t, dir) {
		names = append(names, name)
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "backup.txt best other.789.part" {
		t.Errorf("files %s", got)
	}
}

// Wherever it stands, the backup holds what the other callbacks made of the
// epoch.
func TestBackupIsCalledLast(t *testing.T) {
	for _, first := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "backup")
		best := filepath.Join(t.TempDir(), "best")
		run := func(die int, values ...float64) *EarlyStopping {
			early, checkpoint := &EarlyStopping{Patience: 9}, &ModelCheckpoint{Path: best, BestOnly: true}
			backup := &BackupAndRestore{Path: path}
			callbacks := []Callback{scripted(values...), early, checkpoint}
			if first {
				callbacks = append([]Callback{backup}, callbacks...)
			} else {
				callbacks = append(callbacks, backup)
			}
			_, err := classifier().Fit(context.Background(), blobs(30), FitConfig{Epochs: 4, BatchSize: 30, Callbacks: append(callbacks, dieAfter(die))})
			if err != nil && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			return early
		}
		run(3, 2, 1, 9, 9)
		saved := filesOf(t, filepath.Dir(best))["best"]
		early := run(-1, 2, 1, 1.5, 1.6)
		if epoch, value := early.BestEpoch(); epoch != 1 || value != 1 {
			t.Errorf("the best epoch is %d with %v, want 1 with 1", epoch, value)
		}
		if filesOf(t, filepath.Dir(best))["best"] != saved {
			t.Error("after going on, a worse epoch was taken for the best and saved")
		}
	}
}

// A file that cannot be written ends training, and leaves the old file.
func TestCheckpointsThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for name, cb := range map[string]Callback{
		"ModelCheckpoint":  &ModelCheckpoint{Path: filepath.Join(dir, "no", "such", "folder")},
		"BackupAndRestore": &BackupAndRestore{Path: filepath.Join(dir, "no", "such", "folder")},
		"CSVLogger":        &CSVLogger{Path: filepath.Join(dir, "no", "such", "folder")},
		"CSVLogger's file": &CSVLogger{Writer: brokenWriter{}},
	} {
		hist, err := classifier().Fit(context.Background(), blobs(10), FitConfig{Epochs: 3, Callbacks: []Callback{cb}})
		if err == nil || hist.Epochs() != 1 {
			t.Errorf("%s: error %v after %d epochs", name, err, hist.Epochs())
		}
	}
	path := filepath.Join(dir, "model")
	if err := writeFile(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".d", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path+".d", []byte("new")); err == nil {
		t.Error("a file took the place of a folder")
	}
	if files := filesOf(t, dirWithout(t, dir, "model.d")); files["model"] != "old" || len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// dirWithout removes an entry of a folder.
func dirWithout(t *testing.T, dir, name string) string {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	return dir
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// The file of CSVLogger holds the whole history after every epoch, and after a
// training that went on.
func TestCSVLoggerKeepsAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.csv")
	config := func(callbacks ...Callback) FitConfig {
		return FitConfig{Epochs: 3, BatchSize: 30, Callbacks: append([]Callback{
			&CSVLogger{Path: path}, &BackupAndRestore{Path: filepath.Join(dir, "backup")}}, callbacks...)}
	}
	if _, err := classifier().Fit(context.Background(), blobs(30), config(dieAfter(3))); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if lines := strings.Count(filesOf(t, dir)["log.csv"], "\n"); lines != 3 {
		t.Errorf("%d lines after two epochs, want 3", lines)
	}
	hist := mustFit(t, classifier(), blobs(30), config())
	want := "epoch,loss,accuracy\n"
	for e := range 3 {
		want += fmt.Sprintf("%d,%v,%v\n", e+1, hist.Values("loss")[e], hist.Values("accuracy")[e])
	}
	if got := filesOf(t, dir)["log.csv"]; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, l := range []*CSVLogger{{}, {Path: path, Writer: &bytes.Buffer{}}} {
		if _, err := classifier().Fit(context.Background(), blobs(10), FitConfig{Callbacks: []Callback{l}}); err == nil || !strings.Contains(err.Error(), "Writer") {
			t.Errorf("error %v", err)
		}
	}
}

// Going on, the epochs already waited for count.
func TestBackupKeepsCounting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup")
	run := func(die int) (*Model, *EarlyStopping, int, error) {
		m, data := falling(t)
		early := &EarlyStopping{Patience: 3}
		hist, err := m.Fit(context.Background(), data, FitConfig{Epochs: 9, BatchSize: 4, Callbacks: []Callback{
			scripted(3, 1, 2, 2, 2, 2, 2, 2, 2), &ReduceLROnPlateau{Patience: 2, Factor: 0.5}, early, &BackupAndRestore{Path: path}, dieAfter(die)}})
		return m, early, hist.Epochs(), err
	}
	if _, _, _, err := run(5); !errors.Is(err, errKilled) { // two epochs without getting better
		t.Fatal(err)
	}
	m, early, epochs, err := run(-1)
	if err != nil || epochs != 6 || !early.Stopped {
		t.Errorf("error %v; training ended after %d epochs, want 6: the second was best, then four", err, epochs)
	}
	if got := weightsOf(t, m)[0]; got != afterEpoch(1) {
		t.Errorf("the weight is %v, want %v of the best epoch", got, afterEpoch(1))
	}
	if rate := m.LearningRate(); rate != 0.125 { // halved after two and four epochs
		t.Errorf("the learning rate is %v, want 0.125", rate)
	}
}
