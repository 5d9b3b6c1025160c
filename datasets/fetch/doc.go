// Package fetch downloads the files of data sets: from the user's own mirrors,
// then the public ones, then, where a Go module carries the files, from the
// module proxy that the go command is set to use.
//
// Importing it makes package datasets download by itself:
//
//	import _ "github.com/gofromzero/fromzero/datasets/fetch"
//
// A file gets its name only when its size and SHA-256 are right. Until then it
// is called NAME.part, and a later call goes on where an interrupted one
// stopped, with any mirror. Only one program at a time downloads a file; others
// wait for it. There is no limit on how long a download may take, but one on
// how long a server may say nothing.
package fetch

import (
	"context"

	"github.com/gofromzero/fromzero/datasets"
)

func init() { datasets.RegisterFetcher(Get) }

// Get downloads the files of r.Spec that r.Dir does not have, or has damaged,
// to the folder r.Spec.Name in r.Dir. Files that are there are kept if they
// are the published ones, or, for files put there by hand, if they can be
// unpacked and r.Replace does not list them.
//
// It returns ctx's error if ctx ends, an *Error that lists every address tried
// if no mirror had a file, and an error of the file system if the folder can't
// be written to.
func Get(ctx context.Context, r datasets.Request) error {
	return newJob(r, defaultLimits).run(ctx)
}
