package datasets_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

func TestLocal(t *testing.T) {
	ctx := context.Background()
	dir := emptyDir(t)
	for _, s := range datasets.Specs() {
		if err := datasets.Local(ctx, s.Name, dir); err == nil || !strings.Contains(err.Error(), s.Title) {
			t.Errorf("%s: %v; nothing is there", s.Name, err)
		}
	}
	put(t, filepath.Join(dir, "aclImdb.tar.gz"), toyIMDBArchive(t, toyIMDB(2), false))
	put(t, filepath.Join(dir, "text-zh", "waimai_10k.csv"), []byte(toyReviews("\n")))
	put(t, filepath.Join(dir, "chnsenticorp", "ChnSentiCorp_htl_all.csv"), []byte(toyReviews("\n")))
	putAll(t, filepath.Join(dir, "cifar-10-batches-bin"), toyCIFAR())
	putAll(t, filepath.Join(dir, "mnist"), toyFiles(t))
	putAll(t, filepath.Join(dir, "fashion-mnist"), toyFiles(t))
	put(t, filepath.Join(dir, "titanic.csv"), []byte("PassengerId,Survived,Name,Cabin\r\n1,0,x,\r\n"))
	put(t, filepath.Join(dir, "tables", "adult-train.csv.gz"), gzipped([]byte("39, State-gov, <=50K\n")))
	put(t, filepath.Join(dir, "tables", "adult-test.csv"), []byte("|1x3 Cross validator\n39, State-gov, <=50K.\n"))
	put(t, filepath.Join(dir, "penguins", "penguins.csv"), []byte("\ufeffspecies,island\na,b\n"))
	put(t, filepath.Join(dir, "tables", "california-housing.csv"), []byte("median_house_value,ocean_proximity\n1,INLAND\n"))
	for _, s := range datasets.Specs() {
		if err := datasets.Local(ctx, s.Name, dir); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if err := datasets.Local(ctx, "nonsense", dir); err == nil || !strings.Contains(err.Error(), "known are") {
		t.Errorf("nonsense: %v", err)
	}
}

func TestLocalTableThatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"<html>gone</html>": "titanic.csv is damaged: 17 bytes, 57726 are published: its first row is",
		"a,b\n1,2\n":        "not that of the table titanic",
		"":                  "not that of the table titanic",
	} {
		dir := emptyDir(t)
		put(t, filepath.Join(dir, "titanic", "titanic.csv"), []byte(text))
		if err := datasets.Local(context.Background(), "titanic", dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	dir := emptyDir(t)
	put(t, filepath.Join(dir, "titanic.csv.gz"), gzipped([]byte("survived,name,cabin\n"))[:20])
	if err := datasets.Local(context.Background(), "titanic", dir); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("half a .gz: %v", err)
	}
}

// Every set says what is needed to fetch it and to check what came.
func TestSpecs(t *testing.T) {
	seen := map[string]string{}
	for _, s := range datasets.Specs() {
		if s.Title == "" || s.Terms == "" || len(s.Mirrors) == 0 || s.Bytes() == 0 {
			t.Errorf("%+v is not complete", s)
		}
		for _, f := range s.Files {
			if len(f.SHA256) != 64 || seen[f.SHA256] != "" {
				t.Errorf("%s: %s has the SHA-256 %q, %s too", s.Name, f.Name, f.SHA256, seen[f.SHA256])
			}
			seen[f.SHA256] = s.Name
		}
		for _, m := range s.Mirrors {
			if !strings.HasPrefix(m, "http") || strings.HasSuffix(m, "/") {
				t.Errorf("%s: mirror %s", s.Name, m)
			}
		}
	}
}
