package datasets

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/datasets/internal/wire"
)

// findProgram looks for the program fromzero.
func findProgram() (string, error) {
	if path := os.Getenv("FROMZERO_BIN"); path != "" {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	path, err := exec.LookPath("fromzero")
	if err != nil {
		return "", errors.New("datasets: this program cannot download: the program fromzero is neither named by FROMZERO_BIN nor on the PATH; " +
			`install it, or import _ "github.com/gofromzero/fromzero/datasets/fetch"`)
	}
	return path, nil
}

// programFetcher runs `program fetch NAME` and passes on what it reports.
func programFetcher(program string) Fetcher {
	return func(ctx context.Context, r Request) error {
		dir, err := filepath.Abs(r.Dir)
		if err != nil {
			return fmt.Errorf("datasets: %w", err)
		}
		cmd := exec.CommandContext(ctx, program, "fetch", r.Spec.Name)
		cmd.Env = append(os.Environ(), "FROMZERO_DATA="+dir, wire.Progress+"=json", wire.Replace+"="+strings.Join(r.Replace, ","))
		// An interrupt lets it keep what it has so far.
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = 5 * time.Second
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err != nil {
			return fmt.Errorf("datasets: %w", err)
		}
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("datasets: %s could not be started: %w", program, err)
		}
		passOn(out, r)
		err = cmd.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%s\n(said by `%s fetch %s`: %w)", strings.TrimSpace(complaint.String()), program, r.Spec.Name, err)
		}
		return nil
	}
}

// passOn reads what the program says until it ends.
func passOn(out io.Reader, r Request) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		m, ok := wire.Parse(line)
		switch {
		case !ok && r.Log != nil && strings.TrimSpace(line) != "":
			r.Log(line)
		case ok && r.Reporter != nil && m.Finish:
			r.Reporter.Finish(m.Label, m.Names, m.Values)
		case ok && r.Reporter != nil:
			r.Reporter.Update(m.Label, m.Done, m.Total, m.Names, m.Values)
		}
	}
	// After a line too long to be ours, the rest must still be drained.
	_, _ = io.Copy(io.Discard, out)
}
