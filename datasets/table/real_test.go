package table_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/table"
)

// real skips a test where the real data is missing, or fails it where
// FROMZERO_REQUIRE_DATA says that it must be there.
func real(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("FROMZERO_REQUIRE_DATA") == "" {
		t.Skipf("needs the real tables: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func wantMissing(t *testing.T, f *table.Frame, rows int, want map[string]int) {
	t.Helper()
	if f.Len() != rows {
		t.Errorf("%d rows, want %d", f.Len(), rows)
	}
	for _, s := range f.Describe() {
		if s.Missing != want[s.Name] {
			t.Errorf("%s: %d missing, want %d", s.Name, s.Missing, want[s.Name])
		}
	}
}

func wantCounts(t *testing.T, f *table.Frame, column string, want map[string]int) {
	t.Helper()
	c, err := f.Column(column)
	if err != nil {
		t.Fatal(err)
	}
	counts := c.Counts()
	if len(counts) != len(want) {
		t.Errorf("%s: %d different cells, want %d", column, len(counts), len(want))
	}
	for _, l := range counts {
		if want[l.Name] != l.Count {
			t.Errorf("%s: %d × %q, want %d", column, l.Count, l.Name, want[l.Name])
		}
	}
}

// The counts of these tests were made with Python's csv module.

func TestRealTitanic(t *testing.T) {
	f, err := table.Titanic(t.Context())
	real(t, err)
	wantMissing(t, f, 891, map[string]int{"age": 177, "cabin": 687, "embarked": 2})
	wantCounts(t, f, "survived", map[string]int{"false": 549, "true": 342})
	wantCounts(t, f, "sex", map[string]int{"male": 577, "female": 314})
	wantCounts(t, f, "embarked", map[string]int{"S": 644, "C": 168, "Q": 77})
	kinds := map[string]table.Kind{"survived": table.Bool, "name": table.Text, "ticket": table.Text, "cabin": table.Text, "sex": table.Category, "age": table.Number}
	for name, want := range kinds {
		if c, err := f.Column(name); err != nil || c.Kind() != want {
			t.Errorf("%s is of kind %v, want %v (%v)", name, c.Kind(), want, err)
		}
	}
	name, _ := f.Column("name")
	if got, want := name.Strings()[1], "Cumings, Mrs. John Bradley (Florence Briggs Thayer)"; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
}

func TestRealAdult(t *testing.T) {
	train, test, err := table.Adult(t.Context())
	real(t, err)
	wantMissing(t, train, 32561, map[string]int{"workclass": 1836, "occupation": 1843, "native-country": 583})
	wantMissing(t, test, 16281, map[string]int{"workclass": 963, "occupation": 966, "native-country": 274})
	wantCounts(t, train, "income", map[string]int{"<=50K": 24720, ">50K": 7841})
	wantCounts(t, test, "income", map[string]int{"<=50K": 12435, ">50K": 3846})
	p, err := table.Pipeline{Target: "income"}.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.Dataset(test)
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 16281 || d.ClassNames()[1] != ">50K" {
		t.Errorf("%d rows, classes %q", d.Len(), d.ClassNames())
	}
}

func TestRealPenguins(t *testing.T) {
	f, err := table.Penguins(t.Context())
	real(t, err)
	wantMissing(t, f, 344, map[string]int{"bill_length_mm": 2, "bill_depth_mm": 2, "flipper_length_mm": 2, "body_mass_g": 2, "sex": 11})
	wantCounts(t, f, "species", map[string]int{"Adelie": 152, "Gentoo": 124, "Chinstrap": 68})
}

func TestRealHousing(t *testing.T) {
	f, err := table.CaliforniaHousing(t.Context())
	real(t, err)
	wantMissing(t, f, 20640, map[string]int{"total_bedrooms": 207})
	wantCounts(t, f, "ocean_proximity", map[string]int{"<1H OCEAN": 9136, "INLAND": 6551, "NEAR OCEAN": 2658, "NEAR BAY": 2290, "ISLAND": 5})
}

func TestMissingTableSaysWhereToPutIt(t *testing.T) {
	for _, load := range []func(context.Context, ...table.Option) (*table.Frame, error){table.Titanic, table.Penguins, table.CaliforniaHousing} {
		_, err := load(t.Context(), table.Dir(t.TempDir()), datasets.NoDownload)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "put into") {
			t.Errorf("error %v, want one that is fs.ErrNotExist and says where the file belongs", err)
		}
	}
}
