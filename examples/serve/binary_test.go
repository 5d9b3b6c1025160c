package main

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// program is the real binary at work.
type program struct {
	*exec.Cmd
	addr string
	log  *lines
	read chan struct{} // closed when all of the log has been read
}

// lines gathers what the program writes to its log.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.WriteString(line + "\n")
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// start builds the program as it is shipped and starts it on a free port.
func start(t *testing.T) *program {
	t.Helper()
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Skip("cannot listen on the loopback address:", err)
	} else {
		l.Close()
	}
	binary := filepath.Join(t.TempDir(), "serve")
	if runtime.GOOS == "windows" {
		t.Skip("stops by SIGTERM, which Windows does not have")
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	checkStatic(t, binary)
	p := &program{Cmd: exec.Command(binary, "-addr", "127.0.0.1:0"), log: &lines{}, read: make(chan struct{})}
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	serving := make(chan string, 1)
	go func() {
		defer close(p.read)
		scanner := bufio.NewScanner(stderr)
		for scanner.Scan() {
			var line struct{ Msg, Address string }
			if json.Unmarshal(scanner.Bytes(), &line) == nil && line.Msg == "serving" {
				serving <- line.Address
			}
			p.log.add(scanner.Text())
		}
	}()
	select {
	case p.addr = <-serving:
	case <-time.After(time.Minute):
		t.Fatalf("the program does not serve:\n%s", p.log)
	}
	return p
}

// checkStatic fails if the binary needs libraries of the system.
func checkStatic(t *testing.T, path string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if libs, err := f.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("the binary is linked with %v (%v); want a static one", libs, err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary asks for a dynamic linker")
		}
	}
}

// post is one request on a connection of its own.
func (p *program) post(t *testing.T, body string) (status int, answer string) {
	t.Helper()
	resp, err := http.Post("http://"+p.addr+"/predict", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatalf("the program does not answer: %v\n%s", err, p.log)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// digit is a request with a picture.
var digit = `{"instance": [` + strings.TrimSuffix(strings.Repeat("0.5,", 784), ",") + `]}`

// works fails unless the program answers as it should.
func (p *program) works(t *testing.T) {
	t.Helper()
	if status, text := p.post(t, digit); status != 200 || !strings.Contains(text, `"label"`) {
		t.Fatalf("a good request is answered %d, %s", status, text)
	}
}

// TestBinary does to the program what a server in the open must bear.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	p := start(t)
	p.works(t)
	t.Run("malformed", func(t *testing.T) { p.malformed(t) })
	t.Run("huge", func(t *testing.T) { p.huge(t) })
	t.Run("connections", func(t *testing.T) { p.connections(t) })
	t.Run("memory", func(t *testing.T) { p.memory(t) })
	p.works(t)
	t.Run("stop", func(t *testing.T) { p.stop(t) })
	if strings.Contains(p.log.String(), "panic") {
		t.Errorf("the program panicked:\n%s", p.log)
	}
}

func (p *program) malformed(t *testing.T) {
	for _, body := range []string{
		"", "{", "null", "[]", `{"instance"`, `{"instance": [1, 2, }`, "\x00\xff", `{"instance": "five"}`, `{"instances": []}`,
		digit + digit, `{"instance": ` + strings.Repeat("[", 100000), strings.Repeat(`{"instance":`, 50000),
		`{"instance": [1, 2, 3]}`, `{"instance": [[[1]]]}`, `{"instances": [[], [1]]}`, strings.Replace(digit, "0.5,", `"x",`, 1),
		strings.Replace(digit, "0.5,", "", 1), strings.Replace(digit, "0.5,", "1e999,", 1), strings.Replace(digit, "0.5", "[0.5]", 1),
	} {
		status, text := p.post(t, body)
		var answer struct{ Error string }
		if err := json.Unmarshal([]byte(text), &answer); status != 400 || err != nil || answer.Error == "" {
			t.Errorf("%.40q is answered %d, %s", body, status, text)
		}
	}
}

// huge sends 1 GB, announced and not, and wants a refusal long before its end.
func (p *program) huge(t *testing.T) {
	const gigabyte = 1 << 30
	for name, header := range map[string]string{
		"announced": fmt.Sprintf("Content-Length: %d", gigabyte),
		"chunked":   "Transfer-Encoding: chunked",
	} {
		c := p.dial(t)
		fmt.Fprintf(c, "POST /predict HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", header)
		var sent atomic.Int64
		go func() {
			block := bytes.Repeat([]byte(" "), 64<<10)
			for sent.Load() < gigabyte {
				if name == "chunked" {
					fmt.Fprintf(c, "%x\r\n", len(block))
				}
				if _, err := c.Write(block); err != nil {
					return
				}
				if name == "chunked" {
					fmt.Fprint(c, "\r\n")
				}
				sent.Add(int64(len(block)))
			}
		}()
		status, body, _, err := receive(bufio.NewReader(c))
		c.Close()
		if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, "larger than") {
			t.Errorf("%s: answered %d, %s, %v", name, status, body, err)
		}
		if sent.Load() > 64<<20 {
			t.Errorf("%s: %d MB were taken before the refusal", name, sent.Load()>>20)
		}
	}
	p.works(t)
}

