// Package pipe changes and joins datasets: take, skip, repeat, shuffle, map,
// filter, concatenate, zip, window, cache, prefetch.
//
//	d := pipe.Prefetch(pipe.Map(pipe.Shuffle(files, 1), augment), 2)
//
// Every function takes datasets and returns one; nothing is read before batches
// are asked for, and then only what these need, so that data may be larger than
// memory. A pass over the result is a pass over what it was made of.
//
// Where the examples of a dataset can be read in any order (tensor.Indexed), so
// can those of the result, as far as that makes sense; the documentation of each
// function says it. Training shuffles and splits such data by itself. Results
// also implement tensor.Loader and tensor.Classes, on behalf of the datasets that
// they were made of.
package pipe
