package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

func cifar10Spec() Spec {
	return Spec{
		Name:  "cifar-10",
		Title: "CIFAR-10",
		Files: []File{{
			Name: "cifar-10-binary.tar.gz", Size: 170052171,
			SHA256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
			Also:   []string{"cifar-10-binary.tgz"},
		}},
		Folders: []string{"cifar-10/cifar-10-batches-bin", "cifar-10-batches-bin"},
		Mirrors: []string{
			"https://www.cs.toronto.edu/~kriz",
			"https://cave.cs.toronto.edu/kriz",
			"https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets",
		},
		Terms: `no formal licence; cite Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009`,
	}
}

// cifarFiles are the files of the binary version, and their published SHA-256.
// The first five are for training.
var cifarFiles = [6][2]string{
	{"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
	{"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
	{"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
	{"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
	{"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
	{"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
}

const (
	cifarTrain = 5
	// mostCIFAR bounds a .bin file: the published ones have 31 MB.
	mostCIFAR = 256 << 20
)

// CIFAR10 is the set of 50,000 training and 10,000 test images of ten kinds of
// things, 32×32 pixels in three channels, red, green and blue. Images have shape
// (32, 32, 3), or (3072,) with the option Flatten.
//
// The set's binary version is read: the archive cifar-10-binary.tar.gz, or the
// folder with its six .bin files. Nothing is read until a handle is used, and
// both handles share what is read.
func CIFAR10(opts ...Option) (train, test *Images) {
	c := cifar{cifar10Spec(), [3]int{32, 32, 3}, 10}
	return newImageSet(&set[*pixels]{spec: c.spec, config: newConfig(opts), files: c.files}, c.shape,
		"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
}

// cifar is a set in the form of CIFAR-10's binary version.
type cifar struct {
	spec    Spec
	shape   [3]int
	classes int
}

// files takes the first folder with all six files, else the first archive.
func (c cifar) files(ctx context.Context, root string) (splits [2]*pixels, sources []source, err error) {
	bad := &filesError{set: c.spec.Title, root: root}
	for _, folder := range folders(root, c.spec) {
		splits, sources, err := c.fromFolder(root, folder)
		if err == nil {
			return splits, sources, nil
		}
		var incomplete *filesError
		if errors.As(err, &incomplete) && incomplete.present > 0 && bad.present == 0 {
			bad = incomplete
		}
	}
	file := c.spec.Files[0]
	for _, path := range candidates(root, c.spec, file) {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		splits, sum, err := c.fromArchive(ctx, path)
		if err == nil {
			return splits, []source{{path, info, sum == file.SHA256}}, nil
		}
		if ctx.Err() != nil {
			return splits, nil, ctx.Err()
		}
		bad.present++
		bad.problems = append(bad.problems, problem{file.Name, fmt.Errorf("%w (%s, %d bytes)", err, path, info.Size())})
	}
	return splits, nil, bad
}

// fromFolder maps the .bin files of a folder.
func (c cifar) fromFolder(root, folder string) (splits [2]*pixels, sources []source, err error) {
	var maps [len(cifarFiles)]*cachefile.Mapping
	bad := &filesError{set: c.spec.Title, root: folder}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return splits, nil, bad
	}
	sources = make([]source, len(cifarFiles))
	for i, f := range cifarFiles {
		path := filepath.Join(folder, f[0])
		maps[i], sources[i].info, err = mapWhole(path)
		sources[i].path = path
		switch {
		case errors.Is(err, os.ErrNotExist):
			bad.problems = append(bad.problems, problem{file: f[0]})
		case err != nil:
			bad.problems = append(bad.problems, problem{f[0], err})
			bad.present++
		default:
			bad.present++
		}
	}
	if len(bad.problems) > 0 {
		return splits, nil, bad
	}
	if err := isPublished(maps[:], sources); err != nil {
		return splits, nil, err
	}
	splits, err = c.split(root, maps[:], sources)
	var broken *partError
	if errors.As(err, &broken) {
		bad.problems = append(bad.problems, problem{cifarFiles[broken.part][0], err})
		return splits, nil, bad
	}
	return splits, sources, err
}

// mapWhole maps a plain file.
func mapWhole(path string) (*cachefile.Mapping, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, os.ErrNotExist
	}
	m, err := cachefile.MapFile(f)
	return m, info, err
}

// isPublished compares all files with the published checksums at once.
func isPublished(maps []*cachefile.Mapping, sources []source) error {
	return cachefile.Guard(func() {
		cachefile.Parallel(len(maps), func(i int) {
			sum := sha256.Sum256(maps[i].Bytes())
			sources[i].published = hex.EncodeToString(sum[:]) == cifarFiles[i][1]
		})
	})
}

// split makes the two splits of six files in memory; sources is nil for the
// members of an archive. Its error is a *partError if a file is no good.
func (c cifar) split(root string, maps []*cachefile.Mapping, sources []source) (splits [2]*pixels, err error) {
	bounds := [3]int{0, cifarTrain, len(maps)}
	for k := range splits {
		s := stored{records: true, maps: maps[bounds[k]:bounds[k+1]]}
		var sums []uint32
		for i, m := range s.maps {
			part, err := m.Sums()
			if err != nil {
				return splits, err
			}
			s.parts, sums = append(s.parts, m.Bytes()), append(sums, part...)
			if sources != nil {
				s.outside = append(s.outside, outsideFile{relative(root, sources[bounds[k]+i].path), int64(len(m.Bytes())), part})
			}
		}
		if fault := cachefile.Guard(func() { splits[k], err = newRecords(c.shape, c.classes, s) }); fault != nil {
			return splits, fault
		}
		var broken *partError
		if errors.As(err, &broken) {
			broken.part += bounds[k]
			return splits, broken
		}
		splits[k].sums = sums
	}
	return splits, nil
}

// fromArchive reads the .bin files in a tar archive, in whatever folder of it
// they are.
func (c cifar) fromArchive(ctx context.Context, path string) (splits [2]*pixels, sum string, err error) {
	var m cifarMembers
	if sum, err = walkTar(ctx, path, m.visit); err != nil {
		return splits, "", err
	}
	splits, err = c.fromMembers(m)
	return splits, sum, err
}

// cifarMembers are the files of an archive.
type cifarMembers struct {
	files  [len(cifarFiles)][]byte
	others []string // names of the first few that are none of the set's
}

func (m *cifarMembers) visit(name string, r io.Reader) (err error) {
	for i, f := range cifarFiles {
		if path.Base(name) == f[0] {
			m.files[i], err = readMember(r, mostCIFAR)
			return err
		}
	}
	if len(m.others) < 3 {
		m.others = append(m.others, name)
	}
	return nil
}

func (c cifar) fromMembers(m cifarMembers) (splits [2]*pixels, err error) {
	var maps []*cachefile.Mapping
	for i, data := range m.files {
		if data == nil {
			return splits, missingMember(cifarFiles[i][0], m.others)
		}
		maps = append(maps, cachefile.InMemory(data))
	}
	splits, err = c.split("", maps, nil)
	var broken *partError
	if errors.As(err, &broken) {
		err = fmt.Errorf("%s: %w", cifarFiles[broken.part][0], err)
	}
	return splits, err
}

func missingMember(name string, others []string) error {
	hint := ""
	if strings.Contains(strings.Join(others, " "), "batches-py") {
		hint = "; this is the Python version of the set, the binary version is wanted"
	}
	return fmt.Errorf("it has no %s, but %s …%s", name, strings.Join(others, ", "), hint)
}
