//go:build unix && !aix

package cachefile

import (
	"os"
	"syscall"
)

// mapBytes maps a part of a file, read-only.
func mapBytes(f *os.File, offset int64, n int) (data []byte, unmap func([]byte), err error) {
	data, err = syscall.Mmap(int(f.Fd()), offset, n, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return readBytes(f, offset, n) // some file systems cannot be mapped
	}
	return data, func(b []byte) { _ = syscall.Munmap(b) }, nil
}
