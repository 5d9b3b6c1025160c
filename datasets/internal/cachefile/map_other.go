//go:build !unix || aix

package cachefile

import "os"

func mapBytes(f *os.File, offset int64, n int) (data []byte, unmap func([]byte), err error) {
	return readBytes(f, offset, n)
}
