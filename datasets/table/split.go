package table

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// SplitConfig says how rows are dealt out. The zero value shuffles them all.
type SplitConfig struct {
	// Test is the share of rows in the test frame, for Split; 0.2 if zero.
	Test float64
	// Seed decides the shuffling. Equal seeds give equal splits.
	Seed uint64
	// Stratify names a column whose values get equal shares everywhere.
	Stratify string
	// Group names a column whose equal values stay together on one side, such
	// as the patient of several measurements. Rows where it is missing are each
	// a group of their own.
	Group string
	// NoShuffle keeps the order: the last rows are the test frame, and folds
	// are runs of rows. Stratify and Group can't be used with it.
	NoShuffle bool
}

// Fold is one way of cutting a table in two.
type Fold struct{ Train, Test *Frame }

// Split cuts the table in two. Rows keep their order within each part. It
// returns an error if a part would be empty, a column isn't there, or the
// wishes contradict each other.
func (f *Frame) Split(config SplitConfig) (train, test *Frame, err error) {
	share := config.Test
	if share == 0 {
		share = 0.2
	}
	if !(share > 0 && share < 1) {
		return nil, nil, fmt.Errorf("table: Test is %v; a share between 0 and 1 is wanted", config.Test)
	}
	units, err := f.units(config)
	if err != nil {
		return nil, nil, err
	}
	held := make([]bool, f.n)
	for _, stratum := range units {
		hold(stratum, share, held, config.NoShuffle)
	}
	return f.parts(held)
}

// hold marks units until about a share of their rows is held. Without shuffling
// they are the last ones.
func hold(units []group, share float64, held []bool, last bool) {
	want, got := 0.0, 0
	for _, u := range units {
		want += share * float64(len(u))
	}
	for k := range units {
		u := units[k]
		if last {
			u = units[len(units)-1-k]
		}
		if float64(got)+float64(len(u))/2 > want+1e-9 {
			continue
		}
		got += len(u)
		for _, i := range u {
			held[i] = true
		}
	}
}

func (f *Frame) parts(held []bool) (train, test *Frame, err error) {
	var at [2][]int
	for i, h := range held {
		at[btoi(h)] = append(at[btoi(h)], i)
	}
	if len(at[0]) == 0 || len(at[1]) == 0 {
		return nil, nil, fmt.Errorf("table: a split of %d rows into %d and %d; neither may be empty: change Test, or take a column with more groups", f.n, len(at[0]), len(at[1]))
	}
	return f.take(at[0]), f.take(at[1]), nil
}

// Folds cuts the table in k ways: every row is in the test frame of exactly one
// fold. It returns the errors of Split, and one if k is below 2 or there are
// fewer rows or groups than folds.
func (f *Frame) Folds(k int, config SplitConfig) ([]Fold, error) {
	if k < 2 {
		return nil, fmt.Errorf("table: %d folds; at least 2 are wanted", k)
	}
	units, err := f.units(config)
	if err != nil {
		return nil, err
	}
	fold := make([]int, f.n)
	sizes := make([]int, k)
	for _, stratum := range units {
		if config.Group != "" {
			// The largest first, so that the small ones can even things out.
			slices.SortStableFunc(stratum, func(a, b group) int { return len(b) - len(a) })
		}
		deal(stratum, fold, sizes, config.NoShuffle)
	}
	out := make([]Fold, k)
	for j := range out {
		held := make([]bool, f.n)
		for i := range held {
			held[i] = fold[i] == j
		}
		if out[j].Train, out[j].Test, err = f.parts(held); err != nil {
			return nil, fmt.Errorf("table: %d folds are too many: %w", k, err)
		}
	}
	return out, nil
}

// deal gives every unit to a fold: runs of equal length if in order, else each
// to a fold that has least of this stratum, and of those least of all.
func deal(units []group, fold, sizes []int, inOrder bool) {
	k := len(sizes)
	own := make([]int, k)
	for n, u := range units {
		to := n * k / len(units)
		if !inOrder {
			to = 0
			for j := range k {
				if own[j] < own[to] || own[j] == own[to] && sizes[j] < sizes[to] {
					to = j
				}
			}
		}
		own[to] += len(u)
		sizes[to] += len(u)
		for _, i := range u {
			fold[i] = to
		}
	}
}

// units returns what is dealt out: for each stratum its rows, or groups of rows
// that stay together, shuffled.
func (f *Frame) units(config SplitConfig) ([][]group, error) {
	strata := []group{span(0, f.n)}
	var err error
	switch {
	case config.Group != "" && config.Stratify != "":
		return nil, fmt.Errorf("table: both Stratify and Group are given; equal shares and groups that stay together contradict each other: choose one")
	case config.NoShuffle && config.Group+config.Stratify != "":
		return nil, fmt.Errorf("table: NoShuffle together with Stratify or Group; leave out one")
	case config.Group != "":
		groups, by, err := f.groups([]string{config.Group})
		if err != nil {
			return nil, err
		}
		groups = apart(groups, by.columns[0])
		shuffle(groups, config.Seed)
		return [][]group{groups}, nil
	case config.Stratify != "":
		if strata, _, err = f.groups([]string{config.Stratify}); err != nil {
			return nil, err
		}
	}
	out := make([][]group, len(strata))
	for s, rows := range strata {
		out[s] = singles(rows)
		if !config.NoShuffle {
			shuffle(out[s], config.Seed+uint64(s))
		}
	}
	return out, nil
}

// apart makes a group of each row where the grouping cell is missing.
func apart(groups []group, by *Column) []group {
	var out []group
	for _, g := range groups {
		if by.IsMissing(g[0]) {
			out = append(out, singles(g)...)
		} else {
			out = append(out, g)
		}
	}
	return out
}

func singles(rows []int) []group {
	out := make([]group, len(rows))
	for k := range rows {
		out[k] = rows[k : k+1]
	}
	return out
}

func shuffle(units []group, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0x7461626c65))
	r.Shuffle(len(units), func(a, b int) { units[a], units[b] = units[b], units[a] })
}
