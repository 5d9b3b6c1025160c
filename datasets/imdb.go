package datasets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

func imdbSpec() Spec {
	return Spec{
		Name:  "imdb",
		Title: "IMDB",
		Files: []File{{
			Name: "aclImdb_v1.tar.gz", Size: 84125825,
			SHA256: "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
			URLs:   []string{"https://bj.bcebos.com/dataset/imdb%2FaclImdb_v1.tar.gz"},
			Also:   []string{"aclImdb.tar.gz", "aclImdb.tar"},
		}},
		Folders: []string{"imdb/aclImdb", "aclImdb"},
		Mirrors: []string{"https://ai.stanford.edu/~amaas/data/sentiment"},
		Terms:   `no formal licence, the texts are IMDb users'; cite Maas et al., "Learning Word Vectors for Sentiment Analysis", ACL 2011`,
	}
}

// IMDB is the Large Movie Review Dataset: 25,000 training and 25,000 test
// reviews in English, half of each negative (0) and half positive (1).
//
// It is read from the archive aclImdb_v1.tar.gz, or in place from the folder
// that unpacking it gives. Its 50,000 reviews without a label (unsup) are left
// out. The order is always the same: all negative reviews, then all positive
// ones, each by their number; so shuffle before training, as Fit does.
//
// Nothing is read until a handle is used, and both handles share what is read.
func IMDB(opts ...Option) (train, test *Texts) {
	f := aclImdb{imdbSpec()}
	return newTextSet(&set[*corpus]{spec: f.spec, config: newConfig(opts), files: f.files}, "negative", "positive")
}

// aclImdb reads a set of reviews in folders train/neg, train/pos, test/neg and
// test/pos.
type aclImdb struct{ spec Spec }

const (
	// mostReview bounds a review: the longest has 14 kB.
	mostReview = 16 << 20
	// mostReviews bounds all together: they have 65 MB.
	mostReviews = 1 << 30
)

var imdbClasses = [2]string{"neg", "pos"}

// review is one file, wherever it was found.
type review struct {
	split, class int
	number       int // the first number of its name, MaxInt if it has none
	name         string
	text         []byte
}

// files takes the first archive that is whole, else the first folder.
func (f aclImdb) files(ctx context.Context, root string) (splits [2]*corpus, sources []source, err error) {
	bad := &filesError{set: f.spec.Title, root: root}
	file := f.spec.Files[0]
	for _, path := range candidates(root, f.spec, file) {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		splits, sum, err := f.fromArchive(ctx, path)
		if err == nil {
			return splits, []source{{path, info, sum == file.SHA256}}, nil
		}
		if ctx.Err() != nil {
			return splits, nil, ctx.Err()
		}
		bad.present++
		bad.problems = append(bad.problems, problem{file.Name, fmt.Errorf("%w (%s, %d bytes)", err, path, info.Size())})
	}
	for _, folder := range folders(root, f.spec) {
		if info, err := os.Stat(filepath.Join(folder, "train")); err != nil || !info.IsDir() {
			continue
		}
		splits, sources, err := f.fromFolder(ctx, folder)
		if err == nil || ctx.Err() != nil {
			return splits, sources, err
		}
		bad.present++
		bad.problems = append(bad.problems, problem{folder, err})
	}
	return splits, nil, bad
}

// parseMember tells where a file belongs by the end of its path, "train/pos/7_9.txt".
func parseMember(name string) (r review, ok bool) {
	parts := strings.Split(name, "/")
	if len(parts) < 3 {
		return r, false
	}
	parts = parts[len(parts)-3:]
	r.split, r.class = slices.Index(splitNames[:], parts[0]), slices.Index(imdbClasses[:], parts[1])
	r.name, r.number = parts[2], numberOf(parts[2])
	ok = r.split >= 0 && r.class >= 0 && strings.HasSuffix(r.name, ".txt") && !strings.HasPrefix(r.name, ".")
	return r, ok
}

func numberOf(name string) int {
	digits, _, _ := strings.Cut(name, "_")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return math.MaxInt
	}
	return n
}

func (f aclImdb) fromArchive(ctx context.Context, path string) (splits [2]*corpus, sum string, err error) {
	m := imdbMembers{most: mostReviews}
	if sum, err = walkTar(ctx, path, m.visit); err != nil {
		return splits, "", err
	}
	splits, err = joinReviews(m.all)
	return splits, sum, err
}

