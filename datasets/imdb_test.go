package datasets_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// toyIMDB has n reviews in each of the four folders, and some files that are
// none.
func toyIMDB(n int) map[string][]byte {
	files := map[string][]byte{
		"README":                []byte("about"),
		"train/unsup/0_0.txt":   []byte("no label"),
		"train/unsup/1_0.txt":   []byte("no label"),
		"train/labeledBow.feat": []byte("1 0:9"),
		"train/urls_pos.txt":    []byte("http://example.org"),
		"train/pos/._0_9.txt":   []byte("a Mac was here"),
		"test/pos/.DS_Store":    []byte("a Mac was here"),
	}
	for _, split := range []string{"train", "test"} {
		for class, name := range []string{"neg", "pos"} {
			for i := range n {
				files[fmt.Sprintf("%s/%s/%d_%d.txt", split, name, i, 3+5*class)] = []byte(toyReview(split, name, i))
			}
		}
	}
	return files
}

func toyReview(split, class string, i int) string {
	return fmt.Sprintf("%s %s review %d<br /><br />“très” good!", split, class, i)
}

// toyIMDBArchive packs the files in the order of their names, or the reverse.
func toyIMDBArchive(t testing.TB, files map[string][]byte, backwards bool) []byte {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	if backwards {
		sort.Sort(sort.Reverse(sort.StringSlice(names)))
	}
	return gzipped(tarOf(t, "aclImdb", names, files))
}

func wantToyIMDB(t *testing.T, dir string, n int) (train, test *datasets.Texts) {
	t.Helper()
	ctx := context.Background()
	train, test = datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
	for _, d := range []*datasets.Texts{train, test} {
		if err := d.Load(ctx); err != nil {
			t.Fatal(err)
		}
		texts, labels := tensor.Must(d.Texts(ctx)), tensor.Must(d.Labels(ctx))
		if len(texts) != 2*n || d.Len() != 2*n {
			t.Fatalf("%s has %d texts, want %d", d.Name(), len(texts), 2*n)
		}
		for i, text := range texts {
			class := i / n
			want := toyReview(strings.TrimPrefix(d.Name(), "IMDB "), []string{"neg", "pos"}[class], i%n)
			if one := tensor.Must(d.Text(ctx, i)); text != want || one != want || labels[i] != int32(class) {
				t.Fatalf("%s: text %d is %q with label %d, want %q with %d", d.Name(), i, text, labels[i], want, class)
			}
		}
	}
	return train, test
}

func TestIMDBByHand(t *testing.T) {
	const n = 12 // two digits: 10_3.txt sorts before 2_3.txt by name
	files := toyIMDB(n)
	for name, place := range map[string]func(dir string){
		"archive": func(dir string) {
			put(t, filepath.Join(dir, "imdb/aclImdb_v1.tar.gz"), toyIMDBArchive(t, files, false))
		},
		"backwards":        func(dir string) { put(t, filepath.Join(dir, "aclImdb_v1.tar.gz"), toyIMDBArchive(t, files, true)) },
		"folder in folder": func(dir string) { putAll(t, filepath.Join(dir, "imdb/aclImdb"), files) },
		"folder":           func(dir string) { putAll(t, filepath.Join(dir, "aclImdb"), files) },
		"itself":           func(dir string) { putAll(t, dir, files) },
		"broken archive, folder": func(dir string) {
			put(t, filepath.Join(dir, "aclImdb_v1.tar.gz"), []byte("<html>"))
			putAll(t, filepath.Join(dir, "aclImdb"), files)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			place(dir)
			before, _ := wantToyIMDB(t, dir, n)
			after, _ := wantToyIMDB(t, dir, n) // from the decoded cache
			a, b := tensor.Must(before.Fingerprint(context.Background())), tensor.Must(after.Fingerprint(context.Background()))
			third, other := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
			if c := tensor.Must(third.Fingerprint(context.Background())); a != b || a != c || strings.Contains(third.String(), "24") {
				t.Errorf("fingerprints %q, %q, %q; %v", a, b, c, third)
			}
			if c := tensor.Must(other.Fingerprint(context.Background())); c == a {
				t.Error("both splits have one fingerprint")
			}
		})
	}
}

