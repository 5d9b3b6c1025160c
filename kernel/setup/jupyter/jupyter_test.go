package jupyter

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-zeromq/zmq4"
)

func TestWire(t *testing.T) {
	w := wire{key: []byte("secret"), session: "s"}
	msg, id, err := w.pack("execute_request", map[string]any{"code": "x"})
	if err != nil {
		t.Fatal(err)
	}
	// A ROUTER socket puts identities before the delimiter.
	routed := zmq4.NewMsgFrom(append([][]byte{[]byte("identity")}, msg.Frames...)...)
	m, err := w.unpack(routed)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.ID != id || m.Header.Type != "execute_request" || m.Header.Session != "s" || string(m.Content) != `{"code":"x"}` {
		t.Errorf("came back as %+v %s", m.Header, m.Content)
	}
	if _, err := (wire{key: []byte("other")}).unpack(msg); err == nil || !strings.Contains(err.Error(), "signature") {
		t.Errorf("a message signed with another key: %v", err)
	}
	if _, err := w.unpack(zmq4.NewMsgFrom(delimiter, []byte("x"))); err == nil {
		t.Error("a message without parts was accepted")
	}
}

func TestStripHTML(t *testing.T) {
	report := `<style>.a { b: c }</style>
<div class="jp-RenderedText">
<div style="x"><span class="gonb-err-hover-area"><span>Cell[2]: Line 3</span> <span>./main.go:11:2: </span></span>cannot use x (untyped nil) as <-chan int &amp; <nil><div class="gonb-err-context">hidden <div class="gonb-err-line">too</div> all</div></div>

<div>second</div>
</div>`
	want := "Cell[2]: Line 3 ./main.go:11:2: cannot use x (untyped nil) as <-chan int & <nil>\nsecond"
	if got := StripHTML(report); got != want {
		t.Errorf("got\n%s\nwanted\n%s", got, want)
	}
	if got := StripHTML(`a<div class="gonb-err-context">never closed`); got != "a" {
		t.Errorf("unclosed: %q", got)
	}
}

// published makes iopub messages that answer request "r".
func published(t *testing.T, run *running, msgType, content string) {
	t.Helper()
	if !json.Valid([]byte(content)) {
		t.Fatalf("not JSON: %s", content)
	}
	run.published(&message{Header: header{Type: msgType}, Parent: header{ID: "r"}, Content: json.RawMessage(content)})
}

func TestOutputsAreCollected(t *testing.T) {
	run := &running{id: "r", result: &Execution{}}
	say := func(msgType, content string) { t.Helper(); published(t, run, msgType, content) }
	say("stream", `{"name":"stdout","text":"a"}`)
	say("stream", `{"name":"stdout","text":"b\n"}`)
	say("stream", `{"name":"stderr","text":"c"}`)
	say("display_data", `{"data":{"text/html":"<b>1</b>"},"metadata":{},"transient":{"display_id":"bar"}}`)
	say("update_display_data", `{"data":{"text/html":"<b>2</b>"},"metadata":{},"transient":{"display_id":"bar"}}`)
	say("update_display_data", `{"data":{"text/html":"<b>?</b>"},"metadata":{},"transient":{"display_id":"unknown"}}`)
	say("error", `{"ename":"ERROR","evalue":"bad","traceback":["\u001b[31mbad\u001b[0m"]}`)
	say("status", `{"execution_state":"idle"}`)
	run.published(&message{Header: header{Type: "stream"}, Parent: header{ID: "another"}, Content: []byte(`{"name":"stdout","text":"z"}`)})
	var got []string
	for _, o := range run.result.Outputs {
		got = append(got, string(o.Kind)+" "+o.Plain())
	}
	want := []string{"stream ab\n", "stream c", "display_data 2", "error bad"}
	if !reflect.DeepEqual(got, want) || !run.idle {
		t.Errorf("got %q, idle %v; wanted %q", got, run.idle, want)
	}
	say("clear_output", `{"wait":true}`)
	if len(run.result.Outputs) != 4 {
		t.Error("cleared before the next output came")
	}
	say("stream", `{"name":"stdout","text":"new"}`)
	if len(run.result.Outputs) != 1 || run.result.Outputs[0].Text != "new" {
		t.Errorf("after clear_output: %+v", run.result.Outputs)
	}
}

