package datasets_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// toyReviews has 60 positive and 40 negative reviews; every tenth is "好吃" or
// "难吃".
func toyReviews(newline string) string {
	var b strings.Builder
	b.WriteString("label,review" + newline)
	for i := range 100 {
		label, text := 1, fmt.Sprintf(`"很好, ""第%d次"""`, i)
		if i >= 60 {
			label, text = 0, fmt.Sprintf("不好，第%d次", i)
		}
		if i%10 == 0 {
			text = []string{"难吃", "好吃"}[label]
		}
		fmt.Fprintf(&b, "%d,%s%s", label, text, newline)
	}
	return b.String()
}

func TestWaimai(t *testing.T) {
	ctx := context.Background()
	var first []string
	for name, data := range map[string]string{
		"plain": toyReviews("\n"), "CRLF": toyReviews("\r\n"), "BOM": "\ufeff" + toyReviews("\n"),
		"empty row": toyReviews("\n") + "0,\n1,\"  \"\n",
		"columns":   "n," + strings.ReplaceAll(strings.TrimSuffix(toyReviews("\n"), "\n"), "\n", "\n7,") + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			put(t, filepath.Join(dir, "text-zh", "waimai_10k.csv"), []byte(data))
			for range 2 { // from the file, from the cache
				train, test := datasets.Waimai(datasets.Dir(dir), datasets.NoDownload)
				a, b := tensor.Must(train.Texts(ctx)), tensor.Must(test.Texts(ctx))
				if len(a)+len(b) != 100 || len(b) < 16 || len(b) > 26 {
					t.Fatalf("%d and %d reviews", len(a), len(b))
				}
				for _, text := range b {
					if slices.Contains(a, text) {
						t.Errorf("%q is in both splits", text)
					}
				}
				if first == nil {
					first = b
				}
				if !slices.Equal(first, b) {
					t.Errorf("the test split changed: %q, %q", first, b)
				}
				counts, other := tensor.Must(train.Counts(ctx)), tensor.Must(test.Counts(ctx))
				if counts[0]+other[0] != 40 || counts[1]+other[1] != 60 || other[0] < 6 || other[1] < 9 {
					t.Errorf("counts %v and %v", counts, other)
				}
				if i := slices.IndexFunc(a, func(s string) bool { return strings.HasPrefix(s, "很好, \"第") }); i < 0 {
					t.Error("quotes were not taken off")
				}
			}
		})
	}
}

func TestWaimaiFaults(t *testing.T) {
	for name, c := range map[string][2]string{
		"no header":   {"1,好吃\n0,难吃\n", "columns label and review"},
		"empty":       {"", "no header"},
		"only header": {"label,review\n", "no reviews"},
		"label 2":     {"label,review\n2,好吃\n", `label "2"`},
		"GBK":         {"label,review\n1,\xba\xc3\xb3\xd4\n", "not UTF-8"},
		"open quote":  {"label,review\n1,\"好吃\n", "quote"},
		"columns":     {"label,review\n1,好,吃\n", "3 columns"},
		"html":        {"<!DOCTYPE html><html>\n", "columns label and review"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			put(t, filepath.Join(dir, "waimai_10k.csv"), []byte(c[0]))
			train, _ := datasets.Waimai(datasets.Dir(dir), datasets.NoDownload)
			if err := train.Load(context.Background()); err == nil || !strings.Contains(err.Error(), c[1]) {
				t.Errorf("got %v, want %q", err, c[1])
			}
		})
	}
}

func TestRealChineseReviews(t *testing.T) {
	source, err := filepath.Abs(os.Getenv("FROMZERO_DATA"))
	if os.Getenv("FROMZERO_DATA") == "" || err != nil {
		t.Skip("FROMZERO_DATA is not set")
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(source, "text-zh"), filepath.Join(dir, "text-zh")); err != nil {
		t.Skip(err)
	}
	ctx := context.Background()
	for _, c := range []struct {
		open     func(...datasets.Option) (train, test *datasets.Texts)
		neg, pos int
	}{{datasets.Waimai, 7987, 4000}, {datasets.ChnSentiCorp, 2443, 5322}} {
		train, test := c.open(datasets.Dir(dir), datasets.NoDownload)
		if err := train.Load(ctx); err != nil {
			t.Skip(err)
		}
		a, b := tensor.Must(train.Counts(ctx)), tensor.Must(test.Counts(ctx))
		if a[0]+b[0] != c.neg || a[1]+b[1] != c.pos {
			t.Errorf("%s: %v and %v; want %d negative and %d positive in all", train.Name(), a, b, c.neg, c.pos)
		}
		if share := float64(b[1]) / float64(c.pos); share < .19 || share > .21 {
			t.Errorf("%s: %.3f of the positive reviews are for testing", train.Name(), share)
		}
		if !strings.Contains(train.Source(), "as published") {
			t.Errorf("Source: %s", train.Source())
		}
	}
}
