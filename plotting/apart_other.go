//go:build !unix

package plotting

import "syscall"

// apart does nothing here: only Unix sends Ctrl-C to groups of processes.
func apart() *syscall.SysProcAttr { return nil }