const notebookFile = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "m",
   "metadata": {},
   "source": [
    "# Über <x> & y\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "c",
   "metadata": {
    "tags": [
     "raises-exception"
    ]
   },
   "outputs": [],
   "source": [
    "a := 1\n",
    "_ = a"
   ]
  }
 ],
 "metadata": {
  "unknown": 1.50
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`

func TestNotebookRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ipynb")
	if err := os.WriteFile(path, []byte(notebookFile), 0o644); err != nil {
		t.Fatal(err)
	}
	nb, err := ReadNotebook(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "b.ipynb")
	if err := nb.Write(out); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(out); string(data) != notebookFile {
		t.Errorf("written back as\n%s", data)
	}
	cells := nb.CodeCells()
	if len(cells) != 1 || cells[0].Source() != "a := 1\n_ = a" || !cells[0].MayFail() || cells[0].Number != 1 {
		t.Fatalf("code cells: %+v", cells)
	}
	cells[0].SetOutputs(3, []*Output{{Kind: Stream, Name: "stdout", Text: "x\ny"},
		{Kind: Display, Data: map[string]any{"text/plain": "p\n", "image/png": "AAA\n"}}})
	if err := nb.Write(out); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(out)
	for _, want := range []string{`"execution_count": 3`, "\"x\\n\",\n      \"y\"\n", `"image/png": "AAA\n"`, "[\n       \"p\\n\"\n      ]"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the file lacks %s:\n%s", want, data)
		}
	}
}

func TestReadNotebookRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"<html>":                     "is not a notebook",
		`{"nbformat":3,"cells":[]}`:  "format 3",
		`{"nbformat":4,"cells":"x"}`: "no list of cells",
	} {
		path := filepath.Join(t.TempDir(), "a.ipynb")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadNotebook(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, wanted one that says %q", text, err, want)
		}
	}
}

func TestSpec(t *testing.T) {
	dir := t.TempDir()
	spec := &Spec{Argv: []string{"gonb", "--kernel", "{connection_file}"}, DisplayName: "Go", Language: "go",
		Env: map[string]string{"A": "spec", "B": "spec"}}
	data, err := spec.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	back, err := ReadSpec(dir)
	if err != nil || !reflect.DeepEqual(back, spec) {
		t.Errorf("came back as %+v, %v", back, err)
	}
	if got := spec.command("/x.json"); got[2] != "/x.json" {
		t.Errorf("command line %q", got)
	}
	env := spec.environ([]string{"A=base", "C=base"}, map[string]string{"B": "extra"})
	for _, want := range []string{"A=spec", "B=extra", "C=base"} {
		if !strings.Contains(strings.Join(env, " "), want) {
			t.Errorf("environment %q lacks %s", env, want)
		}
	}
	if len(env) != 3 {
		t.Errorf("environment has doubles: %q", env)
	}
}

func TestStartRefuses(t *testing.T) {
	if _, err := Start(t.Context(), &Spec{}, Options{}); err == nil {
		t.Error("a kernel without a command was started")
	}
	if _, err := Start(t.Context(), &Spec{Argv: []string{"/does/not/exist"}}, Options{}); err == nil {
		t.Error("a kernel without a program was started")
	}
	_, err := Start(t.Context(), &Spec{Argv: []string{"sh", "-c", "echo last words; exit 1"}}, Options{})
	if !errors.Is(err, ErrKernelDied) || !strings.Contains(err.Error(), "while it started; it said:\n  last words") {
		t.Errorf("a kernel that ends at once: %v", err)
	}
}
