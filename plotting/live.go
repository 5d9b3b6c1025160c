package plotting

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofromzero/fromzero/kernel"
)

// Live are training curves that grow while a model is trained. Hand EpochEnd
// to the training:
//
//	live := plotting.NewLive(5)
//	hist, err := m.Fit(ctx, train, dlkit.FitConfig{Epochs: 5,
//		Callbacks: []dlkit.Callback{dlkit.EpochFunc(live.EpochEnd)}})
//	live.Finish()
//
// In a notebook one element below the cell is updated, at most five times a
// second. Elsewhere nothing is shown until Finish or Save.
type Live struct {
	Curves

	mu       sync.Mutex
	planned  int
	id       string
	sent     time.Time // of the last update
	finished bool
	update   func(id string, b kernel.Bundle) error
	notebook bool
	now      func() time.Time
}

// pause is the least time between two updates of the page.
const pause = 200 * time.Millisecond

// NewLive makes curves for a training of the given number of epochs, so that
// the axis has its full length from the beginning. 0 stands for a number that
// is not known; the axis then grows.
func NewLive(epochs int) *Live {
	l := &Live{
		Curves: *newCurves(), planned: max(epochs, 0), id: kernel.UniqueID(),
		update: kernel.Update, notebook: kernel.InNotebook(), now: time.Now,
	}
	l.epochs = l.planned
	l.content = &chart{figure: &l.Figure, plot: &l.Curves, live: "live_" + l.id}
	return l
}

// EpochEnd takes in the values that an epoch ended with; epochs count from 0.
// With the last of the planned epochs it does what Finish does.
func (l *Live) EpochEnd(epoch int, logs map[string]float64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take(epoch, logs)
	l.finished = false
	if !l.notebook {
		return nil
	}
	if epoch+1 == l.planned {
		return l.finish()
	}
	if staticOnly() {
		return nil
	}
	if now := l.now(); now.Sub(l.sent) >= pause {
		l.sent = now
		return l.send()
	}
	return nil
}

// take files the values of an epoch. Epochs that were not reported are gaps.
func (l *Live) take(epoch int, logs map[string]float64) {
	if epoch < 0 {
		return
	}
	for _, name := range slices.SortedFunc(maps.Keys(logs), lossFirst) {
		values := l.values[name]
		for len(values) <= epoch {
			values = append(values, math.NaN())
		}
		values[epoch] = logs[name]
		l.set(name, values)
	}
}

// lossFirst sorts metrics as people read them: the loss, then by name, each
// with its validation value behind it.
func lossFirst(a, b string) int {
	key := func(name string) string {
		metric, isVal := strings.CutPrefix(name, validation)
		order := "1"
		if metric == "loss" {
			order = "0"
		}
		if isVal {
			return order + metric + " 1"
		}
		return order + metric + " 0"
	}
	return strings.Compare(key(a), key(b))
}

// send shows the curves so far, without the still picture.
func (l *Live) send() error {
	if !l.anyFinite() {
		return nil
	}
	html, err := l.content.element(nil)
	if err != nil {
		return err
	}
	return l.update(l.id, kernel.Bundle{HTML: html, Text: l.content.summary()})
}

// Finish shows the curves a last time, with the still picture that stays when
// the notebook is read elsewhere. Call it after a training that may have ended
// early; calling it again does nothing. Outside a notebook it does what Show
// does. Curves without any value are not shown.
func (l *Live) Finish() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.finished || !l.anyFinite() {
		return nil
	}
	return l.finish()
}

func (l *Live) finish() error {
	if err := l.ready(); err != nil {
		return err
	}
	l.finished = true
	if !l.notebook {
		return l.showFile()
	}
	libraryOut.Store(false) // this output replaces the ones before: it must carry the library
	b, err := l.bundle()
	if err != nil {
		return err
	}
	return l.update(l.id, b)
}
