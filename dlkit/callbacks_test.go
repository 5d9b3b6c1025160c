package dlkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// scripted makes the monitored value of every epoch, instead of the measured
// one: it stands before the callback under test.
func scripted(values ...float64) Callback {
	return CallbackFunc(func(e *Event) error {
		if e.Kind == EpochEnd {
			e.names, e.values = []string{"val_loss"}, []float64{values[e.Epoch]}
		}
		return nil
	})
}

// weightsByEpoch records the weights after every epoch.
func weightsByEpoch(t *testing.T, into *[][]float64) Callback {
	return CallbackFunc(func(e *Event) error {
		if e.Kind == EpochEnd {
			*into = append(*into, weightsOf(t, e.Model))
		}
		return nil
	})
}

func TestEarlyStoppingRestoresTheBestEpoch(t *testing.T) {
	var weights [][]float64
	stop := &EarlyStopping{Patience: 1}
	m := classifier()
	hist := mustFit(t, m, blobs(30), FitConfig{Epochs: 9, Callbacks: []Callback{
		weightsByEpoch(t, &weights), scripted(3, 1, 2, 2.5, 0.1, 0, 0, 0, 0), stop}})
	if hist.Epochs() != 4 || !stop.Stopped {
		t.Errorf("%d epochs, want 4: the best is epoch 1, then two without getting better", hist.Epochs())
	}
	if e, v := stop.BestEpoch(); e != 1 || v != 1 {
		t.Errorf("best epoch %d with %v, want 1 with 1", e, v)
	}
	if !equal(weightsOf(t, m), weights[1]) {
		t.Error("the model does not have the weights of epoch 1")
	}
}

func TestEarlyStoppingRestoresHoweverTrainingEnds(t *testing.T) {
	for name, end := range map[string]func(cancel func()) error{
		"all epochs":  func(func()) error { return nil },
		"interrupted": func(cancel func()) error { cancel(); return nil },
		"failed":      func(func()) error { return errors.New("boom") },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var weights [][]float64
		m := classifier()
		_, _ = m.Fit(ctx, blobs(30), FitConfig{Epochs: 3, Callbacks: []Callback{
			weightsByEpoch(t, &weights), scripted(1, 2, 3), &EarlyStopping{Patience: 5},
			EpochFunc(func(epoch int, _ map[string]float64) error {
				if epoch == 2 {
					return end(cancel)
				}
				return nil
			})}})
		cancel()
		if !equal(weightsOf(t, m), weights[0]) {
			t.Errorf("%s: the model does not have the weights of the best epoch", name)
		}
	}
	var weights [][]float64
	m := classifier()
	mustFit(t, m, blobs(30), FitConfig{Epochs: 3, Callbacks: []Callback{
		weightsByEpoch(t, &weights), scripted(1, 2, 3), &EarlyStopping{Patience: 5, KeepLast: true}}})
	if !equal(weightsOf(t, m), weights[2]) {
		t.Error("KeepLast does not keep the last weights")
	}
}

func TestMonitoredNames(t *testing.T) {
	_, err := classifier().Fit(context.Background(), blobs(30), FitConfig{Callbacks: []Callback{&EarlyStopping{Monitor: "val_accuracy"}}})
	for _, word := range []string{"val_accuracy", "loss, accuracy", "ValidationSplit"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error %v does not say %q", err, word)
		}
	}
	if !betterLarge("val_accuracy") || betterLarge("val_loss") {
		t.Error("the way that is better is mistaken")
	}
}

func TestModelCheckpoint(t *testing.T) {
	dir := t.TempDir()
	var weights [][]float64
	mustFit(t, classifier(), blobs(30), FitConfig{Epochs: 4, Callbacks: []Callback{
		weightsByEpoch(t, &weights), scripted(3, 1, 2, 0.5),
		&ModelCheckpoint{Path: filepath.Join(dir, "all-{epoch}.dlkit"), Every: 2},
		&ModelCheckpoint{Path: filepath.Join(dir, "best.dlkit"), BestOnly: true}}})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("files %v, want all-0002, all-0004 and best", files)
	}
	for name, epoch := range map[string]int{"all-0002.dlkit": 1, "all-0004.dlkit": 3, "best.dlkit": 3} {
		m, err := LoadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !equal(weightsOf(t, m), weights[epoch]) {
			t.Errorf("%s does not hold the weights of epoch %d", name, epoch)
		}
	}
}

