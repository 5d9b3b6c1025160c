package datasets

import (
	"context"
	"errors"

	"github.com/gofromzero/fromzero/tensor"
)

// Local reports whether the set with the given short name can be read from the
// data directory dir as it is, without a download: from the files that are
// published, from the folder that unpacking them gives, or from a decoded copy.
// It returns nil if so, else an error that says what is missing or damaged.
func Local(ctx context.Context, name, dir string) error {
	spec, err := FindSpec(name)
	if err != nil {
		return err
	}
	opts := []Option{Dir(dir), NoDownload, Log(nil)}
	if _, ok := tableHeads[name]; ok {
		_, err := ReadFiles(ctx, spec, func(_ int, data []byte) (None, error) { return None{}, checkTable(name, data) }, opts...)
		return err
	}
	return firstOf(name, opts).Load(ctx)
}

// Damaged lists the files of a set that are there but no good, by an error of Local
// or Load: what Request.Replace is for. It is nil if the error is about other
// things, or files are just missing.
func Damaged(err error, s Spec) []string {
	var bad *filesError
	if !errors.As(err, &bad) {
		return nil
	}
	return bad.damaged(s)
}

// firstOf is the training split of a set in Specs.
func firstOf(name string, opts []Option) tensor.Loader {
	images := func(train, _ *Images) tensor.Loader { return train }
	texts := func(train, _ *Texts) tensor.Loader { return train }
	switch name {
	case "fashion-mnist":
		return images(FashionMNIST(opts...))
	case "cifar-10":
		return images(CIFAR10(opts...))
	case "imdb":
		return texts(IMDB(opts...))
	case "waimai":
		return texts(Waimai(opts...))
	case "chnsenticorp":
		return texts(ChnSentiCorp(opts...))
	default:
		return images(MNIST(opts...))
	}
}