func TestIMDBArchiveAsDir(t *testing.T) {
	path := filepath.Join(emptyDir(t), "reviews.tgz")
	put(t, path, toyIMDBArchive(t, toyIMDB(2), false))
	train, _ := wantToyIMDB(t, path, 2)
	if counts := fmt.Sprint(tensor.Must(train.Counts(context.Background()))); counts != "[2 2]" || len(train.ClassNames()) != 2 {
		t.Errorf("%s of %v", counts, train.ClassNames())
	}
}

func TestIMDBFolderChanges(t *testing.T) {
	dir := emptyDir(t)
	putAll(t, dir, toyIMDB(3))
	wantToyIMDB(t, dir, 3)
	putAll(t, dir, toyIMDB(4))
	wantToyIMDB(t, dir, 4)
}

func TestIMDBFaults(t *testing.T) {
	without := func(prefix string) map[string][]byte {
		files := toyIMDB(3)
		for name := range files {
			if strings.HasPrefix(name, prefix) {
				delete(files, name)
			}
		}
		return files
	}
	good := toyIMDBArchive(t, toyIMDB(3), false)
	for name, c := range map[string]struct {
		files   map[string][]byte
		archive []byte
		want    string
	}{
		"half unpacked":         {files: without("train/pos/1_"), want: "review number 1 of train/pos is missing"},
		"no test":               {files: without("test/"), want: "test/neg is missing"},
		"archive, no train/neg": {archive: toyIMDBArchive(t, without("train/neg"), false), want: "no review in train/neg"},
		"archive, one missing":  {archive: toyIMDBArchive(t, without("test/neg/0_"), false), want: "review number 0 of test/neg"},
		"archive cut":           {archive: good[:len(good)*2/3], want: "cut off"},
		"archive, flipped bit":  {archive: func() []byte { a := bytes.Clone(good); a[len(a)-5] ^= 4; return a }(), want: "damaged"},
		"another archive":       {archive: toyCIFARArchive(t), want: "no review in"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			if c.archive != nil {
				put(t, filepath.Join(dir, "aclImdb_v1.tar.gz"), c.archive)
			}
			putAll(t, filepath.Join(dir, "aclImdb"), c.files)
			train, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
			err := train.Load(context.Background())
			if err == nil || !strings.Contains(err.Error(), c.want) || train.Len() != -1 {
				t.Errorf("got %v, %d texts\nwant %q", err, train.Len(), c.want)
			}
		})
	}
}

// Of several members with one name the last counts, as tar has it.
func TestIMDBRepeatedMember(t *testing.T) {
	files := toyIMDB(2)
	one := tarOf(t, "aclImdb", []string{"train/neg/0_3.txt"}, map[string][]byte{"train/neg/0_3.txt": []byte("old")})
	var names []string
	for name := range files {
		names = append(names, name)
	}
	all := append(one[:len(one)-1024:len(one)-1024], tarOf(t, "aclImdb", names, files)...)
	path := filepath.Join(emptyDir(t), "x.tar")
	put(t, path, all)
	wantToyIMDB(t, path, 2)
}

// A member that is too large for a review is refused, not read.
func TestIMDBHugeMember(t *testing.T) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	const size = 17 << 20
	_ = w.WriteHeader(&tar.Header{Name: "aclImdb/train/pos/0_9.txt", Size: size, Mode: 0o644})
	_, _ = w.Write(make([]byte, size))
	_ = w.Close()
	path := filepath.Join(emptyDir(t), "x.tar.gz")
	put(t, path, gzipped(buf.Bytes()))
	train, _ := datasets.IMDB(datasets.Dir(path), datasets.NoDownload)
	if err := train.Load(context.Background()); err == nil || !strings.Contains(err.Error(), "more than 16777216 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestTextsMisuse(t *testing.T) {
	path := filepath.Join(emptyDir(t), "x.tar.gz")
	put(t, path, toyIMDBArchive(t, toyIMDB(2), false))
	train, _ := datasets.IMDB(datasets.Dir(path), datasets.NoDownload)
	for _, i := range []int{-1, 4} {
		if _, err := train.Text(context.Background(), i); err == nil {
			t.Errorf("text %d of 4: no error", i)
		}
	}
	train, _ = datasets.IMDB(datasets.MiniSet)
	if err := train.Load(context.Background()); err == nil || !strings.Contains(err.Error(), "no mini set") {
		t.Errorf("got %v", err)
	}
}

