package xlaplugin

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plugins writes empty files into a new folder.
func plugins(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNames(t *testing.T) {
	for file, want := range map[string]string{
		"pjrt_c_api_cpu_plugin.so":         "cpu",
		"pjrt_c_api_cpu_v0.83.1_plugin.so": "cpu_v0.83.1",
		"pjrt_c_api_cuda_plugin.so":        "cuda",
		"pjrt-plugin-cpu.dylib":            "cpu",
		"pjrt_plugin_cpu.dll":              "cpu",
		"pjrt_c_api_cpu_plugin.so.old":     "",
		"pjrt_c_api__plugin.so":            "",
		"libcpu.so":                        "",
		".plugin-123":                      "",
	} {
		if got := nameOf(file); got != want {
			t.Errorf("%s is named %q, want %q", file, got, want)
		}
	}
}

func TestFindPrefersTheFasterKind(t *testing.T) {
	first := plugins(t, "pjrt_c_api_cpu_plugin.so", "README", "pjrt_c_api_tpu_plugin.so")
	second := plugins(t, "pjrt_c_api_cpu_plugin.so", "pjrt_c_api_cuda_plugin.so", "pjrt_c_api_rocm_plugin.so")
	t.Setenv(PathEnv, strings.Join([]string{first, "/no/such/folder", second}, string(os.PathListSeparator)))
	want := []string{}
	for _, kind := range rank {
		if kind != "cpu" && usable(kind) { // on a machine with such a card
			want = append(want, filepath.Join(second, "pjrt_c_api_"+kind+"_plugin.so"))
		}
	}
	// Of two files of one name, that of the first folder counts.
	want = append(want, filepath.Join(first, "pjrt_c_api_cpu_plugin.so"), filepath.Join(first, "pjrt_c_api_tpu_plugin.so"))
	var got []string
	for _, p := range Find() {
		got = append(got, p.Path)
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestFindNothing(t *testing.T) {
	t.Setenv(PathEnv, plugins(t, "libcpu.so"))
	if found := Find(); len(found) > 0 {
		t.Errorf("found %v in a folder without a plugin", found)
	}
	t.Setenv(PathEnv, "")
	if folders := Folders(); len(folders) > 0 {
		t.Errorf("an empty %s means no folders, not %q", PathEnv, folders)
	}
}

// The variable takes the place of all other folders: an old plugin elsewhere
// must not hide that there is none where it was to be.
func TestFoldersOfTheEnvironment(t *testing.T) {
	home, libraries := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("LD_LIBRARY_PATH", "relative"+string(os.PathListSeparator)+libraries)
	t.Setenv(PathEnv, "/a"+string(os.PathListSeparator)+"b"+string(os.PathListSeparator)+"/c")
	if got := Folders(); !slices.Equal(got, []string{"/a", "/c"}) {
		t.Errorf("folders are %q, want the absolute ones of %s alone", got, PathEnv)
	}
	if err := os.Unsetenv(PathEnv); err != nil { // t.Setenv puts it back
		t.Fatal(err)
	}
	got := Folders()
	if !strings.HasPrefix(got[0], home) || got[0] != HomeFolder() || got[len(got)-1] != libraries || slices.Contains(got, "relative") {
		t.Errorf("folders are %q, want the user's own first and those of libraries last", got)
	}
}