// connections opens 500 at a time, all of which then ask.
func (p *program) connections(t *testing.T) {
	const clients = 500
	const silence = 4 * time.Second // the server closes connections that say nothing for a little longer
	opened := time.Now()
	conns := make([]net.Conn, clients)
	for i := range conns {
		conns[i] = p.dial(t)
		defer conns[i].Close()
	}
	p.works(t) // beside all that say nothing
	var good, busy atomic.Int64
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() {
			late := time.Since(opened) > silence
			send(c, digit)
			status, body, began, err := receive(bufio.NewReader(c))
			switch {
			case !began && late: // on a very busy machine
				busy.Add(1)
			case err == nil && status == 200 && strings.Contains(body, `"prediction"`):
				good.Add(1)
			case err == nil && status == 503:
				busy.Add(1)
			default:
				t.Errorf("connection %d: %d, %.200s, %v", i, status, body, err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d connections: %d answered, %d told to try again or too late", clients, good.Load(), busy.Load())
	if good.Load() == 0 {
		t.Error("nobody was answered")
	}
}

// memory fails if the program has grown out of measure.
func (p *program) memory(t *testing.T) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Skip("this system does not tell a program's memory")
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			t.Logf("at most %d MB were resident", kb>>10)
			if kb > 512<<10 {
				t.Errorf("the program took %d MB; want at most 512", kb>>10)
			}
		}
	}
}

// stop sends SIGTERM while many clients ask. Every answer that begins must be
// whole, and a request at work must be answered.
func (p *program) stop(t *testing.T) {
	half := p.dial(t)
	defer half.Close()
	fmt.Fprintf(half, "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(digit))
	halfIn := bufio.NewReader(half)
	if line, err := halfIn.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the handler reads
		t.Fatalf("instead of 100 Continue came %q, %v", line, err)
	}
	_, _ = halfIn.ReadString('\n')

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var answers atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for ctx.Err() == nil && p.askUntilClosed(t, &answers) {
			}
		})
	}
	for deadline := time.Now().Add(time.Minute); answers.Load() < 500; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d answers in a minute", answers.Load())
		}
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wg.Wait() // until nobody can connect any more
	if _, err := io.WriteString(half, digit); err != nil {
		t.Error(err)
	}
	if status, body, _, err := receive(halfIn); status != 200 || !strings.Contains(body, `"label"`) {
		t.Errorf("the request at work was answered %d, %s, %v", status, body, err)
	}
	ended := make(chan error, 1)
	go func() {
		<-p.read
		ended <- p.Wait()
	}()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the program ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the program does not end")
	}
	if log := p.log.String(); !strings.Contains(log, `"msg":"stopped"`) {
		t.Errorf("the log does not end with stopped: %s", log[max(0, len(log)-500):])
	}
	t.Logf("%d answers until it stopped", answers.Load())
}

// askUntilClosed asks on one connection until it is closed, which may happen
// between two answers but not within one. It returns false if nobody listens.
func (p *program) askUntilClosed(t *testing.T, answers *atomic.Int64) bool {
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		return !errors.Is(err, syscall.ECONNREFUSED)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		send(c, digit)
		status, body, began, err := receive(in)
		if !began {
			return true
		}
		if err != nil || (status != 200 && status != 503) {
			t.Errorf("an answer was cut off or is wrong: %d, %.200s, %v", status, body, err)
			return true
		}
		answers.Add(1)
	}
}

func (p *program) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func send(c net.Conn, body string) {
	fmt.Fprintf(c, "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// receive reads an answer; began tells whether a byte of it came.
func receive(in *bufio.Reader) (status int, body string, began bool, err error) {
	if _, err := in.Peek(1); err != nil {
		return 0, "", false, err
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, "", true, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), true, err
}
