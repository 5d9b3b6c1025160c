//go:build unix

package kernel

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// cellPrograms are programs that this test binary runs as, with a test that plays GoNB
// around them.
var cellPrograms = map[string]func(){
	"display": func() {
		for i := range 50 {
			Check(Display(Bundle{HTML: "<b>x</b>", PNG: []byte{1}, Text: fmt.Sprint(i)}))
		}
		Check(Update("id", Bundle{Text: "first"}))
		Check(Update("id", Bundle{Text: "second"}))
		fmt.Println(Display(Bundle{}), Update("", Bundle{Text: "x"}))
	},
	"must": func() {
		for range 20 {
			send("", Bundle{Text: "a picture"}) // still on the way
		}
		fmt.Println(Must(7, nil))
		Must(0, errors.New("dlkit: layer 3: the input is too small"))
		fmt.Println("not reached")
	},
	"interrupted": func() {
		ctx := Context()
		Check(syscall.Kill(os.Getpid(), syscall.SIGINT))
		<-ctx.Done()
		fmt.Println(Must([]float64{1, 0.5}, fmt.Errorf("fit: %w", ctx.Err())))
		Must([]float64(nil), ctx.Err())
	},
	"progress": func() {
		p := NewProgress()
		p.Update("epoch 1/2", 1, 4, []string{"loss"}, []float64{0.5})
		p.Finish("epoch 1/2", []string{"loss<"}, []float64{0.25})
		p.Finish("epoch 2/2", []string{"loss"}, []float64{0.125})
		p.Finish("evaluating", []string{"loss"}, []float64{0.5})
		p.Finish("epoch 1/9", nil, nil)
	},
	"keep": func() {
		v := Must(Keep("v", map[string]int{"Epochs": 5}, func() ([]float64, error) { return []float64{1, 2}, nil }))
		fmt.Println(v)
	},
	"plain": func() {
		fmt.Println(InNotebook())
		Check(Display(Bundle{Text: "seen"}))
		defer func() { fmt.Println("recovered:", recover()) }()
		Must(0, errors.New("wrong shape"))
	},
}