// imdbMembers are the reviews of an archive.
type imdbMembers struct {
	all   []review
	arena []byte // where the last ones' texts are
	bytes int    // of all texts
	most  int    // that these may be
}

func (m *imdbMembers) visit(name string, in io.Reader) (err error) {
	r, ok := parseMember(name)
	if !ok {
		return nil
	}
	m.arena, r.text, err = readInto(m.arena, in, mostReview)
	if m.bytes += len(r.text); m.bytes > m.most {
		return fmt.Errorf("the reviews have more than %d bytes; it is refused", m.most)
	}
	m.all = append(m.all, r)
	return err
}

// readInto reads all of a small member into arena's free memory, or into a new
// arena, so that 50,000 of them do not need memory of their own each.
func readInto(arena []byte, in io.Reader, most int) (grown, text []byte, err error) {
	const room, size = 512, 1 << 20
	start := len(arena)
	for {
		if cap(arena)-len(arena) < room {
			next := make([]byte, len(arena)-start, max(size, 2*(len(arena)-start)))
			copy(next, arena[start:])
			arena, start = next, 0
		}
		n, err := in.Read(arena[len(arena):cap(arena)])
		arena = arena[:len(arena)+n]
		switch {
		case len(arena)-start > most:
			return arena, nil, fmt.Errorf("it has more than %d bytes", most)
		case err == io.EOF:
			return arena, arena[start:len(arena):len(arena)], nil
		case err != nil:
			return arena, nil, err
		}
	}
}

// fromFolder reads the reviews in place.
func (f aclImdb) fromFolder(ctx context.Context, folder string) (splits [2]*corpus, sources []source, err error) {
	var all []review
	for _, part := range []string{".", "train/neg", "train/pos", "test/neg", "test/pos"} {
		dir := filepath.Join(folder, part)
		info, err := os.Stat(dir)
		if err != nil {
			return splits, nil, fmt.Errorf("%s is missing", part)
		}
		sources = append(sources, source{path: dir, info: info})
		if part == "." {
			continue
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return splits, nil, err
		}
		for _, e := range entries {
			if r, ok := parseMember(path.Join(part, e.Name())); ok {
				all = append(all, r)
			}
		}
	}
	if err := readReviews(ctx, folder, all); err != nil {
		return splits, nil, err
	}
	splits, err = joinReviews(all)
	return splits, sources, err
}

// readReviews fills in the texts, several files at a time.
func readReviews(ctx context.Context, folder string, all []review) error {
	workers := 4 * runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(all) && errs[w] == nil; i += workers {
				r := &all[i]
				r.text, errs[w] = readReview(filepath.Join(folder, splitNames[r.split], imdbClasses[r.class], r.name))
				if ctx.Err() != nil {
					errs[w] = ctx.Err()
				}
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func readReview(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := readMember(in, mostReview)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// joinReviews sorts reviews into the splits, and makes sure that none is missing: their
// numbers must run from 0 on in each of the four folders.
func joinReviews(all []review) (splits [2]*corpus, err error) {
	slices.SortStableFunc(all, func(a, b review) int {
		return cmp.Or(a.split-b.split, a.class-b.class, cmp.Compare(a.number, b.number), strings.Compare(a.name, b.name))
	})
	var parts [2][]labelled
	next := [2][2]int{}
	for i, r := range all {
		if i+1 < len(all) && same(r, all[i+1]) {
			continue // as tar has it: the last of several with one name counts
		}
		if n := &next[r.split][r.class]; r.number != math.MaxInt {
			if r.number != *n {
				return splits, fmt.Errorf("review number %d of %s/%s is missing (%s comes next); it was not unpacked to the end",
					*n, splitNames[r.split], imdbClasses[r.class], r.name)
			}
			*n++
		}
		parts[r.split] = append(parts[r.split], labelled{r.text, uint8(r.class)})
	}
	for s := range parts {
		for class, name := range imdbClasses {
			if !slices.ContainsFunc(parts[s], func(l labelled) bool { return int(l.label) == class }) {
				return splits, fmt.Errorf("there is no review in %s/%s", splitNames[s], name)
			}
		}
		if splits[s], err = newCorpus(parts[s]); err != nil {
			return splits, err
		}
	}
	return splits, nil
}

func same(a, b review) bool { return a.split == b.split && a.class == b.class && a.name == b.name }
