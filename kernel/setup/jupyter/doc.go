// Package jupyter speaks to a Jupyter kernel the way Jupyter itself does: it
// starts the kernel's program, sends it cells over ZeroMQ and collects what
// they put out. It also reads and writes notebook files. With it, notebooks run
// from Go tests and from the command line where no Python is installed.
//
// The protocol is version 5.3 of Jupyter's messaging specification.
package jupyter
