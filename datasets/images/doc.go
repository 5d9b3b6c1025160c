// Package images makes a data set of picture files: a folder per class, or a
// list of files with labels.
//
//	train := images.Folder("flowers/train", images.Config{Height: 64, Width: 64})
//	hist, err := model.Fit(ctx, train, …)
//
// PNG, JPEG, GIF (its first frame), WebP and BMP are read, recognised by what is
// in the file and not by its name: grey, palette, 16-bit, CMYK and transparent
// ones too, turned upright as their EXIF data says. Every picture is brought to
// one size and to red, green and blue or to grey, and handed out as float32 from
// 0 to 1.
//
// A data set may be larger than memory: pictures are decoded when their rows
// are asked for, in parallel, and kept as bytes while Config.CacheBytes lasts.
//
// Files that are damaged, or that promise more pixels than Config.MaxPixels,
// are refused with an error that lists them; Config.SkipDamaged leaves them out
// instead, and Report lists them. Nothing is allocated for a picture before its
// header was checked.
package images
