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

// What callbacks see, in order: two epochs of two steps.
func TestEventsComeInOrder(t *testing.T) {
	var got []string
	names := map[EventKind]string{TrainBegin: "train begins", EpochBegin: "epoch begins", StepEnd: "step", EpochEnd: "epoch ends", TrainEnd: "train ends"}
	m := classifier()
	hist := mustFit(t, m, blobs(20), FitConfig{Epochs: 2, BatchSize: 10, Validation: blobs(5), Callbacks: []Callback{CallbackFunc(func(e *Event) error {
		got = append(got, fmt.Sprintf("%s %d/%d %d/%d %d logs, %d epochs", names[e.Kind], e.Epoch, e.Epochs, e.Step, e.Steps, len(e.Logs()), e.History.Epochs()))
		if e.Model != m {
			t.Error("another model")
		}
		if e.Kind == EpochEnd && e.Logs()["val_loss"] != e.History.Last("val_loss") {
			t.Error("other logs than in the history")
		}
		return nil
	})}})
	want := `train begins 0/2 0/2 0 logs, 0 epochs
epoch begins 0/2 0/2 0 logs, 0 epochs
step 0/2 1/2 2 logs, 0 epochs
step 0/2 2/2 2 logs, 0 epochs
epoch ends 0/2 2/2 4 logs, 1 epochs
epoch begins 1/2 2/2 0 logs, 1 epochs
step 1/2 1/2 2 logs, 1 epochs
step 1/2 2/2 2 logs, 1 epochs
epoch ends 1/2 2/2 4 logs, 2 epochs
train ends 1/2 2/2 0 logs, 2 epochs`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if hist.Epochs() != 2 {
		t.Errorf("%d epochs", hist.Epochs())
	}
}

func TestEpochFuncSeesEveryEpoch(t *testing.T) {
	var epochs []int
	var losses []float64
	hist := mustFit(t, classifier(), blobs(20), FitConfig{Epochs: 3, Callbacks: []Callback{EpochFunc(func(epoch int, logs map[string]float64) error {
		epochs, losses = append(epochs, epoch), append(losses, logs["loss"])
		return nil
	})}})
	if fmt.Sprint(epochs) != "[0 1 2]" || !equal(losses, hist.Values("loss")) {
		t.Errorf("epochs %v with losses %v; the history has %v", epochs, losses, hist.Values("loss"))
	}
}

// ModelCheckpoint saves when and what its settings say.
func TestModelCheckpointSettings(t *testing.T) {
	for _, c := range []struct {
		name       string
		checkpoint ModelCheckpoint
		values     []float64
		want       map[string]int // file: epoch whose weights it holds
	}{
		{"every epoch, the last remains", ModelCheckpoint{Path: "m"}, []float64{1, 2, 3}, map[string]int{"m": 2}},
		{"every epoch by name", ModelCheckpoint{Path: "m{epoch}"}, []float64{1, 2}, map[string]int{"m0001": 0, "m0002": 1}},
		{"every second", ModelCheckpoint{Path: "m{epoch}", Every: 2}, []float64{1, 2, 3, 4, 5}, map[string]int{"m0002": 1, "m0004": 3}},
		{"best", ModelCheckpoint{Path: "m", BestOnly: true}, []float64{3, 1, 2, 1}, map[string]int{"m": 1}},
		{"best is largest", ModelCheckpoint{Path: "m", BestOnly: true, Largest: true}, []float64{3, 1, 4, 1}, map[string]int{"m": 2}},
		{"all that were best", ModelCheckpoint{Path: "m{epoch}", BestOnly: true}, []float64{3, 4, 2, 1}, map[string]int{"m0001": 0, "m0003": 2, "m0004": 3}},
	} {
		dir := t.TempDir()
		c.checkpoint.Path = filepath.Join(dir, c.checkpoint.Path)
		m, data := falling(t)
		mustFit(t, m, data, FitConfig{Epochs: len(c.values), BatchSize: 4, Callbacks: []Callback{scripted(c.values...), &c.checkpoint}})
		if files := filesOf(t, dir); len(files) != len(c.want) {
			t.Errorf("%s: %d files, want %v", c.name, len(files), c.want)
		}
		for name, epoch := range c.want {
			saved, err := LoadFile(filepath.Join(dir, name), itsOutput{})
			if err != nil {
				t.Fatal(err)
			}
			if got := weightsOf(t, saved)[0]; got != afterEpoch(epoch) {
				t.Errorf("%s: %s holds the weight %v, want %v", c.name, name, got, afterEpoch(epoch))
			}
		}
	}
	for _, c := range []*ModelCheckpoint{{}, {Path: "m", Every: -1}} {
		if _, err := classifier().Fit(context.Background(), blobs(10), FitConfig{Callbacks: []Callback{c}}); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

// The learning rate after every epoch, counted by hand in Keras' way, and that
// steps are taken with it.
func TestReduceLROnPlateauSettings(t *testing.T) {
	flat := func(n int) []float64 { return make([]float64, n) }
	for _, c := range []struct {
		name   string
		reduce ReduceLROnPlateau
		values []float64
		want   string
	}{
		{"patience 1", ReduceLROnPlateau{Patience: 1, Factor: 0.5}, flat(4), "0.5 0.25 0.125 0.0625"},
		{"cooldown", ReduceLROnPlateau{Patience: 1, Factor: 0.5, Cooldown: 2}, flat(6), "0.5 0.25 0.25 0.125 0.125 0.0625"},
		{"lowest", ReduceLROnPlateau{Patience: 1, Factor: 0.5, MinRate: 0.2}, flat(4), "0.5 0.25 0.2 0.2"},
		{"better by too little", ReduceLROnPlateau{Patience: 1, Factor: 0.5, MinDelta: 1}, []float64{9, 8.5, 7, 6.5}, "0.5 0.25 0.25 0.125"},
		{"by default", ReduceLROnPlateau{}, flat(13), "0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.05 0.05 0.05"},
		{"largest", ReduceLROnPlateau{Patience: 1, Factor: 0.5, Largest: true}, []float64{1, 2, 1}, "0.5 0.5 0.25"},
	} {
		m, data := falling(t)
		var rates []string
		want, rate := 0.0, 0.5
		mustFit(t, m, data, FitConfig{Epochs: len(c.values), BatchSize: 4, Callbacks: []Callback{scripted(c.values...), &c.reduce,
			EpochFunc(func(int, map[string]float64) error {
				want -= rate // the epoch's step was taken with the rate before
				rate = m.LearningRate()
				rates = append(rates, fmt.Sprintf("%.4g", rate))
				return nil
			})}})
		if got := strings.Join(rates, " "); got != c.want {
			t.Errorf("%s: rates %s, want %s", c.name, got, c.want)
		}
		if got := weightsOf(t, m)[0]; got < want-1e-6 || got > want+1e-6 {
			t.Errorf("%s: the weight is %v, want %v", c.name, got, want)
		}
	}
	for _, r := range []*ReduceLROnPlateau{{Factor: 1}, {Factor: -0.5}, {Patience: -1}, {Cooldown: -1}, {MinRate: -1}, {MinDelta: -1}} {
		if _, err := classifier().Fit(context.Background(), blobs(10), FitConfig{Callbacks: []Callback{r}}); err == nil {
			t.Errorf("%+v: no error", r)
		}
	}
}
