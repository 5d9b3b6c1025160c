// Package oddfiles finds folders of unusual files that tests try: too many and
// too odd to be part of the repository.
package oddfiles

import (
	"os"
	"path/filepath"
	"testing"
)

// Folder is the folder of that name in the one that FROMZERO_TEST_FILES names, in
// the data directory FROMZERO_DATA, or beside that. It skips the test if there is
// none.
func Folder(t testing.TB, name string) string {
	t.Helper()
	var places []string
	if dir := os.Getenv("FROMZERO_TEST_FILES"); dir != "" {
		places = append(places, dir)
	}
	if dir := os.Getenv("FROMZERO_DATA"); dir != "" {
		places = append(places, dir, filepath.Dir(dir))
	}
	for _, place := range places {
		path := filepath.Join(place, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
	}
	t.Skipf("no folder %s in $FROMZERO_TEST_FILES, $FROMZERO_DATA or beside that", name)
	return ""
}
