package datasets

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofromzero/fromzero/tensor"
)

// imageSet is what the two splits of a set share: where it comes from, and the
// turn to load it.
type imageSet struct {
	spec    Spec
	classes []string
	shape   [3]int // height, width, channels
	config  config

	// decode turns the contents of file i of the spec into a tensor.
	decode func(i int, data []byte) (*tensor.Tensor, error)
	// join makes the splits of all files' tensors. It may return a filesError
	// without set and root.
	join func(files []found) ([2]*pixels, error)
	// mini decodes the mini set; nil where there is none.
	mini func() ([2]*pixels, error)

	turn  chan struct{} // of capacity 1: holds a token while someone loads
	ready [2]*loaded    // read and written in turn
}

// load returns a split, reading it if no earlier call did. Waiting for another
// goroutine's download ends with ctx.
func (s *imageSet) load(ctx context.Context, split int) (*loaded, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.ready[split] == nil {
		if err := s.read(ctx, split); err != nil {
			return nil, err
		}
	}
	return s.ready[split], nil
}

// read fills ready[split], and the other split where that costs nothing more.
func (s *imageSet) read(ctx context.Context, split int) error {
	if s.config.mini {
		return s.takeMini("asked for by the option MiniSet")
	}
	root, err := s.config.root()
	if err != nil {
		return s.standIn(err, "")
	}
	if l := s.fromCache(root, split); l != nil {
		s.ready[split] = l
		return nil
	}
	first := s.fromFiles(root)
	var bad *filesError
	if first == nil || !errors.As(first, &bad) {
		return first
	}
	downloadErr := s.download(ctx, root, bad)
	if downloadErr == nil {
		return s.fromFiles(root)
	}
	if ctx.Err() != nil {
		return downloadErr
	}
	// What lies there was meant to be used: training on something else
	// instead would hide that it is broken.
	here := s.config.dir != "" && s.config.noDownload
	if bad.present > 0 || here || s.mini == nil {
		return fmt.Errorf("%w\n%w\n%s", first, downloadErr, s.advice(root))
	}
	return s.standIn(downloadErr, root)
}

// fromFiles decodes the set's files and keeps a decoded copy of them.
func (s *imageSet) fromFiles(root string) error {
	files, err := readFiles(root, s.spec, s.decode)
	if err != nil {
		return err
	}
	splits, err := s.join(files)
	if err != nil {
		var bad *filesError
		if errors.As(err, &bad) {
			bad.set, bad.root, bad.present = s.spec.Title, root, len(files)
		}
		return err
	}
	from := origin{folder: filepath.Dir(files[0].path), published: true}
	for _, f := range files {
		from.published = from.published && f.published
	}
	for i, p := range splits {
		s.ready[i] = &loaded{p, from}
	}
	s.writeCache(root, files, splits, from)
	forgetFailure(root, s.spec)
	return nil
}

// download gets the files that bad found missing or damaged.
func (s *imageSet) download(ctx context.Context, root string, bad *filesError) error {
	if s.config.noDownload {
		return errors.New("datasets: nothing was downloaded because of the option NoDownload")
	}
	if err := recentFailure(root, s.spec); err != nil && bad.present == 0 {
		return err
	}
	fetch, err := s.config.fetcher()
	if err != nil {
		return err
	}
	for _, name := range bad.damaged() {
		s.config.log(fmt.Sprintf("datasets: %s in %s is damaged; fetching it again", name, root))
	}
	if bad.present == 0 {
		s.config.log(fmt.Sprintf("datasets: downloading %s (%.1f MB) into %s", s.spec.Title, float64(s.spec.Bytes())/1e6, filepath.Join(root, s.spec.Name)))
	}
	err = fetch(ctx, Request{Spec: s.spec, Dir: root, Replace: bad.damaged(), Reporter: s.config.reporter, Log: s.config.log})
	if err != nil && ctx.Err() == nil {
		rememberFailure(root, s.spec, err)
	}
	return err
}

// standIn takes the mini set because of err, and says so.
func (s *imageSet) standIn(err error, root string) error {
	if s.mini == nil {
		return err
	}
	if err := s.takeMini("the full set could neither be found nor downloaded"); err != nil {
		return err
	}
	s.config.log(fmt.Sprintf("datasets: NOT THE FULL %s: a mini set of %s training and %s test images stands in, because the full set could not be had. Expect lower accuracy.\n%v\n%s",
		s.spec.Title, thousands(s.ready[0].len()), thousands(s.ready[1].len()), err, s.advice(root)))
	return nil
}

func (s *imageSet) takeMini(why string) error {
	if s.mini == nil {
		return fmt.Errorf("datasets: there is no mini set of %s; leave out the option MiniSet", s.spec.Title)
	}
	splits, err := s.mini()
	if err != nil {
		return fmt.Errorf("datasets: the mini set inside this program: %w", err)
	}
	for i, p := range splits {
		s.ready[i] = &loaded{p, origin{mini: true, why: why}}
	}
	return nil
}

// advice is what a person can do when the files can't be had.
func (s *imageSet) advice(root string) string {
	names := ""
	for _, f := range s.spec.Files {
		names += "\n  " + f.Name
	}
	if root == "" {
		return "What helps: set the environment variable FROMZERO_DATA to a folder with these files:" + names
	}
	return fmt.Sprintf("What helps: an internet connection and `fromzero fetch %s`; or an address that has the files in the environment variable FROMZERO_MIRROR; or these files put into %s:%s",
		s.spec.Name, filepath.Join(root, s.spec.Name), names)
}
