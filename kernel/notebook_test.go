package kernel

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// place is where the values of a kernel with this environment go, and whether
// that is a notebook's folder.
func place(t *testing.T, env map[string]string, ask, parentEnv map[string]string) string {
	t.Helper()
	s := surroundings{
		inNotebook: true, getenv: func(k string) string { return env[k] }, dir: "/course", program: "p",
		ask: func(pid, id string) (string, answer) {
			file, ok := ask[pid+" "+id]
			switch {
			case !ok:
				return "", noServer
			case file == "":
				return "", noAnswer
			case file == "several":
				return "", several
			}
			return file, found
		},
		inherited: func(_, name, value string) (bool, bool) { return parentEnv[name] == value, parentEnv != nil },
	}
	return whereIs(s).store.Dir
}

func TestWhoseValues(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.ipynb"), filepath.Join(dir, "b.ipynb")
	for _, f := range []string{a, b} {
		if err := os.WriteFile(f, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	inA, inB := filepath.Join(dir, ".fromzero/keep/a"), filepath.Join(dir, ".fromzero/keep/b")
	own := func(got string) bool { return strings.HasPrefix(got, "/course/.fromzero/keep/kernel-") }
	type m = map[string]string
	none := m{}
	jupyter := m{"JPY_PARENT_PID": "7", "GONB_JUPYTER_KERNEL_ID": "k", "GONB_TMP_DIR": "/tmp/gonb_1"}
	with := func(add m) m {
		all := m{}
		for k, v := range jupyter {
			all[k] = v
		}
		for k, v := range add {
			all[k] = v
		}
		return all
	}
	for _, c := range []struct {
		name           string
		env, ask, proc m
		want           string // empty: the kernel's own
	}{
		{"fromzero run", m{NotebookEnv: a}, none, none, inA},
		{"fromzero run inside another notebook", with(m{NotebookEnv: a, "JPY_SESSION_NAME": b}), m{"7 k": b}, none, inA},
		{"a server started inside fromzero run", with(m{NotebookEnv: a}), m{"7 k": b}, m{NotebookEnv: a}, inB},
		{"the server knows", with(nil), m{"7 k": a}, none, inA},
		{"the server knows better: renamed", with(m{"JPY_SESSION_NAME": a}), m{"7 k": b}, none, inB},
		{"the server does not answer", with(m{"JPY_SESSION_NAME": a}), m{"7 k": ""}, none, inA},
		{"nor does the system show environments", with(m{"JPY_SESSION_NAME": a}), m{"7 k": ""}, nil, inA},
		{"inherited, no server", with(m{"JPY_SESSION_NAME": a}), none, m{"JPY_SESSION_NAME": a}, ""},
		{"perhaps inherited, no server", with(m{"JPY_SESSION_NAME": a}), none, nil, ""},
		{"renamed, and nobody to ask", with(m{"JPY_SESSION_NAME": filepath.Join(dir, "old.ipynb")}), m{"7 k": ""}, none, ""},
		{"a name that is no file", with(m{"JPY_SESSION_NAME": "a.ipynb"}), m{"7 k": ""}, none, ""},
		{"VS Code, own kernel", m{"JPY_SESSION_NAME": a, "GONB_TMP_DIR": "/tmp/gonb_1"}, none, none, inA},
		{"VS Code on a server", with(nil), m{"7 k": filepath.Join(dir, "a-jvsc-12345678-1234-1234-1234-123456789abc.ipynb")}, none, inA},
		{"two notebooks share the kernel", with(m{"JPY_SESSION_NAME": a}), m{"7 k": "several"}, none, ""},
		{"nothing known", with(nil), none, none, ""},
	} {
		got := place(t, c.env, c.ask, c.proc)
		if c.want == "" && !own(got) || c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}

	// Kernels that nothing is known about share nothing.
	two := with(m{"GONB_JUPYTER_KERNEL_ID": "l"})
	if place(t, jupyter, none, none) == place(t, two, none, none) {
		t.Error("two kernels share a folder")
	}
	// A restart keeps the id, not GoNB's folder …
	if place(t, jupyter, none, none) != place(t, with(m{"GONB_TMP_DIR": "/tmp/gonb_2"}), none, none) {
		t.Error("a restart loses the folder")
	}
	// … but an id that the parent had already is another kernel's.
	inherited := m{"GONB_JUPYTER_KERNEL_ID": "k"}
	if place(t, jupyter, none, inherited) == place(t, with(m{"GONB_TMP_DIR": "/tmp/gonb_2"}), none, inherited) {
		t.Error("two kernels inside a third share a folder")
	}
}

func TestProgramsValues(t *testing.T) {
	w := whereIs(surroundings{dir: "/d", program: "mnist-1234"})
	if w.store.Dir != "/d/.fromzero/keep/program-mnist-1234" || w.note != "" {
		t.Errorf("got %+v", w)
	}
}

// fakeJupyter answers one request like Jupyter's server does.
func fakeJupyter(t *testing.T, status, body string) (port int, request chan string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	request = make(chan string, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var head []string
		for r := bufio.NewReader(conn); ; {
			l, err := r.ReadString('\n')
			if err != nil || l == "\r\n" {
				break
			}
			head = append(head, strings.TrimSpace(l))
		}
		request <- strings.Join(head, "\n")
		fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n\r\n%s", status, body)
	}()
	return ln.Addr().(*net.TCPAddr).Port, request
}

func serverFile(t *testing.T, name string, fields map[string]any) string {
	dir := t.TempDir()
	data, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JUPYTER_RUNTIME_DIR", dir)
	return dir
}

const sessions = `[{"path":"x.ipynb","kernel":{"id":"other"}},{"path":"en/a b.ipynb","name":"a b.ipynb","kernel":{"id":"k1"}}]`

func TestAskJupyter(t *testing.T) {
	port, request := fakeJupyter(t, "200 OK", sessions)
	serverFile(t, "jpserver-42.json", map[string]any{
		"url": "http://localhost/", "hostname": "localhost", "port": port, "base_url": "/user/me/", "token": "secret", "root_dir": "/course"})
	file, a := askJupyter("42", "k1")
	if file != filepath.FromSlash("/course/en/a b.ipynb") || a != found {
		t.Errorf("got %q, %v", file, a)
	}
	got := <-request
	for _, want := range []string{"GET /user/me/api/sessions HTTP/1.0", "Authorization: token secret"} {
		if !strings.Contains(got, want) {
			t.Errorf("request %q lacks %q", got, want)
		}
	}
}

func TestAskJupyterInVain(t *testing.T) {
	for _, c := range []struct {
		name, status, body string
		want               answer
	}{
		{"not allowed", "403 Forbidden", `{"message": "Forbidden"}`, noAnswer},
		{"another kernel's sessions", "200 OK", `[]`, noAnswer},
		{"no JSON", "200 OK", "<html>", noAnswer},
		{"a shared kernel", "200 OK", `[{"path":"a.ipynb","kernel":{"id":"k1"}},{"path":"b.ipynb","kernel":{"id":"k1"}}]`, several},
	} {
		port, _ := fakeJupyter(t, c.status, c.body)
		serverFile(t, "nbserver-42.json", map[string]any{"hostname": "localhost", "port": port, "base_url": "/", "notebook_dir": "/course"})
		if file, a := askJupyter("42", "k1"); file != "" || a != c.want {
			t.Errorf("%s: %q, %v", c.name, file, a)
		}
	}
	if _, a := askJupyter("43", "k1"); a != noServer {
		t.Error("no such server was asked")
	}
	twice := `[{"path":"a.ipynb","kernel":{"id":"k1"}},{"path":"a.ipynb","kernel":{"id":"k1"}}]`
	if paths := sessionPaths([]byte(twice), "k1"); len(paths) != 1 {
		t.Errorf("two tabs with one notebook: %v", paths)
	}
	s := server{Hostname: "localhost", Port: 1}
	if _, err := s.get("api/sessions", time.Second); err == nil {
		t.Error("nobody listens, and there is an answer")
	}
	if _, err := (server{Secure: true}).get("api/sessions", time.Second); err == nil {
		t.Error("TLS is not spoken here")
	}
}

func TestInheritedEnv(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("this system does not show environments")
	}
	pid := fmt.Sprint(os.Getpid())
	if yes, known := inheritedEnv(pid, "PATH", os.Getenv("PATH")); !yes || !known {
		t.Errorf("PATH: %v, %v", yes, known)
	}
	if yes, known := inheritedEnv(pid, "PATH", "other"); yes || !known {
		t.Errorf("other PATH: %v, %v", yes, known)
	}
	if _, known := inheritedEnv("0", "PATH", ""); known {
		t.Error("no such process, and its environment is known")
	}
}
