package datasets

import (
	"context"
	"errors"
	"io"
	"sync"
)

// aheadReader reads from another reader in a goroutine of its own, a few blocks
// ahead of whoever reads from it.
type aheadReader struct {
	blocks chan block
	free   chan []byte
	done   chan struct{}
	once   sync.Once
	ended  sync.WaitGroup
	now    block
	rest   []byte
}

type block struct {
	buf  []byte // all of its memory
	data []byte
	err  error
}

const (
	aheadBlocks = 8
	aheadSize   = 256 << 10
)

// readAhead starts reading. It ends with ctx, at r's end, or with stop.
func readAhead(ctx context.Context, r io.Reader) *aheadReader {
	a := &aheadReader{blocks: make(chan block, aheadBlocks), free: make(chan []byte, aheadBlocks), done: make(chan struct{})}
	for range aheadBlocks {
		a.free <- nil // made when it is needed
	}
	a.ended.Go(func() {
		defer close(a.blocks)
		for total := int64(0); ; {
			select {
			case <-a.done:
				return
			case buf := <-a.free:
				if buf == nil {
					buf = make([]byte, aheadSize)
				}
				n, err := io.ReadFull(r, buf)
				if total += int64(n); total > mostUnpacked {
					err = errors.New("it unpacks to more than any data set of this package has; it is refused")
				}
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				if err == io.ErrUnexpectedEOF {
					err = shortBlock(r)
				}
				a.blocks <- block{buf, buf[:n], err}
				if err != nil {
					return
				}
			}
		}
	})
	return a
}

// shortBlock tells the end of the data, after which reading again gives EOF,
// from data that is cut off.
func shortBlock(r io.Reader) error {
	var one [1]byte
	if _, err := r.Read(one[:]); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.buf != nil {
			a.free <- a.now.buf
		}
		next, ok := <-a.blocks
		if !ok {
			return 0, io.EOF
		}
		a.now, a.rest = next, next.data
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// stop ends the goroutine and waits for that.
func (a *aheadReader) stop() {
	a.once.Do(func() { close(a.done) })
	for range a.blocks { // it may wait to hand one over
	}
	a.ended.Wait()
}
