package datasets

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// set is what the two splits of a data set share: where it comes from, and the
// turn to load it. T is one split as it lies in memory.
type set[T any] struct {
	spec   Spec
	config config
	codec  codec[T]

	// files finds and decodes the set's files in the data directory root. Its
	// error is a *filesError if some are missing or damaged.
	files func(ctx context.Context, root string) (splits [2]T, sources []source, err error)
	// mini decodes the mini set; nil where there is none.
	mini func() ([2]T, error)
	size func(T) int // the number of examples

	turn  chan struct{} // of capacity 1: holds a token while someone loads
	ready [2]*loaded[T] // read and written in turn
}

// loaded is a split that was read.
type loaded[T any] struct {
	data   T
	origin origin
}

// origin says where data came from.
type origin struct {
	folder    string // "" for the mini set
	published bool   // the files are, byte for byte, the published ones
	mini      bool
	why       string // for the mini set: why it was taken
}

var splitNames = [2]string{"train", "test"}

// load returns a split, reading it if no earlier call did. Waiting for another
// goroutine's download ends with ctx.
func (s *set[T]) load(ctx context.Context, split int) (*loaded[T], error) {
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
func (s *set[T]) read(ctx context.Context, split int) error {
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
	first := s.fromFiles(ctx, root)
	var bad *filesError
	if first == nil || !errors.As(first, &bad) {
		return first
	}
	downloadErr := s.download(ctx, root, bad)
	if downloadErr == nil {
		return s.fromFiles(ctx, root)
	}
	if ctx.Err() != nil {
		return downloadErr
	}
	// What lies there was meant to be used: training on something else
	// instead would hide that it is broken.
	here := s.config.dir != "" && s.config.noDownload
	if bad.present > 0 || here || s.mini == nil {
		return fmt.Errorf("%w\n%w\n%s", first, downloadErr, s.spec.advice(root))
	}
	return s.standIn(downloadErr, root)
}

// fromFiles decodes the set's files and keeps a decoded copy of them.
func (s *set[T]) fromFiles(ctx context.Context, root string) error {
	splits, sources, err := s.files(ctx, root)
	if err != nil {
		return err
	}
	from := origin{folder: filepath.Dir(sources[0].path), published: true}
	if sources[0].info.IsDir() {
		from.folder = sources[0].path
	}
	for _, f := range sources {
		from.published = from.published && f.published
	}
	for i, p := range splits {
		s.ready[i] = &loaded[T]{p, from}
	}
	s.writeCache(root, sources, splits, from)
	forgetFailure(root, s.spec)
	return nil
}

// download gets the files that bad found missing or damaged.
func (s *set[T]) download(ctx context.Context, root string, bad *filesError) error {
	return s.config.download(ctx, s.spec, root, bad)
}

// standIn takes the mini set because of err, and says so.
func (s *set[T]) standIn(err error, root string) error {
	if s.mini == nil {
		return err
	}
	if err := s.takeMini("the full set could neither be found nor downloaded"); err != nil {
		return err
	}
	s.config.log(fmt.Sprintf("datasets: NOT THE FULL %s: a mini set of %s training and %s test images stands in, because the full set could not be had. Expect lower accuracy.\n%v\n%s",
		s.spec.Title, thousands(s.size(s.ready[0].data)), thousands(s.size(s.ready[1].data)), err, s.spec.advice(root)))
	return nil
}

func (s *set[T]) takeMini(why string) error {
	if s.mini == nil {
		return fmt.Errorf("datasets: there is no mini set of %s; leave out the option MiniSet", s.spec.Title)
	}
	splits, err := s.mini()
	if err != nil {
		return fmt.Errorf("datasets: the mini set inside this program: %w", err)
	}
	for i, p := range splits {
		s.ready[i] = &loaded[T]{p, origin{mini: true, why: why}}
	}
	return nil
}

// source says in one sentence what a split is.
func (s *set[T]) source(l *loaded[T]) string {
	if l == nil {
		return s.spec.Title + ": not read yet"
	}
	switch o := l.origin; {
	case o.mini:
		return fmt.Sprintf("%s: the embedded mini set of %s + %s images, not the full set: %s",
			s.spec.Title, thousands(miniTrain), thousands(miniTest), o.why)
	case o.published:
		return s.spec.Title + ": the full set, files as published"
	default:
		return s.spec.Title + ": the set in the data directory; its files are whole, but not byte for byte the published ones"
	}
}
