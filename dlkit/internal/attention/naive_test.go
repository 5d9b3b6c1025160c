package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// naive is attention by its definition, in float64, to test against.
type naive struct {
	Config
	seed    uint64
	in      [3][]float32
	weights Weights
	masks   Masks
	exact   []float64 // instead of what is in in, for attention of a sequence to itself
}

// input is number i of input k.
func (n *naive) input(k, i int) float64 {
	if n.exact != nil {
		return n.exact[i]
	}
	return float64(n.in[k][i])
}

// random are n numbers within ±scale.
func random(rng *rand.Rand, n int, scale float32) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = scale * (2*rng.Float32() - 1)
	}
	return out
}

// randomMask is a mask that leaves out about a third.
func randomMask(rng *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(min(1, rng.IntN(3)))
	}
	return out
}

// newNaive draws an attention to run. kinds says which masks it has: q, k, p for
// pairs, s for pairs that all examples share; sources which of the sequences are
// the same.
func newNaive(c Config, kinds string, sources [3]int) *naive {
	rng := rand.New(rand.NewPCG(1, uint64(c.From*1000+c.To)))
	n := &naive{Config: c, seed: 12345}
	for k := range n.in {
		if sources[k] < k {
			n.in[k] = n.in[sources[k]]
			continue
		}
		n.in[k] = random(rng, c.Rows*n.steps(k)*c.Features[k], 1)
	}
	keys, values := c.Heads*c.KeySize, c.Heads*c.ValueSize
	n.weights = Weights{
		Query: random(rng, c.Features[0]*keys, 1), QueryBias: random(rng, keys, 0.5),
		Key: random(rng, c.Features[1]*keys, 1), KeyBias: random(rng, keys, 0.5),
		Value: random(rng, c.Features[2]*values, 1), ValueBias: random(rng, values, 0.5),
		Output: random(rng, values*c.Out, 1), OutputBias: random(rng, c.Out, 0.5),
	}
	for _, kind := range kinds {
		switch kind {
		case 'q':
			n.masks.Queries = randomMask(rng, c.Rows*c.From)
		case 'k':
			n.masks.Keys = randomMask(rng, c.Rows*c.To)
			clear(n.masks.Keys[:c.To]) // the first example's steps see nobody
		case 'p':
			n.masks.Pairs = randomMask(rng, c.Rows*c.From*c.To)
		case 's':
			n.masks.Pairs = randomMask(rng, c.From*c.To)
		}
	}
	return n
}

func (n *naive) steps(k int) int {
	if k == 0 {
		return n.From
	}
	return n.To
}

// lists are all that the loss depends on, by name.
func (n *naive) lists() (names []string, lists [][]float32) {
	w := n.weights
	return []string{"queries' input", "keys' input", "values' input", "query", "query bias", "key", "key bias", "value", "value bias", "output", "output bias"},
		[][]float32{n.in[0], n.in[1], n.in[2], w.Query, w.QueryBias, w.Key, w.KeyBias, w.Value, w.ValueBias, w.Output, w.OutputBias}
}

// projected is input k of an example times a kernel, for one head: (steps, size).
func (n *naive) projected(k, example, head, size int, kernel, bias []float32) [][]float64 {
	out := make([][]float64, n.steps(k))
	for i := range out {
		out[i] = make([]float64, size)
		for j := range out[i] {
			out[i][j] = float64(bias[head*size+j])
			for f := range n.Features[k] {
				out[i][j] += n.input(k, (example*n.steps(k)+i)*n.Features[k]+f) * float64(kernel[(f*n.Heads+head)*size+j])
			}
		}
	}
	return out
}

func (n *naive) sees(example, i, j int) bool {
	m := n.masks.of(example, &n.Config)
	return (m.Queries == nil || m.Queries[i] != 0) && (m.Keys == nil || m.Keys[j] != 0) &&
		(m.Pairs == nil || m.Pairs[i*n.To+j] != 0) && (!n.Causal || j <= i)
}

// forward is the result, (Rows, From, Out).
func (n *naive) forward() []float64 {
	out := make([]float64, n.Rows*n.From*n.Out)
	drop := newDropout(n.Rate)
	for e := range n.Rows {
		for i := range n.From * n.Out {
			out[e*n.From*n.Out+i] = float64(n.weights.OutputBias[i%n.Out])
		}
		for h := range n.Heads {
			q := n.projected(0, e, h, n.KeySize, n.weights.Query, n.weights.QueryBias)
			k := n.projected(1, e, h, n.KeySize, n.weights.Key, n.weights.KeyBias)
			v := n.projected(2, e, h, n.ValueSize, n.weights.Value, n.weights.ValueBias)
			for i := range n.From {
				p := n.shares(q, k, e, i)
				if drop != nil && n.Train {
					key := keyOf(n.seed, e, h, i)
					for j := range p {
						if drawn(uint32(j), uint32(key), uint32(key>>32)) < drop.limit {
							p[j] = 0
						}
						p[j] *= float64(drop.scale)
					}
				}
				for f := range n.ValueSize {
					y := 0.0
					for j := range p {
						y += p[j] * v[j][f]
					}
					for o := range n.Out {
						out[(e*n.From+i)*n.Out+o] += y * float64(n.weights.Output[(h*n.ValueSize+f)*n.Out+o])
					}
				}
			}
		}
	}
	return out
}

// shares are what step i takes of every other.
func (n *naive) shares(q, k [][]float64, example, i int) []float64 {
	p, sum := make([]float64, n.To), 0.0
	for j := range p {
		if !n.sees(example, i, j) {
			continue
		}
		score := 0.0
		for f := range n.KeySize {
			score += q[i][f] * k[j][f]
		}
		p[j] = math.Exp(score / math.Sqrt(float64(n.KeySize)))
		sum += p[j]
	}
	for j := range p {
		if sum > 0 {
			p[j] /= sum
		}
	}
	return p
}

// loss is the sum of the results, each times a number.
func (n *naive) loss(by []float32) float64 {
	sum := 0.0
	for i, v := range n.forward() {
		sum += v * float64(by[i])
	}
	return sum
}

// slope is the loss's by a number.
func (n *naive) slope(x *float32, by []float32) float64 {
	const h = 1.0 / 1024
	was := *x
	*x = was + h
	up := n.loss(by)
	*x = was - h
	down := n.loss(by)
	*x = was
	return (up - down) / (2 * h)
}

// farthest is the largest difference of two lists.
func farthest(got []float32, want []float64) (most float64, at int) {
	for i := range got {
		d := math.Abs(float64(got[i]) - want[i])
		if !(d <= most) {
			most, at = d, i
		}
	}
	return most, at
}

func (c Config) String() string {
	return fmt.Sprintf("%d×%d to %d, %d heads %d %d, %v to %d, causal %v, dropout %v", c.Rows, c.From, c.To, c.Heads, c.KeySize, c.ValueSize, c.Features, c.Out, c.Causal, c.Rate)
}