func realIMDB(t testing.TB) string {
	t.Helper()
	archive, err := filepath.Abs(filepath.Join(os.Getenv("FROMZERO_DATA"), "imdb", "aclImdb_v1.tar.gz"))
	if _, statErr := os.Stat(archive); os.Getenv("FROMZERO_DATA") == "" || err != nil || statErr != nil {
		t.Skip("$FROMZERO_DATA/imdb/aclImdb_v1.tar.gz is not there")
	}
	dir := t.TempDir()
	if err := os.Symlink(archive, filepath.Join(dir, "aclImdb_v1.tar.gz")); err != nil {
		t.Skip(err)
	}
	return dir
}

func TestRealIMDB(t *testing.T) {
	dir := realIMDB(t)
	for _, from := range []string{"archive", "decoded cache"} {
		t.Run(from, func(t *testing.T) {
			ctx := context.Background()
			train, test := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
			breaks, beyondASCII, controls := 0, 0, 0
			for d, bytes := range map[*datasets.Texts]int{train: 33_132_823, test: 32_350_685} {
				if counts := fmt.Sprint(tensor.Must(d.Counts(ctx))); counts != "[12500 12500]" {
					t.Errorf("%s: counts %s", d.Name(), counts)
				}
				total := 0
				for _, text := range tensor.Must(d.Texts(ctx)) {
					total += len(text)
					if strings.Contains(text, "<br />") {
						breaks++
					}
					if strings.ContainsFunc(text, func(r rune) bool { return r > 0x7f }) {
						beyondASCII++
					}
					if strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 && r < 0xa0 }) {
						controls++
					}
				}
				if total != bytes {
					t.Errorf("%s: %d bytes, want %d", d.Name(), total, bytes)
				}
			}
			if breaks != 29_200 {
				t.Errorf("%d reviews contain <br />, want 29,200", breaks)
			}
			if beyondASCII != 4_660 || controls != 1_571 {
				t.Errorf("%d reviews have characters beyond ASCII, %d control characters of C1; want 4,660 and 1,571", beyondASCII, controls)
			}
		})
	}
}

// The published archive also has reviews without a label and word counts: with
// such members among them, the real reviews give the same two classes.
func TestRealIMDBWithUnsup(t *testing.T) {
	from, err := os.Open(filepath.Join(realIMDB(t), "aclImdb_v1.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	z, err := gzip.NewReader(from)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(emptyDir(t), "aclImdb.tar")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	in, out := tar.NewReader(z), tar.NewWriter(to)
	for n := 0; ; n++ {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err == nil && n%10 == 0 {
			text := fmt.Sprintf("a review without a label, number %d", n/10)
			err = errors.Join(
				out.WriteHeader(&tar.Header{Name: fmt.Sprintf("aclImdb/train/unsup/%d_0.txt", n/10), Size: int64(len(text)), Mode: 0o644}),
				errorOf(io.WriteString(out, text)),
				out.WriteHeader(&tar.Header{Name: "aclImdb/train/labeledBow.feat", Size: 4, Mode: 0o644}),
				errorOf(io.WriteString(out, "9 0:")))
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(out.WriteHeader(h), errorOf(io.Copy(out, in))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), to.Close()); err != nil {
		t.Fatal(err)
	}
	train, test := datasets.IMDB(datasets.Dir(path), datasets.NoDownload)
	for _, d := range []*datasets.Texts{train, test} {
		if counts, err := d.Counts(context.Background()); err != nil || fmt.Sprint(counts) != "[12500 12500]" {
			t.Errorf("%s: counts %v, %v", d.Name(), counts, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// Aim: two seconds on two cores.
func BenchmarkIMDBFromArchive(b *testing.B) {
	dir := realIMDB(b)
	for b.Loop() {
		b.StopTimer()
		_ = os.RemoveAll(filepath.Join(dir, "imdb"))
		b.StartTimer()
		train, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
		if err := train.Load(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// Aim: milliseconds.
func BenchmarkIMDBFromCache(b *testing.B) {
	dir := realIMDB(b)
	first, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
	_ = first.Load(context.Background())
	for b.Loop() {
		train, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
		if err := train.Load(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
