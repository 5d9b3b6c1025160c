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
	for _, s := range datasets.Specs() {
		if err := datasets.Local(ctx, s.Name, dir); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if err := datasets.Local(ctx, "nonsense", dir); err == nil || !strings.Contains(err.Error(), "known are") {
		t.Errorf("nonsense: %v", err)
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
