package plotting

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/plotting/internal/echarts"
)

func TestTheLibraryTravelsOncePerProcess(t *testing.T) {
	defer libraryOut.Store(libraryOut.Load())
	libraryOut.Store(false)
	packed := base64.StdEncoding.EncodeToString(echarts.Gzipped)
	f := gallery(t)["bar"]
	first, err := f.content.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.content.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(first, packed) || strings.Contains(second, packed) {
		t.Error("the first chart of a process, and no other, must carry the library")
	}
	if len(first) > 400_000 {
		t.Errorf("a chart with the library has %d bytes; notebooks have a chart in many cells", len(first))
	}
}

func TestStillPictureStandsInTheChart(t *testing.T) {
	f := gallery(t)["bar"]
	element, err := f.content.element([]byte("PNG"))
	if err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`(?s)<div data-fromzero-chart="[0-9a-f]+"[^>]*>(.*?)</div>`).FindStringSubmatch(element)
	if place == nil || !strings.HasPrefix(place[1], `<img src="data:image/png;base64,UE5H" width="720"`) {
		t.Errorf("no still picture within the chart's place: %.200q", place)
	}
	element, err = f.content.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(element, "<pre") || !strings.Contains(element, "5923") {
		t.Error("without a picture, the chart's place must hold the summary")
	}
}

func TestPagesNeedNoNetworkAndNoEscapes(t *testing.T) {
	evil := `</script><img src=x onerror=alert(1)>`
	b := must[*Bar](t)(NewBar([]string{evil}, []int{1}))
	b.Title = evil
	m := grays(t)
	m.Title, m.Labels[0] = evil, evil
	h := must[*HeatMap](t)(NewHeatMap([][]int{{1}}, []string{evil}, []string{evil}))
	for _, f := range []*Figure{&b.Figure, &m.Figure, &h.Figure} {
		var page strings.Builder
		if err := f.WriteHTML(&page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), evil) || strings.Contains(page.String(), "<img src=x") {
			t.Errorf("%s: a name breaks out of the page", f.content.kind())
		}
		if at := regexp.MustCompile(`(?i)(src|href)\s*=\s*"?https?:`).FindString(page.String()); at != "" {
			t.Errorf("%s: the page needs the network: %s", f.content.kind(), at)
		}
	}
	for name, f := range gallery(t) {
		var svg strings.Builder
		if err := f.WriteSVG(&svg); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(svg.String(), "<svg") {
			t.Errorf("%s: no SVG: %.40q", name, svg.String())
		}
	}
}

// TestScriptsAreWellFormed has node read the scripts of a page, where there is
// one.
func TestScriptsAreWellFormed(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	var page strings.Builder
	if err := gallery(t)["curves"].WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(page.String(), -1)
	if len(scripts) != 2 {
		t.Fatalf("%d scripts; want the library's and the chart's", len(scripts))
	}
	for i, s := range scripts {
		path := filepath.Join(t.TempDir(), "script.js")
		if err := os.WriteFile(path, []byte(s[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(node, "--check", path).CombinedOutput(); err != nil {
			t.Errorf("script %d: %v\n%s", i, err, out)
		}
	}
}

// TestCellsStayLight guards what a notebook cell waits for: linking.
func TestCellsStayLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/gofromzero/fromzero/plotting").Output()
	if err != nil {
		t.Skip("go list: ", err)
	}
	for _, heavy := range []string{"net/http", "github.com/dop251/goja", "github.com/srwiley/rasterx", "github.com/tdewolff/canvas"} {
		for _, dep := range strings.Fields(string(out)) {
			if dep == heavy {
				t.Errorf("package plotting links %s", heavy)
			}
		}
	}
}
