//go:build unix

package fetch

import (
	"os"
	"syscall"
)

// tryLock takes the file's lock, which the system gives back when the program
// ends, however it ends. ok is false if another program, or another download
// of this one, has it.
func tryLock(f *os.File) (ok bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch err {
	case nil:
		return true, nil
	case syscall.EWOULDBLOCK, syscall.EINTR:
		return false, nil
	default:
		return true, nil // a file system without locks: go on without
	}
}
