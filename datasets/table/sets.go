package table

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
)

func titanicSpec() datasets.Spec {
	return datasets.Spec{Name: "titanic", Title: "Titanic", Folders: []string{"tables"},
		Files: []datasets.File{{Name: "titanic-raw.csv", Also: []string{"titanic.csv"}}},
		Terms: "no formal licence"}
}

func adultSpec() datasets.Spec {
	return datasets.Spec{Name: "adult", Title: "Adult", Folders: []string{"tables"},
		Files: []datasets.File{
			{Name: "adult-train.csv", Also: []string{"adult.data", "adult.train"}},
			{Name: "adult-test.csv", Also: []string{"adult.test"}},
		},
		Terms: "CC BY 4.0; Barry Becker and Ronny Kohavi, UCI Machine Learning Repository"}
}

func penguinsSpec() datasets.Spec {
	return datasets.Spec{Name: "penguins", Title: "Palmer Penguins", Folders: []string{"tables"},
		Files: []datasets.File{{Name: "penguins.csv"}},
		Terms: "CC0; Kristen Gorman and the Palmer Station LTER"}
}

func housingSpec() datasets.Spec {
	return datasets.Spec{Name: "california-housing", Title: "California housing", Folders: []string{"tables"},
		Files: []datasets.File{{
			Name: "housing.csv", Also: []string{"california-housing.csv"}, Size: 1423529,
			SHA256: "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e",
		}},
		Mirrors: []string{"https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing"},
		Terms:   "no formal licence; 1990 census, Pace and Barry"}
}

var titanicColumns = []string{"survived", "pclass", "name", "sex", "age", "sibsp", "parch", "ticket", "fare", "cabin", "embarked"}

// Titanic is who survived the sinking in 1912: 891 passengers, 342 of whom did
// (the Bool column survived). The age of 177 is missing, the cabin of 687 and
// the port of embarkation of 2. It returns an error that says where the file
// must be put if it isn't there.
func Titanic(ctx context.Context, opts ...Option) (*Frame, error) {
	return single(ctx, titanicSpec(), opts, ReadConfig{}, titanicColumns, func(f *Frame) (*Frame, error) {
		return f.As(Bool, "survived")
	})
}

// Penguins is what 344 penguins of 3 species (the Category column species) at
// Palmer Station measure. Two have no measurements, eleven no sex.
func Penguins(ctx context.Context, opts ...Option) (*Frame, error) {
	columns := []string{"species", "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex"}
	return single(ctx, penguinsSpec(), opts, ReadConfig{}, columns, nil)
}

// CaliforniaHousing is 20,640 districts of the census of 1990 with the median
// value of a house in dollars (median_house_value, cut off at 500,001). The
// number of bedrooms (total_bedrooms) is missing in 207.
func CaliforniaHousing(ctx context.Context, opts ...Option) (*Frame, error) {
	columns := []string{"longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms",
		"population", "households", "median_income", "median_house_value", "ocean_proximity"}
	return single(ctx, housingSpec(), opts, ReadConfig{}, columns, nil)
}

// single reads a set of one file.
func single(ctx context.Context, s datasets.Spec, opts []Option, config ReadConfig, columns []string, then func(*Frame) (*Frame, error)) (*Frame, error) {
	found, err := find(ctx, s, opts)
	if err != nil {
		return nil, err
	}
	f, err := open(found[0], s.Title, config, columns)
	if err != nil || then == nil {
		return f, err
	}
	return then(f)
}

var adultColumns = []string{"age", "workclass", "fnlwgt", "education", "education-num", "marital-status",
	"occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"}

// Adult is the census income data: 32,561 people to learn from and 16,281 to
// test on, with the Category column income, <=50K or >50K (a quarter of them).
// The test file's labels end in a full stop, which is taken off. Unknown
// occupations, employers and countries are missing cells.
func Adult(ctx context.Context, opts ...Option) (train, test *Frame, err error) {
	spec := adultSpec()
	found, err := find(ctx, spec, opts)
	if err != nil {
		return nil, nil, err
	}
	var splits [2]*Frame
	for i := range splits {
		// The published test file begins with a line that is no row: "|1x3 …".
		config := ReadConfig{Comma: ',', Comment: '|', NoHeader: true, Names: adultColumns}
		if splits[i], err = open(found[min(i, len(found)-1)], spec.Title, config, adultColumns); err != nil {
			return nil, nil, err
		}
		if splits[i], err = mendIncome(splits[i]); err != nil {
			return nil, nil, err
		}
	}
	return splits[0], splits[1], nil
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