func TestReduceLROnPlateau(t *testing.T) {
	var rates []string
	m := classifier()
	mustFit(t, m, blobs(30), FitConfig{Epochs: 7, Callbacks: []Callback{
		scripted(1, 1, 1, 0.5, 0.5, 0.5, 0.5), &ReduceLROnPlateau{Factor: 0.5, Patience: 2, MinRate: 4e-4},
		EpochFunc(func(int, map[string]float64) error {
			rates = append(rates, fmt.Sprintf("%.4f", m.LearningRate()))
			return nil
		})}})
	if got := strings.Join(rates, " "); got != "0.0010 0.0010 0.0005 0.0005 0.0005 0.0004 0.0004" {
		t.Errorf("rates %s", got)
	}
	_, err := m.Fit(context.Background(), blobs(30), FitConfig{Schedule: CosineDecay{}, Callbacks: []Callback{&ReduceLROnPlateau{}}})
	if err == nil || !strings.Contains(err.Error(), "Schedule") {
		t.Errorf("with a schedule: error %v", err)
	}
}

func TestCSVLogger(t *testing.T) {
	var b bytes.Buffer
	mustFit(t, classifier(), blobs(30), FitConfig{Epochs: 2, Callbacks: []Callback{scripted(0.5, 0.25), &CSVLogger{Writer: &b}}})
	if got := b.String(); got != "epoch,val_loss\n1,0.5\n2,0.25\n" {
		t.Errorf("wrote %q", got)
	}
}

// killed is the error of a training that dies.
var errKilled = errors.New("killed")

// A training that is cut off at any step, and called again from a new program,
// ends with the weights of one that was not.
func TestBackupGoesOnAsIfNothingHappened(t *testing.T) {
	config := func(path string, die int) FitConfig {
		steps := 0
		return FitConfig{Epochs: 6, BatchSize: 8, ValidationSplit: 0.2, Callbacks: []Callback{
			&ReduceLROnPlateau{Patience: 1, Factor: 0.5, MinDelta: 0.05},
			&EarlyStopping{Patience: 10},
			&BackupAndRestore{Path: path},
			CallbackFunc(func(e *Event) error {
				if e.Kind == StepEnd {
					if steps++; steps == die {
						return errKilled
					}
				}
				return nil
			})}}
	}
	fresh := func() *Model {
		m := classifier()
		if err := m.Compile(CompileConfig{Seed: 5, Optimizer: Adam{LearningRate: 0.02}}); err != nil {
			t.Fatal(err)
		}
		return m
	}
	dir := t.TempDir()
	whole := fresh()
	want := mustFit(t, whole, blobs(60), config(filepath.Join(dir, "whole"), -1))
	for _, die := range []int{1, 6, 7, 11, 12, 13, 20, 29, 31, 36} {
		path := filepath.Join(dir, fmt.Sprint("cut", die))
		if _, err := fresh().Fit(context.Background(), blobs(60), config(path, die)); !errors.Is(err, errKilled) {
			t.Fatalf("cut at step %d: error %v", die, err)
		}
		again := fresh()
		c := config(path, -1)
		hist := mustFit(t, again, blobs(60), c)
		if hist.Epochs() != want.Epochs() || fmt.Sprint(hist.Values("val_loss")) != fmt.Sprint(want.Values("val_loss")) {
			t.Errorf("cut at step %d: the history differs:\n%s\n%s", die, hist, want)
		}
		if !equal(weightsOf(t, again), weightsOf(t, whole)) {
			t.Errorf("cut at step %d: the weights differ", die)
		}
		if resumed := c.Callbacks[2].(*BackupAndRestore).Resumed(); resumed != (die > 6) {
			t.Errorf("cut at step %d: resumed is %v", die, resumed)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("cut at step %d: the backup is still there: %v", die, err)
		}
	}
}

func TestBackupOfAnotherModelIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup")
	boom := CallbackFunc(func(e *Event) error {
		if e.Kind == EpochBegin && e.Epoch == 1 {
			return errKilled
		}
		return nil
	})
	_, err := classifier().Fit(context.Background(), blobs(30), FitConfig{Epochs: 2, Callbacks: []Callback{&BackupAndRestore{Path: path}, boom}})
	if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	other := Sequential(tensor.Shape{2}, Dense(3, Softmax))
	_, err = other.Fit(context.Background(), blobs(30), FitConfig{Epochs: 2, Callbacks: []Callback{&BackupAndRestore{Path: path}}})
	if err == nil || !strings.Contains(err.Error(), "another model") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(path, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = classifier().Fit(context.Background(), blobs(30), FitConfig{Callbacks: []Callback{&BackupAndRestore{Path: path}}})
	if err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("error %v", err)
	}
}

func TestDivergedTrainingKeepsSoundWeights(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(8, ReLU), Dense(1))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 1e6}}); err != nil {
		t.Fatal(err)
	}
	data := randomData(64, 2, 2)
	_, err := m.Fit(context.Background(), data, FitConfig{Epochs: 50, BatchSize: 8})
	if !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "learning rate") {
		t.Fatalf("error %v", err)
	}
	for _, w := range weightsOf(t, m) {
		if w != w {
			t.Fatal("the model has a weight that is not a number")
		}
	}
}
