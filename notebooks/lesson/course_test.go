package lesson

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// maxNotebook keeps the repository small and GitHub willing to show the page.
const maxNotebook = 600_000

// kernelFolder is where GoNB compiles cells, which errors of cells name. It is
// of a kernel, not of a machine.
var kernelFolder = regexp.MustCompile(`/tmp/gonb_[0-9a-f]+/`)

func TestCourseOutputsAreFitToPublish(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	places := []string{os.TempDir() + "/"}
	for _, place := range []func() (string, error){os.UserHomeDir, os.Getwd} {
		if dir, err := place(); err == nil && dir != "/" {
			places = append(places, dir+"/")
		}
	}
	if repo, _, err := findModule(root); err == nil {
		places = append(places, repo)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > maxNotebook {
			t.Errorf("%s has %d bytes, more than %d", path, len(data), maxNotebook)
		}
		text := kernelFolder.ReplaceAllString(string(data), "")
		for _, place := range places {
			if strings.Contains(text, place) {
				t.Errorf("%s names a place of one machine: %s", path, place)
			}
		}
	}
}

// kept matches what kernel.Keep prints: the value's name, and whether it was
// built or loaded.
var kept = regexp.MustCompile(`kept: ([^"\\]+?) (built in|loaded from) `)

// A notebook that was executed with values kept from an earlier run lacks the
// curves of its trainings.
func TestCourseWasExecutedAfresh(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, path := range paths {
		built := map[string]bool{}
		for _, cell := range load(t, path).code() {
			for _, output := range cell.Outputs {
				for _, said := range kept.FindAllStringSubmatch(fmt.Sprint(output), -1) {
					if said[2] == "built in" {
						built[said[1]] = true
					} else if !built[said[1]] {
						t.Errorf("%s, cell %s: %q was loaded, and no cell before has built it; execute a copy in a folder of its own", path, cell.ID, said[1])
						built[said[1]] = true
					}
				}
			}
		}
	}
}
