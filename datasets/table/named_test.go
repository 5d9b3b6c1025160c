package table_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/table"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	houses = "longitude,latitude,housing_median_age,total_rooms,total_bedrooms,population,households,median_income,median_house_value,ocean_proximity\n" +
		"-122.23,37.88,41.0,880.0,,322.0,126.0,8.3252,452600.0,NEAR BAY\n"
	adultRow = "39, State-gov, 77516, Bachelors, 13, Never-married, ?, Not-in-family, White, Male, 2174, 0, 40, United-States, "
)

var errNetwork = errors.New("no network")

func TestHousingIsFetched(t *testing.T) {
	dir := t.TempDir()
	fetch := func(_ context.Context, r datasets.Request) error {
		if r.Dir != dir || r.Spec.Files[0].SHA256 == "" || len(r.Spec.Mirrors) == 0 {
			t.Errorf("request %+v", r)
		}
		write(t, filepath.Join(r.Dir, r.Spec.Name, r.Spec.Files[0].Name), houses)
		return nil
	}
	f, err := table.CaliforniaHousing(t.Context(), table.Dir(dir), table.FetchWith(fetch))
	if err != nil || f.Len() != 1 || !column(t, f, "total_bedrooms").IsMissing(0) {
		t.Fatalf("%v, %v", f, err)
	}
	fail := func(context.Context, datasets.Request) error { return errNetwork }
	if _, err := table.CaliforniaHousing(t.Context(), table.Dir(dir), table.FetchWith(fail)); err != nil {
		t.Errorf("fetched again although it is there: %v", err)
	}
	if _, err := table.CaliforniaHousing(t.Context(), table.Dir(t.TempDir()), table.FetchWith(fail)); !errors.Is(err, errNetwork) {
		t.Errorf("error %v, want the fetcher's", err)
	}
}

// A download that failed is not tried again at once, until files put in place by
// hand show that all is well.
func TestFailedDownloadIsRemembered(t *testing.T) {
	dir, calls := t.TempDir(), 0
	fail := table.FetchWith(func(context.Context, datasets.Request) error { calls++; return errNetwork })
	load := func() error {
		_, err := table.CaliforniaHousing(t.Context(), table.Dir(dir), fail, datasets.Log(nil))
		return err
	}
	if err := load(); !errors.Is(err, errNetwork) || calls != 1 {
		t.Fatalf("%d downloads, %v", calls, err)
	}
	if err := load(); err == nil || calls != 1 || !strings.Contains(err.Error(), "not tried again before") || !strings.Contains(err.Error(), errNetwork.Error()) {
		t.Errorf("%d downloads, %v", calls, err)
	}
	path := filepath.Join(dir, "housing.csv")
	write(t, path, houses)
	if err := load(); err != nil || calls != 1 {
		t.Errorf("%d downloads, %v", calls, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := load(); !errors.Is(err, errNetwork) || calls != 2 {
		t.Errorf("after it was there and is gone: %d downloads, %v", calls, err)
	}
}

// The published test file has a line that is no row, and labels with a stop.
func TestAdultFilesAsPublished(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "adult.data"), adultRow+"<=50K\n"+adultRow+">50K\n\n")
	write(t, filepath.Join(dir, "adult.test"), "|1x3 Cross validator\n"+adultRow+"<=50K.\n"+adultRow+">50K.\n\n")
	train, test, err := table.Adult(t.Context(), table.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	if cells(train) != cells(test) || train.Len() != 2 || !column(t, test, "occupation").IsMissing(0) {
		t.Errorf("train\n%stest\n%s", cells(train), cells(test))
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "titanic.csv"), "a,b\n1,2\n")
	write(t, filepath.Join(dir, "housing.csv"), houses+"1,2\n")
	fail := table.FetchWith(func(context.Context, datasets.Request) error { return errNetwork })
	_, err := table.Titanic(t.Context(), table.Dir(dir), fail)
	if err == nil || !strings.Contains(err.Error(), "another file") || !errors.Is(err, errNetwork) {
		t.Errorf("error %v", err)
	}
	_, err = table.CaliforniaHousing(t.Context(), table.Dir(dir), fail)
	if err == nil || !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error %v", err)
	}
}

// Kaggle's file has other columns besides, and names in capitals.
func TestTitanicOfKaggle(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "titanic", "titanic.csv"), "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n"+
		"1,0,3,\"Braund, Mr. Owen Harris\",male,22,1,0,A/5 21171,7.25,,S\n")
	f, err := table.Titanic(t.Context(), table.Dir(dir))
	if err != nil || f.Names()[0] != "survived" || len(f.Names()) != 11 {
		t.Errorf("%v, %v", f, err)
	}
}
