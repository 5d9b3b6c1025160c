package steps

// prefetch asks for size numbers, at least one, from first on to be brought into
// the cache. It does not wait.
//
//go:noescape
func prefetch(first *float32, size int)
