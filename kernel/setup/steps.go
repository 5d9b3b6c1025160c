package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// step is one thing that setup does.
type step struct {
	// name identifies the step in state.json and begins its lines.
	name string
	// what says what make is about to do.
	what string
	// key fingerprints what the result depends on; with the same key as last
	// time, and have true, there is nothing to do. An empty key always runs.
	key string
	// have reports whether the result of the last time is still there.
	have func() bool
	// make does it and says what is there now.
	make func(ctx context.Context) (detail string, err error)
	// quick marks a step that is run every time and so needs no announcement.
	quick bool
}

// runner runs steps and tells of them.
type runner struct {
	out   io.Writer
	state *State
	file  string
}

// run does the step if it is needed, prints a line on it and records it.
func (r *runner) run(ctx context.Context, s step) error {
	done, before := r.state.Steps[s.name]
	if s.key != "" && before && done.Key == s.key && s.have() {
		r.say(s.name, done.Detail, "")
		return nil
	}
	if !s.quick || !before {
		r.say(s.name, s.what+" …", "")
	}
	start := time.Now()
	detail, err := s.make(ctx)
	if err != nil {
		delete(r.state.Steps, s.name)
		return err
	}
	r.say(s.name, detail, took(start))
	r.state.Steps[s.name] = Done{Key: s.key, Detail: detail, At: time.Now().UTC().Truncate(time.Second)}
	return r.state.write(r.file)
}

func (r *runner) say(name, text, after string) {
	fmt.Fprintf(r.out, "%-9s %s%s\n", name, text, after)
}

// took is " (1.2 s)".
func took(start time.Time) string {
	return fmt.Sprintf(" (%.1f s)", time.Since(start).Seconds())
}

// fingerprint hashes strings and the content of files; a file that cannot be
// read counts as empty.
func fingerprint(parts []string, files ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s;", len(p), p)
	}
	for _, f := range files {
		data, _ := os.ReadFile(f)
		fmt.Fprintf(h, "%d:", len(data))
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// tail is the end of a program's output, for an error message.
func tail(out []byte, lines int) string {
	all := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return "  " + strings.Join(all, "\n  ")
}
