package dlkit

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// A training that is killed ends, once it is started again often enough, with
// the bits of one that was not: model, optimizer, history, files. The program
// that is killed is this test itself, started anew with a folder and the name of
// a training in its environment.

const (
	killFolder   = "DLKIT_KILL_FOLDER"
	killTraining = "DLKIT_KILL_TRAINING"
	killTimes    = "DLKIT_KILLS" // kills of each training; 5 if not set
)

// killTrainings carry from step to step and from epoch to epoch all there is.
var killTrainings = map[string]func(folder string) (*Model, CompileConfig, tensor.Dataset, FitConfig){
	"schedule": func(folder string) (*Model, CompileConfig, tensor.Dataset, FitConfig) {
		m := Sequential(tensor.Shape{6, 6, 1}, RandomFlip(Horizontal), RandomCrop(6, Margin(1)), Conv2D(8, 3, ReLU), BatchNormalization(),
			Flatten(), Dropout(0.2), Dense(400, ReLU), Dense(3, Softmax))
		return m, CompileConfig{Seed: 7}, randomData(96, 3, 6, 6, 1),
			FitConfig{Epochs: 4, BatchSize: 8, ValidationSplit: 0.25, Schedule: OneCycle{}, Callbacks: []Callback{
				&EarlyStopping{Patience: 5},
				&ModelCheckpoint{Path: filepath.Join(folder, "best.dlkit"), BestOnly: true},
				&CSVLogger{Path: filepath.Join(folder, "log.csv")}}}
	},
	"plateau": func(folder string) (*Model, CompileConfig, tensor.Dataset, FitConfig) {
		m := Sequential(tensor.Shape{8}, Dense(64, Tanh), GaussianNoise(0.1), Dropout(0.2), Dense(3, Softmax))
		data := inOrder{randomData(72, 3, 8)}
		return m, CompileConfig{Seed: 8, Optimizer: SGD{LearningRate: 0.1, Momentum: 0.9}, Accumulate: 2, EMA: 0.9, Clip: Clip{GlobalNorm: 1}}, data,
			FitConfig{Epochs: 6, BatchSize: 8, Validation: randomData(20, 3, 8), Callbacks: []Callback{
				&ReduceLROnPlateau{Patience: 1, Factor: 0.5, MinDelta: 0.02},
				&ModelCheckpoint{Path: filepath.Join(folder, "epoch-{epoch}.dlkit"), Every: 2},
				&CSVLogger{Path: filepath.Join(folder, "log.csv")},
				&EarlyStopping{Patience: 3}}}
	},
	"text": func(folder string) (*Model, CompileConfig, tensor.Dataset, FitConfig) {
		m := Sequential(tensor.Shape{12}, Embedding(30, 8), LSTM(16, RecurrentDropout(0.1)), Dropout(0.2), Dense(3, Softmax))
		numbers := randomData(72, 3, 12)
		words := make([]int32, 72*12)
		for i, v := range tensor.Values[float32](numbers.All().X()) {
			words[i] = int32(30 * v)
		}
		data := tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(words, 72, 12)), numbers.All().Y()))
		return m, CompileConfig{Seed: 9}, data, FitConfig{Epochs: 5, BatchSize: 8, Callbacks: []Callback{
			&EarlyStopping{Patience: 2}, &CSVLogger{Path: filepath.Join(folder, "log.csv")}}}
	},
}

// inOrder hides that rows can be read in any order.
type inOrder struct{ tensor.Dataset }

