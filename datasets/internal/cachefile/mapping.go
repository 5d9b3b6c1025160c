package cachefile

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

// Mapping is a part of a file in memory: mapped where the system can do that,
// so that opening it takes no time and programs share it, else read. Its bytes
// must not be written to, and only be read while the Mapping is reachable and
// within Guard: if another program makes the file shorter, they are gone.
type Mapping struct {
	data []byte
}

// MapFile maps a whole file. The file may be closed afterwards.
func MapFile(f *os.File) (*Mapping, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return mapFile(f, 0, info.Size())
}

// mapFile maps n bytes from offset on, which is a multiple of the page size.
func mapFile(f *os.File, offset, n int64) (*Mapping, error) {
	if n == 0 {
		return &Mapping{}, nil
	}
	if int64(int(n)) != n {
		return nil, fmt.Errorf("cachefile: %d bytes are more than this machine can address", n)
	}
	data, unmap, err := mapBytes(f, offset, int(n))
	if err != nil {
		return nil, err
	}
	m := &Mapping{data}
	if unmap != nil {
		runtime.AddCleanup(m, func(b []byte) { unmap(b) }, data)
	}
	return m, nil
}

// Bytes are the mapped bytes. See Mapping for how long.
func (m *Mapping) Bytes() []byte { return m.data }

// Sums is Sums of the mapped bytes.
func (m *Mapping) Sums() (sums []uint32, err error) {
	defer runtime.KeepAlive(m)
	err = Guard(func() { sums = Sums(m.data) })
	return sums, err
}

// Check compares the checksums with those that the bytes should have.
func (m *Mapping) Check(want []uint32) error {
	got, err := m.Sums()
	if err != nil {
		return err
	}
	if !equalSums(got, want) {
		return damaged("a checksum is wrong")
	}
	return nil
}

// ErrVanished is returned by Guard when mapped bytes could not be read.
var ErrVanished = errors.New("a file in use was made shorter by another program, or its disk failed")

// Guard calls f, which reads mapped bytes, and turns the fault that it gets if
// they are gone into an error.
func Guard(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // how the runtime reports a fault
			err = ErrVanished
		case error:
			if !errors.Is(r, ErrVanished) {
				panic(r)
			}
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// InMemory is a Mapping of bytes that are in memory already.
func InMemory(data []byte) *Mapping { return &Mapping{data} }
