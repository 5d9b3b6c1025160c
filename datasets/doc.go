// Package datasets hands out well-known data sets, ready for training:
//
//	train, test := datasets.MNIST()
//	hist, err := model.Fit(ctx, train, …)
//
// There are images (MNIST, FashionMNIST, CIFAR10) and texts (IMDB, Waimai,
// ChnSentiCorp), which package datasets/text turns into numbers. FromSlices,
// FromFunc and Generate make datasets of your own data, and package
// datasets/pipe changes and joins them. Package datasets/table has tables (Titanic,
// Adult, Penguins, CaliforniaHousing), which are found and downloaded in the same
// way.
//
// A handle is lazy: nothing is read before Load, Len, Rows, Batches or one of
// the accessors is called, so handles may be package-level variables of a
// notebook. Where the data comes from, in this order:
//
//  1. the data directory: Dir, else the environment's FROMZERO_DATA, else
//     "fromzero" in the user's cache directory. Files put there by hand are
//     taken by what is in them, whatever made them: an archive or the folder
//     that unpacking it gives, compressed or not, in the set's folder ("mnist")
//     or beside it. Dir may also name that folder or archive itself. The first
//     use leaves a decoded copy there, which opens in milliseconds.
//  2. a download into that directory. FROMZERO_MIRROR names addresses of your
//     own, tried before the public ones. Files that are missing or damaged are
//     fetched; what arrives is checked by size and SHA-256.
//  3. for MNIST, where there is nothing of it at all: a mini set of 2,000
//     training and 500 test images that is part of the package. A message on
//     standard error (see Log) says so and why, and so does Source.
//
// The package does not contain an HTTP client, because every notebook cell
// that trains would have to link it. Import it for its side effect where a
// program should download by itself,
//
//	import _ "github.com/gofromzero/fromzero/datasets/fetch"
//
// else the program fromzero, found through FROMZERO_BIN or the PATH, is run
// to do it.
package datasets
