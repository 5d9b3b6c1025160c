package dlkit

import (
	"fmt"
	"math"
)

// Schedule changes the learning rate from step to step while Fit runs. It is
// given to FitConfig; the zero value of each schedule is a good default.
type Schedule interface {
	// Rate is the learning rate of a step, which counts from 0, out of steps
	// in the whole of Fit; base is the optimizer's own rate. steps is -1 where
	// the data does not know its length.
	Rate(base float64, step, steps int) float64
}

// CosineDecay lowers the rate along half a cosine from base to Final·base at
// the last step, after Warmup of the steps have raised it from 0. Large steps
// find the way, small ones settle. Loshchilov & Hutter, 2016.
type CosineDecay struct {
	// Warmup, in [0, 1), is the share of the steps that raise the rate.
	Warmup float64
	// Final, in [0, 1], is the last rate as a share of base.
	Final float64
}

// Rate implements Schedule.
func (c CosineDecay) Rate(base float64, step, steps int) float64 {
	warm := c.Warmup * float64(steps)
	if s := float64(step); s < warm {
		return base * (s + 1) / (warm + 1)
	}
	done := (float64(step) - warm) / math.Max(float64(steps)-warm, 1)
	return base * (c.Final + (1-c.Final)*0.5*(1+math.Cos(math.Pi*math.Min(done, 1))))
}

// Check returns an error for settings that cannot work.
func (c CosineDecay) Check() error {
	if err := checkRange("CosineDecay.Warmup", c.Warmup, 0, 1); err != nil {
		return err
	}
	if !(c.Final >= 0 && c.Final <= 1) {
		return fmt.Errorf("dlkit: CosineDecay.Final is %v; it is a share of the rate and must lie between 0 and 1", c.Final)
	}
	return nil
}

// needsLength reports that the schedule cannot do without the number of steps.
func (CosineDecay) needsLength() {}

// StepDecay multiplies the rate by Factor after every Every steps.
type StepDecay struct {
	// Every is the number of steps between changes; 1000 if zero.
	Every int
	// Factor, above 0, is 0.5 if zero.
	Factor float64
}

// Rate implements Schedule.
func (s StepDecay) Rate(base float64, step, _ int) float64 {
	every := s.Every
	if every == 0 {
		every = 1000
	}
	return base * math.Pow(orDefault(s.Factor, 0.5), float64(step/every))
}

// Check returns an error for settings that cannot work.
func (s StepDecay) Check() error {
	if s.Every < 0 || s.Factor < 0 {
		return fmt.Errorf("dlkit: StepDecay{Every: %d, Factor: %v}; both must be above 0", s.Every, s.Factor)
	}
	return nil
}

// ExponentialDecay multiplies the rate by Factor over every Every steps, a
// little at each: base·Factor^(step/Every).
type ExponentialDecay struct {
	// Every is the number of steps over which the rate falls by Factor; 1000
	// if zero.
	Every int
	// Factor, above 0, is 0.9 if zero.
	Factor float64
}

// Rate implements Schedule.
func (e ExponentialDecay) Rate(base float64, step, _ int) float64 {
	every := orDefault(float64(e.Every), 1000)
	return base * math.Pow(orDefault(e.Factor, 0.9), float64(step)/every)
}

// Check returns an error for settings that cannot work.
func (e ExponentialDecay) Check() error { return StepDecay(e).Check() }

// OneCycle raises the rate from base/Divide to base over the first Warmup of
// the steps and lowers it to nearly nothing over the rest, both along half a
// cosine. The optimizer's rate is the highest one. Smith, 2018.
type OneCycle struct {
	// Warmup, in [0, 1), is the share of the steps that raise the rate; 0.3 if
	// zero.
	Warmup float64
	// Divide is by how much the first rate is smaller than the highest; 25 if
	// zero.
	Divide float64
}

// Rate implements Schedule.
func (o OneCycle) Rate(base float64, step, steps int) float64 {
	first := base / orDefault(o.Divide, 25)
	warm := orDefault(o.Warmup, 0.3) * float64(steps)
	between := func(from, to, done float64) float64 {
		return to + (from-to)*0.5*(1+math.Cos(math.Pi*math.Min(done, 1)))
	}
	if s := float64(step); s < warm {
		return between(first, base, s/warm)
	}
	return between(base, first/1e4, (float64(step)-warm)/math.Max(float64(steps)-warm, 1))
}

// Check returns an error for settings that cannot work.
func (o OneCycle) Check() error {
	if o.Divide < 0 {
		return fmt.Errorf("dlkit: OneCycle.Divide is %v; it must be above 0", o.Divide)
	}
	return checkRange("OneCycle.Warmup", o.Warmup, 0, 1)
}

// needsLength reports that the schedule cannot do without the number of steps.
func (OneCycle) needsLength() {}

// checkSchedule returns an error for a schedule that cannot work on data of
// the given number of steps per epoch.
func checkSchedule(s Schedule, steps int) error {
	if c, ok := s.(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return err
		}
	}
	if _, needs := s.(interface{ needsLength() }); needs && steps < 0 {
		return fmt.Errorf("dlkit: %s needs to know the number of steps, and the data does not know its length; use StepDecay or ExponentialDecay", className(s))
	}
	return nil
}
