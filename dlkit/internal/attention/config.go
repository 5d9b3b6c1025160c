package attention

// Config says what an attention is run on.
type Config struct {
	Rows     int // examples
	From, To int // steps that look, and steps that are looked at
	// Heads are the attentions side by side, KeySize and ValueSize what each
	// compares by and hands on.
	Heads, KeySize, ValueSize int
	// Features are those of the sequences that queries, keys and values are made
	// from, Out those of the result.
	Features [3]int
	Out      int
	// Causal lets a step look at itself and at earlier steps only.
	Causal bool
	// Rate is the share of weights to drop while training.
	Rate float64
	// Train keeps what Backward needs.
	Train bool
}

// Masks tell who may look at whom, 1 for yes and 0 for no; nil is ones.
type Masks struct {
	Queries []float32 // (Rows, From): steps that count
	Keys    []float32 // (Rows, To): steps that may be looked at
	Pairs   []float32 // (Rows or 1, From, To)
}

// of are the masks of one example.
func (m Masks) of(example int, c *Config) Masks {
	part := func(mask []float32, size int) []float32 {
		if mask == nil || len(mask) == size {
			return mask
		}
		return mask[example*size:][:size]
	}
	return Masks{part(m.Queries, c.From), part(m.Keys, c.To), part(m.Pairs, c.From*c.To)}
}
