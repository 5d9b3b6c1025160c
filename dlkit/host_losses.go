package dlkit

import "math"

// hostLoss is a loss that the host computes an example at a time, from what goes
// into the model's last activation.
type hostLoss struct {
	// last is that activation.
	last Activation
	// classes tells that targets are class numbers.
	classes bool
	// of gives the loss of an example with outputs x, and in dx the gradient by
	// them.
	of func(x, dx []float32, target hostTarget) float64
}

// hostMetric is what the host measures of an example, from the same.
type hostMetric func(x []float32, target hostTarget) float64

// hostTarget is the target of an example: a class, or as many numbers as there are
// outputs, in one of the slices.
type hostTarget struct {
	class  int
	floats []float32
	whole  []int32
}

// at is the k-th number.
func (t hostTarget) at(k int) float64 {
	if t.floats != nil {
		return float64(t.floats[k])
	}
	return float64(t.whole[k])
}

// hostLossOf is a loss as the host computes it, nil if it does not.
func hostLossOf(loss Loss) *hostLoss {
	through := func(act Activation, fromLogits bool) Activation {
		if fromLogits {
			return Linear
		}
		return act
	}
	switch l := loss.(type) {
	case SparseCategoricalCrossEntropy:
		if l.LabelSmoothing == 0 && l.IgnoreClass == nil {
			return &hostLoss{through(Softmax, l.FromLogits), true, softmaxLoss}
		}
	case BinaryCrossEntropy:
		if l.LabelSmoothing == 0 {
			return &hostLoss{through(Sigmoid, l.FromLogits), false, sigmoidLoss}
		}
	case MeanSquaredError:
		return &hostLoss{Linear, false, squaredLoss}
	}
	return nil
}

// hostMetricOf is a metric beside that loss as the host measures it, nil if it does
// not.
func hostMetricOf(m measured, loss *hostLoss) hostMetric {
	if m.weighted {
		return nil
	}
	switch metric := m.metric.(type) {
	case SparseCategoricalAccuracy:
		if loss.classes && metric.IgnoreClass == nil {
			return rightClass
		}
	case BinaryAccuracy:
		if !loss.classes && (loss.last == Sigmoid || m.link == Sigmoid) && metric.Threshold == 0 {
			return rightAnswers
		}
	case MeanAbsoluteError:
		if !loss.classes && loss.last == Linear && m.link == Linear {
			return meanDistance
		}
	case MeanSquaredError:
		if !loss.classes && loss.last == Linear && m.link == Linear {
			return func(x []float32, target hostTarget) float64 { return squaredLoss(x, nil, target) }
		}
	}
	return nil
}

// softmaxLoss is −log(softmax(x)) of the true class.
func softmaxLoss(x, dx []float32, target hostTarget) float64 {
	most, sum := x[largestOf(x)], 0.0
	for k, v := range x {
		e := math.Exp(float64(v - most))
		dx[k] = float32(e)
		sum += e
	}
	for k := range dx {
		dx[k] = float32(float64(dx[k]) / sum)
	}
	dx[target.class]--
	return math.Log(sum) - float64(x[target.class]-most)
}

// largestOf is the place of the largest number, the first of several.
func largestOf(x []float32) int {
	best := 0
	for k, v := range x {
		if v > x[best] {
			best = k
		}
	}
	return best
}

func rightClass(x []float32, target hostTarget) float64 {
	if largestOf(x) == target.class {
		return 1
	}
	return 0
}

// sigmoidLoss is the mean of −t·log(p) − (1−t)·log(1−p), where p is sigmoid(x).
func sigmoidLoss(x, dx []float32, target hostTarget) float64 {
	sum, n := 0.0, float64(len(x))
	for k, v := range x {
		x, t := float64(v), target.at(k)
		e := math.Exp(-math.Abs(x))
		p := 1 / (1 + e)
		if x < 0 {
			p = e / (1 + e)
		}
		sum += max(x, 0) - x*t + math.Log1p(e)
		dx[k] = float32((p - t) / n)
	}
	return sum / n
}

// rightAnswers is the share of right answers yes or no.
func rightAnswers(x []float32, target hostTarget) float64 {
	right := 0
	for k, v := range x {
		if (v > 0) == (target.at(k) > 0.5) {
			right++
		}
	}
	return float64(right) / float64(len(x))
}

// squaredLoss is the mean of (x − t)². dx may be nil.
func squaredLoss(x, dx []float32, target hostTarget) float64 {
	sum, n := 0.0, float64(len(x))
	for k, v := range x {
		d := float64(v) - target.at(k)
		sum += d * d
		if dx != nil {
			dx[k] = float32(2 * d / n)
		}
	}
	return sum / n
}

// meanDistance is the mean of |x − t|.
func meanDistance(x []float32, target hostTarget) float64 {
	sum := 0.0
	for k, v := range x {
		sum += math.Abs(float64(v) - target.at(k))
	}
	return sum / float64(len(x))
}