func TestMain(m *testing.M) {
	if cell := os.Getenv("KERNEL_TEST_CELL"); cell != "" {
		cellPrograms[cell]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ran is what a cell left behind.
type ran struct {
	out, err string
	exit     int
	shown    []protocol.DisplayData
}

// texts lists the text forms of what was shown, with their ids.
func (r ran) texts() (out []string) {
	for _, d := range r.shown {
		out = append(out, strings.TrimLeft(fmt.Sprint(d.DisplayID, " ", d.Data[protocol.MIMETextPlain]), " "))
	}
	return out
}

// runCell runs a cell as GoNB does, between two pipes that are closed as soon
// as its process ends.
func runCell(t *testing.T, name string, env ...string) ran {
	t.Helper()
	dir := t.TempDir()
	in, back := pipe(t, dir, "in"), pipe(t, dir, "back")
	cmd := command(name, append(env, "GONB_PIPE="+in.Name(), "GONB_PIPE_BACK="+back.Name())...)
	var r ran
	var wg sync.WaitGroup
	wg.Go(func() { r.shown = playGoNB(in, back) })
	r.run(t, cmd)
	in.Close()
	wg.Wait()
	back.Close()
	return r
}

// pipe makes a named pipe. Opened both ways it waits for nobody.
func pipe(t *testing.T, dir, name string) *os.File {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func command(name string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	// gonbui itself is not free of races: they are not what is tested here.
	cmd.Env = append(os.Environ(), append(env, "KERNEL_TEST_CELL="+name, "GORACE=exitcode=0 log_path=/dev/null")...)
	return cmd
}

func (r *ran) run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r.out, r.err, r.exit = out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// playGoNB reads what the cell shows and answers its Syncs. Like GoNB it takes
// its time.
func playGoNB(in io.Reader, back io.Writer) (shown []protocol.DisplayData) {
	answers := gob.NewEncoder(back)
	for messages := gob.NewDecoder(in); ; {
		var d protocol.DisplayData
		if messages.Decode(&d) != nil {
			return shown
		}
		comm, ok := d.Data[protocol.MIMECommValue].(protocol.CommValue)
		if !ok {
			time.Sleep(2 * time.Millisecond)
			shown = append(shown, d)
		} else if answers.Encode(protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: comm.Value}) != nil {
			return shown
		}
	}
}

func TestCellDisplays(t *testing.T) {
	r := runCell(t, "display")
	if len(r.shown) != 52 || r.exit != 0 {
		t.Fatalf("%d shown, exit %d, %s", len(r.shown), r.exit, r.err)
	}
	first := r.shown[0].Data
	if first[protocol.MIMETextHTML] != "<b>x</b>" || string(first[protocol.MIMEImagePNG].([]byte)) != "\x01" {
		t.Errorf("got %v", first)
	}
	lines(t, r.texts()[49:], "49", "id first", "id second")
	same(t, "errors", r.out, ErrNothing.Error()+" kernel: Update wants an id: kernel.UniqueID() makes one\n")
}

func TestCellMust(t *testing.T) {
	r := runCell(t, "must")
	if r.exit != 1 || r.out != "7\n" || len(r.shown) != 20 {
		t.Errorf("exit %d, out %q, %d shown", r.exit, r.out, len(r.shown))
	}
	if !strings.HasPrefix(r.err, "Error: dlkit: layer 3: the input is too small\n\tat ") || !strings.Contains(r.err, "cell_test.go:") {
		t.Errorf("said %q", r.err)
	}
	if strings.Contains(r.err, "goroutine") {
		t.Errorf("a stack trace: %q", r.err)
	}
}

func TestCellInterrupted(t *testing.T) {
	r := runCell(t, "interrupted")
	if r.out != "[1 0.5]\n" || r.exit != 1 {
		t.Errorf("out %q, exit %d", r.out, r.exit)
	}
	if !strings.HasPrefix(r.err, "interrupted: going on with what there is up to here\nInterrupted: context canceled\n\tat ") {
		t.Errorf("said %q", r.err)
	}
}

func TestCellProgress(t *testing.T) {
	r := runCell(t, "progress")
	var ids, texts []string
	for _, s := range r.texts() {
		id, text, _ := strings.Cut(s, " ")
		ids = append(ids, id[strings.LastIndex(id, "-")+1:])
		texts = append(texts, text)
	}
	same(t, "elements", strings.Join(ids, " "), "0 0 0 1 2")
	if !strings.HasPrefix(texts[0], "epoch 1/2  [=====>..................]   25%  1/4") || !strings.HasSuffix(texts[2], "loss 0.1250") {
		t.Errorf("got %q", texts)
	}
	if h := r.shown[1].Data[protocol.MIMETextHTML].(string); !strings.Contains(h, "loss&lt; 0.2500") {
		t.Errorf("HTML %s", h)
	}
	static := runCell(t, "progress", "FROMZERO_STATIC=1")
	for _, d := range static.shown {
		if _, ok := d.Data[protocol.MIMETextHTML]; ok {
			t.Error("HTML in a static notebook")
		}
	}
}

func TestCellKeeps(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.ipynb")
	if err := os.WriteFile(file, []byte(`{"cells":[{"id":"c1"}],"nbformat":4,"nbformat_minor":5}`), 0o666); err != nil {
		t.Fatal(err)
	}
	first := runCell(t, "keep", NotebookEnv+"="+file, "JPY_PARENT_PID=", "GONB_TMP_DIR=1")
	again := runCell(t, "keep", NotebookEnv+"="+file, "JPY_PARENT_PID=", "GONB_TMP_DIR=2")
	if !strings.Contains(first.out, "kept: v built in") || !strings.Contains(again.out, "kept: v loaded from") || !strings.Contains(again.out, "[1 2]") {
		t.Errorf("first %q, then %q", first.out, again.out)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), ".fromzero", "keep", "a")); err != nil {
		t.Error(err)
	}
}

func TestOutsideANotebook(t *testing.T) {
	var r ran
	r.run(t, command("plain", "GONB_PIPE="))
	same(t, "said", r.out, "false\nseen\nrecovered: wrong shape\n")
}

func TestInterruptedValues(t *testing.T) {
	if interrupted(errors.New("x")) || interrupted(context.Canceled) {
		t.Error("an error counts as an interrupt that was none")
	}
}
