package dlkit

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// refSchedule is a case of schedules.json.
type refSchedule struct {
	Name, Class string
	Config      map[string]any
	Rates       []float64 `json:"learning_rates"`
}

func (c refSchedule) number(name string) float64 { v, _ := c.Config[name].(float64); return v }

func TestSchedulesAgreeWithKeras(t *testing.T) {
	compared := 0
	for _, c := range readReference[refSchedule](t, "schedules.json") {
		base, steps, first := c.number("initial_learning_rate"), int(c.number("decay_steps")), 0
		var s Schedule
		switch {
		case c.Class == "ExponentialDecay" && c.Config["staircase"] == true:
			s = StepDecay{Every: steps, Factor: c.number("decay_rate")}
		case c.Class == "ExponentialDecay":
			s = ExponentialDecay{Every: steps, Factor: c.number("decay_rate")}
		case c.Class == "CosineDecay" && c.Config["warmup_steps"] != nil:
			// dlkit's first rate is not 0, which would be a step for nothing
			first = int(c.number("warmup_steps"))
			base, steps = c.number("warmup_target"), steps+first
			s = CosineDecay{Warmup: float64(first) / float64(steps)}
		case c.Class == "CosineDecay":
			s = CosineDecay{Final: c.number("alpha")}
		default:
			continue // dlkit has no such schedule
		}
		compared++
		for step := first; step < len(c.Rates); step++ {
			if got := s.Rate(base, step, steps); math.Abs(got-c.Rates[step]) > 1e-9 {
				t.Errorf("%s: the rate of step %d is %v, want %v", c.Name, step, got, c.Rates[step])
			}
		}
	}
	if compared != 4 {
		t.Errorf("%d schedules were compared, want 4", compared)
	}
}

// The rates at the ends of a phase, and in its middle.
func TestScheduleShapes(t *testing.T) {
	for _, c := range []struct {
		name     string
		schedule Schedule
		step     int
		want     float64
	}{
		{"warm-up begins above 0", CosineDecay{Warmup: 0.1}, 0, 2.0 / 11},
		{"warm-up", CosineDecay{Warmup: 0.1}, 5, 2 * 6.0 / 11},
		{"warm-up is over", CosineDecay{Warmup: 0.1}, 10, 2},
		{"half of the decay", CosineDecay{Warmup: 0.1, Final: 0.5}, 55, 1.5},
		{"beyond the end", CosineDecay{Final: 0.5}, 500, 1},
		{"one cycle begins", OneCycle{}, 0, 2.0 / 25},
		{"one cycle, half way up", OneCycle{}, 15, (2 + 2.0/25) / 2},
		{"one cycle at its highest", OneCycle{}, 30, 2},
		{"one cycle, half way down", OneCycle{}, 65, (2 + 2.0/25e4) / 2},
		{"one cycle is over", OneCycle{}, 100, 2.0 / 25e4},
		{"one cycle of other settings", OneCycle{Warmup: 0.5, Divide: 10}, 0, 0.2},
		{"one cycle of other settings, highest", OneCycle{Warmup: 0.5, Divide: 10}, 50, 2},
		{"step decay by default", StepDecay{}, 999, 2},
		{"step decay by default, later", StepDecay{}, 2000, 0.5},
		{"exponential decay by default", ExponentialDecay{}, 1000, 1.8},
		{"exponential decay by default, half way", ExponentialDecay{}, 500, 2 * math.Sqrt(0.9)},
	} {
		if got := c.schedule.Rate(2, c.step, 100); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v has the rate %v at step %d of 100, want %v", c.name, c.schedule, got, c.step, c.want)
		}
	}
}

// Fit steps by the schedule's rates: with a loss whose slope is 1, the weight
// falls by just as much.
func TestFitFollowsTheSchedule(t *testing.T) {
	for _, s := range []Schedule{CosineDecay{}, CosineDecay{Warmup: 0.5, Final: 0.1}, StepDecay{Every: 2}, ExponentialDecay{Every: 3, Factor: 0.5}, OneCycle{}} {
		m, data := falling(t)
		want := 0.0
		mustFit(t, m, data, FitConfig{Epochs: 3, BatchSize: 1, Schedule: s, Callbacks: []Callback{CallbackFunc(func(e *Event) error {
			if e.Kind != StepEnd {
				return nil
			}
			rate := s.Rate(0.5, e.Epoch*4+e.Step-1, 12)
			if m.LearningRate() != rate {
				t.Errorf("%T: the rate of epoch %d, step %d is %v, want %v", s, e.Epoch, e.Step, m.LearningRate(), rate)
			}
			want -= rate
			if got := weightsOf(t, m)[0]; math.Abs(got-want) > 1e-6 {
				t.Errorf("%T: the weight is %v after epoch %d, step %d, want %v", s, got, e.Epoch, e.Step, want)
			}
			return nil
		})}})
		if want == 0 {
			t.Errorf("%T: no step was seen", s)
		}
	}
}

func TestScheduleMisuse(t *testing.T) {
	for _, c := range []struct {
		schedule Schedule
		want     []string
	}{
		{CosineDecay{Warmup: 1}, []string{"CosineDecay.Warmup", "1"}},
		{CosineDecay{Final: 2}, []string{"CosineDecay.Final is 2"}},
		{StepDecay{Every: -1}, []string{"StepDecay", "-1"}},
		{ExponentialDecay{Factor: -0.5}, []string{"-0.5"}},
		{OneCycle{Divide: -1}, []string{"OneCycle.Divide is -1"}},
		{OneCycle{Warmup: 1.5}, []string{"OneCycle.Warmup", "1.5"}},
	} {
		_, err := classifier().Fit(context.Background(), blobs(20), FitConfig{Schedule: c.schedule})
		for _, w := range c.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%T: error %v does not say %q", c.schedule, err, w)
			}
		}
	}
	unknown := CosineDecay{}
	if err := checkSchedule(unknown, -1); err == nil || !strings.Contains(fmt.Sprint(err), "does not know its length") {
		t.Errorf("data of unknown length: error %v", err)
	}
}
