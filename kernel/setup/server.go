package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ServerOptions say how Jupyter is opened.
type ServerOptions struct {
	// Repo is a path in the checkout; empty: see FindPlaces.
	Repo string
	// Path is what to open: a notebook or a folder of the user's, or a lesson
	// by its path in notebooks/. Empty opens the first lesson.
	Path string
	// Port is the port to listen on; 0 takes 8888 or the next free one.
	Port int
	// IP is the address to listen on; empty is 127.0.0.1, this machine alone. A
	// container listens on 0.0.0.0. The address that is announced stays local.
	IP string
	// NoBrowser leaves the browser closed.
	NoBrowser bool
	// Out receives the address; nil drops it.
	Out io.Writer
	// Ready, if set, is called with the address once the server answers.
	Ready func(url string)
}

// ServeNotebooks runs Jupyter on the checkout's notebooks until ctx ends or the
// server does. Setup must have been run.
func ServeNotebooks(ctx context.Context, opts ServerOptions) error {
	in, err := newInstaller(ctx, Options{Repo: opts.Repo, Out: opts.Out})
	if err != nil {
		return err
	}
	j := in.state.Jupyter
	if j == nil || !isProgram(j.Command) {
		return errors.New("setup: Jupyter is not set up yet; run: fromzero setup")
	}
	port, err := choosePort(opts.Port)
	if err != nil {
		return err
	}
	root, file, err := whatToServe(filepath.Join(in.places.Repo, "notebooks"), opts.Path)
	if err != nil {
		return err
	}
	token := os.Getenv("JUPYTER_TOKEN") // as Jupyter itself takes it
	if token == "" {
		token = newToken()
	}
	s := &server{in: in, jupyter: j, port: port, token: token, opts: opts,
		root: root, file: file, log: filepath.Join(in.places.Data, "jupyter.log")}
	return s.run(ctx)
}

// server is a Jupyter that runs.
type server struct {
	in      *installer
	jupyter *Jupyter
	opts    ServerOptions
	port    int
	token   string
	root    string // the folder that it serves
	file    string // the notebook to open, relative to root; may be empty
	log     string // where its own output goes
}

func (s *server) run(ctx context.Context) error {
	log, err := os.Create(s.log)
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(s.jupyter.Command, s.args()...)
	cmd.Dir = s.root
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = overlay(os.Environ(), map[string]string{
		"JUPYTER_TOKEN": s.token, // in the environment, not where ps shows it
		"PATH":          s.in.env["PATH"],
	})
	// By itself, Jupyter would ask on Ctrl-C whether it is meant.
	p, err := startProcess(cmd)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := s.await(ctx, p); err != nil {
		return err
	}
	s.announce()
	select {
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("setup: Jupyter ended (%w):\n%s", p.err, s.logTail())
		}
	case <-ctx.Done():
		fmt.Fprintln(s.in.out, "\nending Jupyter and its kernels …")
	}
	return nil
}

// args are Jupyter's flags; both of its generations know these.
func (s *server) args() []string {
	ip := s.opts.IP
	if ip == "" {
		ip = "127.0.0.1"
	}
	args := []string{"--ip=" + ip, "--port=" + strconv.Itoa(s.port),
		"--MultiKernelManager.default_kernel_name=" + KernelName}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root") // containers usually have no other user
	}
	if s.opts.NoBrowser {
		args = append(args, "--no-browser")
	}
	// Without it, the folder of the opened file would be the root.
	root := "--ServerApp.root_dir="
	if s.jupyter.classic() {
		root = "--NotebookApp.notebook_dir="
	}
	args = append(args, root+s.root)
	if s.file != "" {
		args = append(args, filepath.Join(s.root, s.file))
	}
	return args
}

// whatToServe is the folder to serve and the notebook in it to open.
func whatToServe(lessons, path string) (root, file string, err error) {
	if path == "" {
		return lessons, firstLesson(lessons), nil
	}
	own, err := filepath.Abs(path)
	if err != nil {
		return "", "", fmt.Errorf("setup: %w", err)
	}
	for _, candidate := range []string{own, filepath.Join(lessons, path)} {
		st, err := os.Stat(candidate)
		if err != nil {
			continue
		}
		if st.IsDir() {
			return candidate, "", nil
		}
		if rel, err := filepath.Rel(lessons, candidate); err == nil && filepath.IsLocal(rel) {
			return lessons, rel, nil // with the other lessons beside it
		}
		return filepath.Dir(candidate), filepath.Base(candidate), nil
	}
	return "", "", fmt.Errorf("setup: no notebook or folder %s, neither here nor in %s", path, lessons)
}

// firstLesson is the first notebook in the reader's language.
func firstLesson(lessons string) string {
	for _, lang := range []string{readerLanguage(), "en"} {
		files, _ := filepath.Glob(filepath.Join(lessons, lang, "*.ipynb"))
		if len(files) > 0 {
			return filepath.Join(lang, filepath.Base(files[0]))
		}
	}
	return ""
}

// readerLanguage is "zh" where the environment says so, else "en".
func readerLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh"
			}
			break
		}
	}
	return "en"
}

// errEnded is wrapped by the error of a server that ended while it started.
var errEnded = errors.New("the server ended")

// serverTimeout is how long Jupyter may take to answer; a cold disk is slow.
const serverTimeout = 2 * time.Minute

// await waits until the server answers.
func (s *server) await(ctx context.Context, p *process) error {
	deadline := time.After(serverTimeout)
	for {
		select {
		case <-p.done:
			return fmt.Errorf("setup: Jupyter ended at once:\n%s\n%w", s.logTail(), errors.Join(p.err, errEnded))
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline:
			return fmt.Errorf("setup: Jupyter did not answer within %v:\n%s", serverTimeout, s.logTail())
		case <-time.After(100 * time.Millisecond):
		}
		if s.answers(ctx) {
			return nil
		}
	}
}

func (s *server) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base()+"api/status", nil)
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "token "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (s *server) base() string { return fmt.Sprintf("http://127.0.0.1:%d/", s.port) }

// url is the page to open, with the token that lets the reader in.
func (s *server) url() string {
	page := "tree"
	if filepath.Base(s.jupyter.Command) == "jupyter-lab" {
		page = "lab"
	}
	if s.file != "" && page == "lab" {
		page = "lab/tree/" + filepath.ToSlash(s.file)
	} else if s.file != "" {
		page = "notebooks/" + filepath.ToSlash(s.file)
	}
	return s.base() + page + "?token=" + s.token
}

func (s *server) announce() {
	fmt.Fprintf(s.in.out, "\nThe course is open at\n\n  %s\n\nCtrl-C here ends it. Jupyter's own messages are in %s\n",
		s.url(), s.log)
	if s.opts.Ready != nil {
		s.opts.Ready(s.url())
	}
}

func (s *server) logTail() string {
	data, _ := os.ReadFile(s.log)
	return tail(data, 12)
}

// choosePort takes the wanted port, or looks for a free one from 8888 on.
func choosePort(want int) (int, error) {
	if want != 0 {
		if !portFree(want) {
			return 0, fmt.Errorf("setup: port %d is taken; choose another with --port, or leave it out", want)
		}
		return want, nil
	}
	for port := 8888; port < 8988; port++ {
		if portFree(port) {
			return port, nil
		}
	}
	return 0, errors.New("setup: ports 8888 to 8987 are all taken; choose one with --port")
}

func portFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
