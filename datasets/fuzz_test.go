package datasets

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"testing"
)

// Seeds: a small archive of members, plain and compressed forms are both tried.
func tarSeed(names ...string) []byte {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for i, name := range names {
		data := bytes.Repeat([]byte{byte(i)}, 5)
		_ = w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o644})
		_, _ = w.Write(data)
	}
	_ = w.Close()
	return buf.Bytes()
}

// Tiny images, so that a fuzzer can make whole sets: 1×2 in 3 channels.
func tinyCIFAR() cifar { return cifar{cifar10Spec(), [3]int{1, 2, 3}, 10} }

// Whatever an archive holds, it gives all six files' images or an error.
func FuzzCIFARArchive(f *testing.F) {
	var names []string
	for _, file := range cifarFiles {
		names = append(names, "x/"+file[0])
	}
	f.Add(tarSeed(names...))
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range names {
		_ = w.WriteHeader(&tar.Header{Name: name, Size: 14, Mode: 0o644})
		_, _ = w.Write([]byte{1, 2, 3, 4, 5, 6, 7, 9, 2, 3, 4, 5, 6, 7})
	}
	_ = w.Close()
	f.Add(buf.Bytes())
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m cifarMembers
		if readTar(context.Background(), bytes.NewReader(data), m.visit) != nil {
			return
		}
		if splits, err := tinyCIFAR().fromMembers(m); err == nil {
			checkPixels(t, splits)
		}
	})
}

// Whatever a .bin file holds, it gives all its images or an error.
func FuzzCIFARFile(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7})
	f.Add([]byte{10, 2, 3, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m cifarMembers
		for i := range m.files {
			m.files[i] = append([]byte{}, data...)
		}
		splits, err := tinyCIFAR().fromMembers(m)
		if ok := len(data) > 0 && len(data)%7 == 0; err != nil {
			return
		} else if !ok {
			t.Fatalf("%d bytes gave %d images", len(data), splits[0].len())
		}
		checkPixels(t, splits)
		if splits[1].len() != len(data)/7 || splits[0].len() != 5*len(data)/7 {
			t.Errorf("%d and %d images of %d bytes", splits[0].len(), splits[1].len(), len(data))
		}
	})
}

func checkPixels(t *testing.T, splits [2]*pixels) {
	for _, p := range splits {
		if p.len() == 0 || len(p.images) != p.len() || firstNotBelow(p.labels, 10) >= 0 {
			t.Errorf("%d labels, %d images", p.len(), len(p.images))
		}
		for i := range p.len() {
			p.copyImage(make([]uint8, p.each()), i)
		}
	}
}

// Whatever an archive holds, it gives reviews of both classes in both splits, or
// an error.
func FuzzIMDBArchive(f *testing.F) {
	f.Add(tarSeed("a/train/neg/0_1.txt", "a/train/pos/0_9.txt", "a/test/neg/0_1.txt", "a/test/pos/0_9.txt", "a/train/unsup/0_0.txt"))
	f.Add(tarSeed("../train/neg/0_1.txt"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := imdbMembers{most: 1 << 20}
		if readTar(context.Background(), bytes.NewReader(data), m.visit) != nil {
			return
		}
		splits, err := joinReviews(m.all)
		if err != nil {
			return
		}
		for _, c := range splits {
			counts := countLabels(c.labels, 2)
			total := 0
			for i := range c.len() {
				total += len(c.at(i))
			}
			if counts[0] == 0 || counts[1] == 0 || total != len(c.text) {
				t.Errorf("%v reviews, %d bytes of %d", counts, total, len(c.text))
			}
		}
	})
}

// Whatever a CSV file holds, it gives reviews of known classes, or an error; and
// the split loses none.
func FuzzReviews(f *testing.F) {
	f.Add([]byte("label,review\n1,\"good, \"\"very\"\"\"\n0,bad\r\n0,\n"))
	f.Add([]byte("\ufeffreview,label\nx,1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := parseReviews(data)
		if err != nil {
			return
		}
		for i, l := range all {
			if l.label > 1 || len(l.text) == 0 {
				t.Fatalf("review %d: %q, %d", i, l.text, l.label)
			}
		}
		parts := splitByText(all, 0.5)
		if len(parts[0])+len(parts[1]) != len(all) {
			t.Fatalf("%d and %d of %d", len(parts[0]), len(parts[1]), len(all))
		}
		held := map[string]bool{}
		for _, l := range parts[1] {
			held[string(l.text)] = true
		}
		for _, l := range parts[0] {
			if held[string(l.text)] {
				t.Fatalf("%q is in both splits", l.text)
			}
		}
	})
}

func TestManyReviews(t *testing.T) {
	archive := tarSeed("a/train/neg/0_1.txt", "a/train/pos/0_9.txt", "a/test/neg/0_1.txt", "a/test/pos/0_9.txt") // of 5 bytes each
	for most, ok := range map[int]bool{20: true, 19: false} {
		m := imdbMembers{most: most}
		err := readTar(context.Background(), bytes.NewReader(archive), m.visit)
		if (err == nil) != ok {
			t.Errorf("20 bytes of texts, at most %d: %v", most, err)
		}
	}
}

func TestMemberName(t *testing.T) {
	for in, want := range map[string]string{
		"a/b": "a/b", "./a/b": "a/b", "a/../b": "b", `a\b`: "a/b", "a//b/": "a/b",
		"../a": "", "a/../../b": "", "/a": "", `..\a`: "", "..": "", `C:\..\..\..\a`: "",
	} {
		got, err := memberName(in)
		if got != want || (err == nil) == (want == "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

// A sorted file order, whatever the numbers.
func TestNumberOf(t *testing.T) {
	for in, want := range map[string]string{"0_3.txt": "0", "123_10.txt": "123", "x_1.txt": "none", "-1_2.txt": "none", "99999999999999999999_1.txt": "none"} {
		got := fmt.Sprint(numberOf(in))
		if numberOf(in) == int(^uint(0)>>1) {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
