package attention

// dropout zeroes a share of numbers and scales the others. Which, it tells from
// a seed and the numbers' place alone, so that the gradient zeroes the same ones
// and nothing has to be kept.
type dropout struct {
	limit uint32  // of the 2³² numbers that can be drawn, those below are dropped
	scale float32 // of what stays
}

// newDropout is nil for a rate of 0.
func newDropout(rate float64) *dropout {
	if rate <= 0 {
		return nil
	}
	return &dropout{limit: uint32(rate * (1 << 32)), scale: float32(1 / (1 - rate))}
}

// apply drops some of a row of numbers, told by key.
func (d *dropout) apply(row []float32, key uint64) {
	if d != nil {
		dropRow(row, uint32(key), uint32(key>>32), d.limit, d.scale)
	}
}

// keyOf mixes numbers that tell a row from all others.
func keyOf(seed uint64, place ...int) uint64 {
	for _, p := range place {
		seed = mixed(seed ^ mixed(uint64(p)+0x9e3779b97f4a7c15))
	}
	return seed
}

// mixed is the last step of SplitMix64. Steele et al., 2014.
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// drawn is the number drawn for place j of a row. dropRow draws the same many at
// a time.
func drawn(j, key1, key2 uint32) uint32 {
	x := j*0x9e3779b1 + key1
	x = (x ^ x>>16) * 0x21f0aaad
	x ^= key2
	x = (x ^ x>>15) * 0x735a2d97
	return x ^ x>>15
}

// dropOneByOne is dropRow from place first on.
func dropOneByOne(row []float32, first int, key1, key2, limit uint32, scale float32) {
	for j := first; j < len(row); j++ {
		if drawn(uint32(j), key1, key2) < limit {
			row[j] = 0
		} else {
			row[j] *= scale
		}
	}
}
