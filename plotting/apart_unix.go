//go:build unix

package plotting

import "syscall"

// apart puts the drawing program into a process group of its own: Ctrl-C ends
// the training, and the curves so far are still to be drawn.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
