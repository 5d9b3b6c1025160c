package lesson

import (
	"testing"
)

// The tests below are about the course itself: notebooks/src, en and zh.
const root = ".."

func TestCourseIsUpToDate(t *testing.T) {
	if err := Check(root); err != nil {
		t.Error(err)
	}
}

func TestCourseHasTheSameCodeInBothLanguages(t *testing.T) {
	lessons, err := ReadDir(root + "/src")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		sameCode(t, l)
	}
}

func TestCourseTypeChecks(t *testing.T) {
	if testing.Short() {
		t.Skip("vets every cell of the course")
	}
	if err := Vet(t.Context(), root); err != nil {
		t.Error(err)
	}
}
