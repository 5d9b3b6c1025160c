package table

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

var titanicColumns = []string{"survived", "pclass", "name", "sex", "age", "sibsp", "parch", "ticket", "fare", "cabin", "embarked"}

// Titanic is who survived the sinking in 1912: 891 passengers, 342 of whom did
// (the Bool column survived). The age of 177 is missing, the cabin of 687 and
// the port of embarkation of 2.
//
// The file is looked for in the data directory and downloaded if it is not
// there, as package datasets does it with its sets; so are those of the other
// tables here. The error where that fails wraps fs.ErrNotExist, lists every
// address that was tried, and says where the file must be put.
func Titanic(ctx context.Context, opts ...Option) (*Frame, error) {
	return single(ctx, "titanic", titanicColumns, opts, func(f *Frame) (*Frame, error) {
		return f.As(Bool, "survived")
	})
}

// Penguins is what 344 penguins of 3 species (the Category column species) at
// Palmer Station measure. Two have no measurements, eleven no sex.
func Penguins(ctx context.Context, opts ...Option) (*Frame, error) {
	columns := []string{"species", "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex"}
	return single(ctx, "penguins", columns, opts, nil)
}

// CaliforniaHousing is 20,640 districts of the census of 1990 with the median
// value of a house in dollars (median_house_value, cut off at 500,001). The
// number of bedrooms (total_bedrooms) is missing in 207.
func CaliforniaHousing(ctx context.Context, opts ...Option) (*Frame, error) {
	columns := []string{"longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms",
		"population", "households", "median_income", "median_house_value", "ocean_proximity"}
	return single(ctx, "california-housing", columns, opts, nil)
}

// single reads a set of one file.
func single(ctx context.Context, name string, columns []string, opts []Option, then func(*Frame) (*Frame, error)) (*Frame, error) {
	all, err := frames(ctx, name, ReadConfig{}, columns, opts)
	if err != nil || then == nil {
		return first(all), err
	}
	return then(all[0])
}

func first(all []*Frame) *Frame {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

var adultColumns = []string{"age", "workclass", "fnlwgt", "education", "education-num", "marital-status",
	"occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"}

// Adult is the census income data: 32,561 people to learn from and 16,281 to
// test on, with the Category column income, <=50K or >50K (a quarter of them).
// The test file's labels end in a full stop, which is taken off. Unknown
// occupations, employers and countries are missing cells. The levels of a column
// are the same in both.
func Adult(ctx context.Context, opts ...Option) (train, test *Frame, err error) {
	// The published test file begins with a line that is no row: "|1x3 …".
	config := ReadConfig{Comma: ',', Comment: '|', NoHeader: true, Names: adultColumns}
	splits, err := frames(ctx, "adult", config, adultColumns, opts)
	if err != nil {
		return nil, nil, err
	}
	for i := range splits {
		if splits[i], err = mendIncome(splits[i]); err != nil {
			return nil, nil, err
		}
	}
	shareLevels(splits[0], splits[1])
	return splits[0], splits[1], nil
}

// shareLevels gives the Category columns of two new frames the same levels, those
// of both, so that a number means the same name in either.
func shareLevels(a, b *Frame) {
	for i, x := range a.columns {
		j, ok := b.byName[x.name]
		if !ok || x.kind != Category || b.columns[j].kind != Category {
			continue
		}
		all := slices.Concat(x.levels, b.columns[j].levels)
		slices.Sort(all)
		all = slices.Compact(all)
		a.columns[i], b.columns[j] = x.recoded(all), b.columns[j].recoded(all)
	}
}

// recoded is the column with more levels, in their order.
func (c *Column) recoded(levels []string) *Column {
	out := &Column{name: c.name, kind: c.kind, levels: levels, codes: slices.Clone(c.codes)}
	for i, code := range c.codes {
		if code >= 0 {
			k, _ := slices.BinarySearch(levels, c.levels[code])
			out.codes[i] = int32(k)
		}
	}
	return out
}

// mendIncome writes the labels of both files alike.
func mendIncome(f *Frame) (*Frame, error) {
	c, err := f.Column("income")
	if err != nil {
		return nil, err
	}
	values := c.Strings()
	for i, v := range values {
		values[i] = strings.TrimSuffix(v, ".")
	}
	c = Categories("income", values...)
	if want := []string{"<=50K", ">50K"}; !slices.Equal(c.levels, want) {
		return nil, fmt.Errorf("table: the incomes of Adult are %q; %q are wanted: is this the right file?", c.levels, want)
	}
	return f.With(c)
}
