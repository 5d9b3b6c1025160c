package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// transfer brings the contents of one address to one open file.
type transfer struct {
	client *http.Client
	limits limits
	url    string
	name   string   // the file's published name: tells what its first bytes are
	size   int64    // the published size, -1 if none is
	most   int64    // where none is, the size beyond which it can't be the file
	part   *os.File // receives the bytes, and may have some of an earlier try
	meter  *meter
}

// run downloads until the part file is complete, going on where it ends. A cut
// transfer is taken up again as long as it gets anywhere.
func (t *transfer) run(ctx context.Context) error {
	for failures, best := 0, int64(0); ; {
		before, err := t.have()
		if err != nil {
			return err
		}
		if t.size >= 0 && before == t.size {
			return nil
		}
		err = t.once(ctx, before)
		if err == nil {
			return nil
		}
		var restart *restartError
		if !errors.As(err, &restart) && !cut(err) {
			return err
		}
		if after, haveErr := t.have(); haveErr != nil {
			return haveErr
		} else if failures++; after > max(before, best) {
			failures, best = 0, after
		}
		var silent *silentError
		if failures > t.limits.retries || failures > 0 && errors.As(err, &silent) {
			return err
		}
		select {
		case <-time.After(t.limits.pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cut reports whether err ended a transfer that had begun well.
func cut(err error) bool {
	var c *cutError
	return errors.As(err, &c)
}

// cutError is a transfer that stopped in the middle.
type cutError struct {
	have, size int64
	err        error
}

func (e *cutError) Error() string {
	if e.size < 0 {
		return fmt.Sprintf("cut off after %d bytes: %v", e.have, e.err)
	}
	return fmt.Sprintf("cut off after %d of %d bytes: %v", e.have, e.size, e.err)
}

func (e *cutError) Unwrap() error { return e.err }

// restartError says that the bytes so far are of no use to the server.
type restartError struct{ why string }

func (e *restartError) Error() string { return e.why }

func (t *transfer) have() (int64, error) {
	info, err := t.part.Stat()
	if err != nil {
		return 0, &localError{err}
	}
	return info.Size(), nil
}

// once makes one request for what is missing behind the first have bytes.
func (t *transfer) once(ctx context.Context, have int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url, nil)
	if err != nil {
		return plain(err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := t.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return t.redirected(urlOf(err), plain(err))
	}
	defer resp.Body.Close()
	total, have, err := t.accept(resp, have)
	if err != nil || total == have && total >= 0 {
		return t.redirected(resp.Request.URL.String(), err)
	}
	w := watch(resp.Body, t.limits.idle, cancel)
	defer w.stop()
	return t.receive(ctx, w, have, total)
}

// redirected names the address that an error came from, if it is another than the
// one asked for.
func (t *transfer) redirected(to string, err error) error {
	if err == nil || to == "" || to == t.url {
		return err
	}
	return fmt.Errorf("redirected to %s: %w", redact(to), err)
}

// accept checks an answer's head and makes the part file ready for its body:
// total is the whole file's size, -1 if unknown, from the position in it at
// which the body starts.
func (t *transfer) accept(resp *http.Response, have int64) (total, from int64, err error) {
	total = t.size
	switch {
	case resp.StatusCode == http.StatusOK:
		// From the start, whatever was asked for.
		from = 0
		if resp.ContentLength >= 0 {
			total = resp.ContentLength
		}
	case resp.StatusCode == http.StatusPartialContent && have > 0:
		first, size := contentRange(resp.Header.Get("Content-Range"))
		if first != have {
			return 0, 0, t.restart("the server went on at another place than asked: " + resp.Header.Get("Content-Range"))
		}
		if from = have; size >= 0 {
			total = size
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		if _, size := contentRange(resp.Header.Get("Content-Range")); size == have {
			return have, have, nil // it was complete already
		}
		return 0, 0, t.restart("the server has no more bytes than are here already, but these are not the file")
	default:
		return 0, 0, &StatusError{resp.StatusCode, resp.Status}
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return 0, 0, contentError("%s with a web page%s", resp.Status, bytesIf(resp.ContentLength))
	}
	if t.size >= 0 && total != t.size {
		return 0, 0, contentError("%s, but the file has %d bytes there and %d are published", resp.Status, total, t.size)
	}
	if t.size < 0 && total > t.most {
		return 0, 0, contentError("%s with %d bytes, and the file has no more than %d", resp.Status, total, t.most)
	}
	if err := t.part.Truncate(from); err != nil {
		return 0, 0, &localError{err}
	}
	return total, from, nil
}

func bytesIf(n int64) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprintf(" of %d bytes", n)
}

func (t *transfer) restart(why string) error {
	if err := t.part.Truncate(0); err != nil {
		return &localError{err}
	}
	return &restartError{why}
}

// contentRange decodes "bytes 5-9/10" and "bytes */10"; unknown parts are -1.
func contentRange(s string) (first, size int64) {
	first, size = -1, -1
	s = strings.TrimPrefix(s, "bytes ")
	span, all, _ := strings.Cut(s, "/")
	if n, err := fmt.Sscan(all, &size); n != 1 || err != nil {
		size = -1
	}
	if n, err := fmt.Sscanf(span, "%d-", &first); n != 1 || err != nil {
		first = -1
	}
	return first, size
}

// receive appends the body to the part file.
func (t *transfer) receive(ctx context.Context, body io.Reader, have, total int64) error {
	in := bufio.NewReaderSize(body, 64<<10)
	if have == 0 {
		if err := checkStart(in, t.name); err != nil {
			return err
		}
	}
	if _, err := t.part.Seek(have, io.SeekStart); err != nil {
		return &localError{err}
	}
	t.meter.begin(have, total)
	buf := make([]byte, 64<<10)
	for {
		n, err := in.Read(buf)
		if n > 0 {
			if _, err := t.part.Write(buf[:n]); err != nil {
				return &localError{err}
			}
			have += int64(n)
			t.meter.add(int64(n))
		}
		if total >= 0 && have > total {
			_ = t.part.Truncate(0)
			return contentError("the server sent more than the %d bytes of the file", total)
		}
		if total < 0 && have > t.most {
			_ = t.part.Truncate(0)
			return contentError("the server sent more than the %d bytes that the file can have", t.most)
		}
		switch {
		case err == io.EOF && (total < 0 || have == total):
			return nil
		case ctx.Err() != nil:
			return t.stopped(ctx, have, total)
		case err != nil:
			return &cutError{have, total, unexpected(err)}
		}
	}
}

// stopped tells a silent server, which may answer better the next time, from
// the user's wish to stop.
func (t *transfer) stopped(ctx context.Context, have, total int64) error {
	cause := context.Cause(ctx)
	var silent *silentError
	if errors.As(cause, &silent) {
		return &cutError{have, total, cause}
	}
	return cause
}

func unexpected(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the server closed the connection")
	}
	return err
}

// checkStart looks at the first bytes, so that an error page never gets to the
// disk.
func checkStart(in *bufio.Reader, name string) error {
	magic := map[string]string{".gz": "\x1f\x8b", ".zip": "PK"}
	for suffix, want := range magic {
		if !strings.HasSuffix(name, suffix) {
			continue
		}
		got, err := in.Peek(len(want))
		if err == nil && !bytes.Equal(got, []byte(want)) {
			text, _ := in.Peek(min(in.Buffered(), 40))
			return contentError("it starts with %q, which is no %s file", text, suffix)
		}
	}
	return nil
}
