package kernel

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A server that is busy for longer than this is not waited for.
const askTimeout = 2 * time.Second

// server is what a Jupyter server writes about itself into its runtime folder.
type server struct {
	URL         string `json:"url"`
	Hostname    string `json:"hostname"`
	Port        int    `json:"port"`
	Sock        string `json:"sock"`
	BaseURL     string `json:"base_url"`
	Token       string `json:"token"`
	Secure      bool   `json:"secure"`
	RootDir     string `json:"root_dir"`
	NotebookDir string `json:"notebook_dir"` // Jupyter Notebook 6 calls it so
}

// askJupyter asks the Jupyter server with this process id for the notebook file
// of the kernel. It speaks the little HTTP that this takes by hand: net/http
// would be linked into every cell.
func askJupyter(pid, kernelID string) (file string, a answer) {
	s, ok := findServer(runtimeDirs(), pid)
	if !ok {
		return "", noServer
	}
	if kernelID == "" {
		return "", noAnswer
	}
	body, err := s.get("api/sessions", askTimeout)
	if err != nil {
		return "", noAnswer
	}
	switch paths := sessionPaths(body, kernelID); len(paths) {
	case 0:
		return "", noAnswer
	case 1:
		return s.file(paths[0]), found
	}
	return "", several
}

// findServer reads the server's file: jpserver-<pid>.json, or nbserver- from
// Jupyter Notebook 6.
func findServer(dirs []string, pid string) (server, bool) {
	for _, dir := range dirs {
		for _, kind := range []string{"jpserver-", "nbserver-"} {
			data, err := os.ReadFile(filepath.Join(dir, kind+filepath.Base(pid)+".json"))
			if err != nil {
				continue
			}
			var s server
			if json.Unmarshal(data, &s) == nil {
				return s, true
			}
		}
	}
	return server{}, false
}

// runtimeDirs lists where Jupyter keeps these files.
func runtimeDirs() []string {
	if dir := os.Getenv("JUPYTER_RUNTIME_DIR"); dir != "" {
		return []string{dir}
	}
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return []string{filepath.Join(dir, "runtime")}
	}
	home, _ := os.UserHomeDir()
	dirs := []string{filepath.Join(home, ".local", "share", "jupyter", "runtime")}
	if xdg := os.Getenv("XDG_DATA_HOME"); xdg != "" {
		dirs = append(dirs, filepath.Join(xdg, "jupyter", "runtime"))
	}
	switch runtime.GOOS {
	case "darwin":
		dirs = append(dirs, filepath.Join(home, "Library", "Jupyter", "runtime"))
	case "windows":
		dirs = append(dirs, filepath.Join(os.Getenv("APPDATA"), "jupyter", "runtime"))
	}
	return dirs
}

// get fetches one page of the server.
func (s server) get(page string, timeout time.Duration) ([]byte, error) {
	if s.Secure {
		return nil, errors.New("the server wants TLS")
	}
	conn, err := s.dial(timeout)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	base := "/" + strings.Trim(s.BaseURL, "/") + "/"
	if base == "//" {
		base = "/"
	}
	// HTTP/1.0: the answer comes in one piece and ends with the connection.
	_, err = fmt.Fprintf(conn, "GET %s%s HTTP/1.0\r\nHost: %s\r\nAuthorization: token %s\r\nAccept: application/json\r\n\r\n",
		base, page, net.JoinHostPort("localhost", strconv.Itoa(s.Port)), s.Token)
	if err != nil {
		return nil, err
	}
	return readAnswer(bufio.NewReader(io.LimitReader(conn, 16<<20)))
}

// dial reaches the server, which runs on this machine: the kernel is its child.
func (s server) dial(timeout time.Duration) (net.Conn, error) {
	if s.Sock != "" {
		return net.DialTimeout("unix", s.Sock, timeout)
	}
	host := "127.0.0.1"
	if ip, err := netip.ParseAddr(s.Hostname); err == nil && !ip.IsUnspecified() {
		host = ip.String()
	}
	return net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(s.Port)), timeout)
}

func readAnswer(r *bufio.Reader) ([]byte, error) {
	status, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if f := strings.Fields(status); len(f) < 2 || f[1] != "200" {
		return nil, fmt.Errorf("the server answered %q", strings.TrimSpace(status))
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) == "" {
			return io.ReadAll(r)
		}
	}
}

// sessionPaths finds the kernel among the server's sessions, each of which
// belongs to a document, and returns the documents.
func sessionPaths(sessions []byte, kernelID string) []string {
	var list []struct {
		Path     string `json:"path"`
		Notebook struct {
			Path string `json:"path"`
		} `json:"notebook"`
		Kernel struct {
			ID string `json:"id"`
		} `json:"kernel"`
	}
	if json.Unmarshal(sessions, &list) != nil {
		return nil
	}
	var paths []string
	for _, s := range list {
		if path := cmp.Or(s.Path, s.Notebook.Path); s.Kernel.ID == kernelID && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// file is where a path of the server lies on disk. A shared drive's name
// ("RTC:") may stand before it.
func (s server) file(path string) string {
	root := cmp.Or(s.RootDir, s.NotebookDir)
	full := filepath.Join(root, filepath.FromSlash(path))
	if existing(full) == "" {
		if _, rest, ok := strings.Cut(path, ":"); ok {
			return filepath.Join(root, filepath.FromSlash(rest))
		}
	}
	return full
}
