package cachefile

import "os"

// readBytes is mapBytes where nothing can be mapped.
func readBytes(f *os.File, offset int64, n int) (data []byte, unmap func([]byte), err error) {
	data = make([]byte, n)
	_, err = f.ReadAt(data, offset)
	return data, nil, err
}