// TestTrainingToBeKilled is the program that is killed.
func TestTrainingToBeKilled(t *testing.T) {
	folder := os.Getenv(killFolder)
	if folder == "" {
		return // not started by TestKilledTraining
	}
	m, compile, data, fit := killTrainings[os.Getenv(killTraining)](folder)
	compile.Backend = "go"
	if err := m.Compile(compile); err != nil {
		t.Fatal(err)
	}
	// Every moment is told before it begins; EverySteps 3 of 9 saves in the
	// middle of an epoch, and right at its end.
	moments := CallbackFunc(func(e *Event) error {
		if e.Kind == EpochEnd || (e.Kind == StepEnd && e.Step%3 == 0) {
			fmt.Println("moment: saving")
		} else {
			fmt.Println("moment: training")
		}
		return nil
	})
	fit.Callbacks = append([]Callback{&BackupAndRestore{Path: filepath.Join(folder, "backup"), EverySteps: 3}}, append(fit.Callbacks, moments)...)
	hist, err := m.Fit(context.Background(), data, fit)
	if err != nil {
		t.Fatal(err)
	}
	var result strings.Builder
	for _, n := range hist.Names() {
		fmt.Fprintf(&result, "%s %x\n", n, hist.Values(n))
	}
	fmt.Fprintf(&result, "rate %x\n", m.LearningRate())
	if err := m.SaveFile(filepath.Join(folder, "model.dlkit")); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(folder, "result"), []byte(result.String())); err != nil {
		t.Fatal(err)
	}
	fmt.Println("moment: finished")
}

// killAt starts the training and kills it a little after the n-th moment, which
// it returns; it returns "finished" if the training ended before.
func killAt(t *testing.T, training, folder string, n int, wait time.Duration) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestTrainingToBeKilled$")
	cmd.Env = append(os.Environ(), killFolder+"="+folder, killTraining+"="+training)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last, seen := "starting", 0
	var all strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&all, lines.Text())
		moment, is := strings.CutPrefix(lines.Text(), "moment: ")
		if !is {
			continue
		}
		last, seen = moment, seen+1
		if seen == n {
			for start := time.Now(); time.Since(start) < wait; {
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Log(err) // it was faster
			}
		}
	}
	if err := cmd.Wait(); last == "finished" || (err != nil && seen >= n && n > 0) {
		return last
	}
	t.Fatalf("the training failed:\n%s%s", all.String(), stderr.String())
	return ""
}

// filesOf are the files of a folder by name.
func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

func TestKilledTraining(t *testing.T) {
	kills := 5
	if n, err := strconv.Atoi(os.Getenv(killTimes)); err == nil {
		kills = n
	}
	for training := range killTrainings {
		t.Run(training, func(t *testing.T) {
			whole, cut := t.TempDir(), t.TempDir()
			if last := killAt(t, training, whole, 0, 0); last != "finished" {
				t.Fatalf("the whole training ended while %s", last)
			}
			seed := rand.Uint64()
			t.Logf("seed of the moments: %d", seed)
			rng := rand.New(rand.NewPCG(seed, 1))
			for range kills {
				n := 1 + rng.IntN(10) // few enough that the training is not over too soon
				wait := time.Duration(rng.IntN(3000)) * time.Microsecond
				last := killAt(t, training, cut, n, wait)
				parts, err := filepath.Glob(filepath.Join(cut, "*.part"))
				t.Logf("killed %v after moment %d, while %s; files in the middle of being written: %d (%v)", wait, n, last, len(parts), err)
				if last == "finished" {
					break
				}
			}
			if _, err := os.Stat(filepath.Join(cut, "result")); err != nil {
				if last := killAt(t, training, cut, 0, 0); last != "finished" {
					t.Fatalf("the last run ended while %s", last)
				}
			}
			want, got := filesOf(t, whole), filesOf(t, cut)
			for name, data := range want {
				if got[name] != data {
					t.Errorf("%s differs from that of the training that was not killed", name)
				}
				delete(got, name)
			}
			for name := range got {
				if !strings.HasSuffix(name, ".part") { // of a checkpoint whose name no later run writes
					t.Errorf("%s is there only after the killed training", name)
				}
			}
			if want["result"] == "" || want["log.csv"] == "" {
				t.Error("the training left no result, so the test shows nothing")
			}
			if t.Failed() {
				t.Logf("whole:\n%s\nkilled:\n%s", want["result"], got["result"])
			}
		})
	}
}
