package plotting

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

// client draws pictures with the program at path, which answers requests on
// its standard input until that ends. It starts the program when it is first
// asked; a program that fails once is not asked again.
type client struct {
	path string

	mu   sync.Mutex
	err  error // why no picture can be had
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *json.Decoder
	said *tail
}

// patience is how long one picture may take. It bounds a hanging program; a
// picture takes a tenth of a second.
const patience = 30 * time.Second

func (c *client) render(req picture.Request) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && c.cmd == nil {
		c.start()
	}
	if c.err != nil {
		return nil, c.err
	}
	resp, err := c.ask(req)
	if err != nil {
		c.stop(err)
		return nil, c.err
	}
	if resp.Error != "" {
		return nil, errDrawing{resp.Error}
	}
	return resp.Data, nil
}

func (c *client) start() {
	cmd := exec.Command(c.path, "render")
	cmd.Env = withoutNotebook(os.Environ())
	cmd.SysProcAttr = apart()
	c.said = &tail{}
	cmd.Stderr = c.said
	in, err := cmd.StdinPipe()
	if err != nil {
		c.err = errProgram(c.path, err)
		return
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		c.err = errProgram(c.path, err)
		return
	}
	c.cmd, c.in, c.out = cmd, in, json.NewDecoder(out)
}

// ask sends one request and waits for its answer.
func (c *client) ask(req picture.Request) (resp picture.Response, err error) {
	hung := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	defer func() {
		if !hung.Stop() && err != nil {
			err = errors.New("no answer within " + patience.String())
		}
	}()
	if err = json.NewEncoder(c.in).Encode(req); err != nil {
		return resp, err
	}
	err = c.out.Decode(&resp)
	return resp, err
}

// stop ends a program that failed and keeps the reason, with the last that
// the program said itself.
func (c *client) stop(reason error) {
	c.in.Close()
	c.cmd.Process.Kill()
	c.cmd.Wait()
	if said := c.said.String(); said != "" {
		reason = errors.New(said)
	}
	c.err = errProgram(c.path, reason)
	c.cmd = nil
}

// withoutNotebook takes GoNB's pipes out of an environment, so that the
// program does not hold the notebook's ends of them.
func withoutNotebook(env []string) []string {
	var out []string
	for _, v := range env {
		if !strings.HasPrefix(v, "GONB_PIPE") {
			out = append(out, v)
		}
	}
	return out
}

// tail keeps the last line of what is written to it.
type tail struct {
	mu   sync.Mutex
	text string
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(p)
	if over := len(t.text) - 4096; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// String is the last line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(t.text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
