package plotting

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/kernel"
)

// watched is a Live whose page and clock are the test's.
func watched(epochs int) (l *Live, sent *[]kernel.Bundle, clock *time.Time) {
	sent, clock = &[]kernel.Bundle{}, new(time.Time)
	*clock = time.Unix(1000, 0)
	l = NewLive(epochs)
	l.notebook = true
	l.now = func() time.Time { return *clock }
	l.update = func(id string, b kernel.Bundle) error {
		*sent = append(*sent, b)
		return nil
	}
	return l, sent, clock
}

func TestLiveUpdatesAtMostFiveTimesASecond(t *testing.T) {
	l, sent, clock := watched(0)
	for e := range 100 {
		if err := l.EpochEnd(e, map[string]float64{"loss": 1 / float64(e+1)}); err != nil {
			t.Fatal(err)
		}
		*clock = clock.Add(10 * time.Millisecond)
	}
	if n := len(*sent); n != 5 {
		t.Errorf("%d updates in a second; want 5", n)
	}
	for _, b := range *sent {
		if len(b.PNG) > 0 {
			t.Error("an update waits for a still picture")
		}
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	last := (*sent)[len(*sent)-1]
	if len(last.PNG) == 0 || !strings.Contains(last.HTML, "DecompressionStream") || !strings.Contains(last.Text, "100") {
		t.Error("the last update lacks the still picture, the library or the last epoch")
	}
	if err := l.Finish(); err != nil || len(*sent) != 6 {
		t.Errorf("a second Finish: error %v, %d updates", err, len(*sent))
	}
}

func TestLiveFinishesByItself(t *testing.T) {
	l, sent, _ := watched(2)
	for e := range 2 {
		if err := l.EpochEnd(e, map[string]float64{"loss": 1, "val_loss": 2, "accuracy": 0.5}); err != nil {
			t.Fatal(err)
		}
	}
	if len(*sent) != 2 || len((*sent)[1].PNG) == 0 {
		t.Errorf("%d updates; want one and one with a picture", len(*sent))
	}
	if got := strings.Join(l.names, " "); got != "loss val_loss accuracy" && got != "accuracy loss val_loss" {
		t.Errorf("metrics in the order %s", got)
	}
}

func TestLiveInStaticModeSendsOnePicture(t *testing.T) {
	t.Setenv("FROMZERO_STATIC", "1")
	l, sent, clock := watched(3)
	for e := range 3 {
		if err := l.EpochEnd(e, map[string]float64{"loss": 1}); err != nil {
			t.Fatal(err)
		}
		*clock = clock.Add(time.Second)
	}
	if len(*sent) != 1 || (*sent)[0].HTML != "" || len((*sent)[0].PNG) == 0 {
		t.Errorf("static mode sent %d updates, HTML of %d bytes", len(*sent), len((*sent)[0].HTML))
	}
}

func TestLiveIsQuietOutsideANotebook(t *testing.T) {
	t.Chdir(t.TempDir())
	l, sent, _ := watched(1)
	l.notebook = false
	if err := l.EpochEnd(0, map[string]float64{"loss": math.NaN()}); err != nil {
		t.Fatal(err)
	}
	if err := l.Finish(); err != nil || len(*sent) != 0 {
		t.Errorf("curves without a value: error %v, %d updates", err, len(*sent))
	}
	if err := l.EpochEnd(1, map[string]float64{"loss": 1}); err != nil {
		t.Fatal(err)
	}
	if err := l.Save("curves.png"); err != nil {
		t.Error(err)
	}
}
