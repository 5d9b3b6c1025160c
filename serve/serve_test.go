package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/serve"
	"github.com/gofromzero/fromzero/tensor"
)

// sums is a model whose output can be told from its input: (a, b) becomes
// (a+b, a−b).
func sums(t testing.TB) *dlkit.Model {
	t.Helper()
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(2, dlkit.Name("sums")))
	if err := m.SetWeight("sums/kernel", tensor.Must(tensor.New([]float32{1, 1, 1, -1}, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return m
}

func newServer(t testing.TB, m *dlkit.Model, c serve.Config) *serve.Server {
	t.Helper()
	s, err := serve.New(m, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// post sends a body to /predict.
func post(h http.Handler, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(body)))
	return w
}

// want checks an answer's status, and that it is JSON with some text in it.
func want(t *testing.T, what string, w *httptest.ResponseRecorder, status int, text string) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), text) || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s: status %d, %s; want %d and %q", what, w.Code, w.Body, status, text)
	}
}

func TestPredictions(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{Name: "s"})
	want(t, "one", post(s, `{"instance": [3, 2.5]}`), 200, `{"prediction": [5.5, 0.5]}`)
	want(t, "several", post(s, ` { "instances" : [ [1,2] , [-3e0, 0.25] ] } `), 200, `{"predictions": [[3, -1], [-2.75, -3.25]]}`)
	want(t, "a signature", post(s, `{"signature_name": "serving_default", "instances": [[1, 2]]}`), 200, `[[3, -1]]`)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/models/s:predict", strings.NewReader(`{"instances": [[0, 0]]}`)))
	want(t, "TensorFlow Serving's path", w, 200, `[[0, 0]]`)
}

func TestLayoutsOfOneExample(t *testing.T) {
	m := dlkit.Sequential(tensor.Shape{2, 2, 1}, dlkit.Flatten())
	s := newServer(t, m, serve.Config{})
	for _, body := range []string{`[[[1],[2]],[[3],[4]]]`, `[[1,2],[3,4]]`, `[1,2,3,4]`} {
		want(t, body, post(s, `{"instance": `+body+`}`), 200, `[1, 2, 3, 4]`)
	}
	scalar := newServer(t, dlkit.Sequential(tensor.Shape{1}, dlkit.ReLU), serve.Config{})
	want(t, "a plain number", post(scalar, `{"instances": [3, [4]]}`), 200, `[[3], [4]]`)
}

func TestMistakesOfRequests(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{MaxInstances: 3})
	for body, text := range map[string]string{
		``:                      "empty",
		`{"instances": [[1, 2]`: "at byte 21",
		`[[1, 2]]`:              "no JSON object",
		`{}`:                    "instances",
		`{"data": [[1, 2]]}`:    `\"data\"`,
		`{"instances": [[1,2]], "instance": [1,2]}`: "fields",
		`{"instances": {}}`:                         "no list",
		`{"instances": null}`:                       "no list",
		`{"instances": []}`:                         "0 instances; want 1 to 3",
		`{"instances": [[1,2],[1,2],[1,2],[1,2]]}`:  "4 instances",
		`{"instances": [[1,2],[1,2,3]]}`:            "instance 1: it is of shape (3,); want numbers of shape (2,)",
		`{"instance": [[1,2],[3,4]]}`:               "of shape (2, 2); want",
		`{"instance": [[1],[2,3]]}`:                 "of shape (2, 1); want",
		`{"instance": []}`:                          "of shape (0,); want",
		`{"instance": 1}`:                           "a number; want",
		`{"instance": null}`:                        "null; want",
		`{"instance": [1, null]}`:                   "null where a number is wanted",
		`{"instance": [1, true]}`:                   "true or false where",
		`{"instance": [1, {"a": [1, 2, "]"]}]}`:     "an object where",
		`{"instance": [1, 1e999]}`:                  "too large",
		`{"instance": [1, -1e39]}`:                  "too large for a 32-bit float",
		`{"instance": "a text"}`:                    "no vectorizer",
		`{"instance": ` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`: "5000 deep",
		strings.Repeat("[", 100000): "depth",
	} {
		want(t, body[:min(len(body), 60)], post(s, body), 400, text)
	}
	want(t, "NaN", post(s, `{"instance": [3e38, 3e38]}`), 422, "no number that JSON knows")
	want(t, "and it goes on", post(s, `{"instance": [1, 1]}`), 200, "[2, 0]")
}

func TestLimitOfTheBody(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{MaxBody: 100})
	long := `{"instance": [1, 2]` + strings.Repeat(" ", 100) + `}`
	want(t, "a length above the limit", post(s, long), 413, "larger than 100 bytes")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", io.MultiReader(strings.NewReader(long)))) // of unknown length
	want(t, "without a length", w, 413, "larger than 100 bytes")
}

func TestPathsAndMethods(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{Name: "m", Classes: []string{"sum", "difference"}})
	for _, c := range []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/healthz", 200, `"ok"`}, {"GET", "/", 200, `"shape":[2]`}, {"GET", "/v1/models/m/metadata", 200, `"difference"`},
		{"GET", "/v1/models/m", 200, "AVAILABLE"}, {"GET", "/predict", 405, "use POST"}, {"POST", "/healthz", 405, "GET"},
		{"GET", "/v1/models/other", 404, "/v1/models/m:predict"}, {"DELETE", "/x", 404, "nothing"},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		want(t, c.method+" "+c.path, w, c.status, c.text)
	}
}

func TestClasses(t *testing.T) {
	m := sums(t)
	if err := m.SetClasses("up", "down"); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, m, serve.Config{})
	want(t, "several", post(s, `{"instances": [[1, 1], [1, -1]]}`), 200, `"labels": ["up","down"], "classes": ["up","down"]`)
	want(t, "one", post(s, `{"instance": [1, 1]}`), 200, `"label": "up"`)
	if _, err := serve.New(m, serve.Config{Classes: []string{"a", "b", "c"}}); err == nil {
		t.Error("three names for two outputs are taken")
	}
	yes := newServer(t, dlkit.Sequential(tensor.Shape{1}, dlkit.Sigmoid), serve.Config{Classes: []string{"no", "yes"}})
	want(t, "a single output", post(yes, `{"instances": [-1, 2]}`), 200, `"labels": ["no","yes"]`)
}

func TestTexts(t *testing.T) {
	corpus := tensor.Must(text.FromStrings([]string{"good film", "bad film"}, []int32{1, 0}))
	words := tensor.Must(text.Fit(t.Context(), corpus, text.Config{})) // no length of its own
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Embedding(words.Len(), 1, dlkit.Name("e")), dlkit.Flatten())
	table := make([]float32, words.Len())
	for i := range table {
		table[i] = float32(i)
	}
	if err := m.SetWeight("e/embeddings", tensor.Must(tensor.New(table, len(table), 1))); err != nil {
		t.Fatal(err)
	}
	if err := m.Attach("words", words); err != nil {
		t.Fatal(err)
	}
	if err := m.Attach("another", words); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, m, serve.Config{})
	wanted := tensor.Values[int32](tensor.Must(words.Transform("Film good!", "nonsense")))
	want(t, "texts", post(s, `{"instances": ["Film good!", "nonsense"]}`), 200,
		fmt.Sprintf("[[%d, %d, 0, 0], [%d, 0, 0, 0]]", wanted[0], wanted[1], wanted[2]))
	want(t, "numbers", post(s, `{"instance": [1, 2, 3, 0]}`), 200, "[1, 2, 3, 0]")
	want(t, "both", post(s, `{"instances": ["film", [1, 2, 3, 0]]}`), 400, "instance 1 is no text")
	want(t, "both, the other way", post(s, `{"instances": [[1, 2, 3, 0], "film"]}`), 400, "instance 1 is a text")
	want(t, "an object", post(s, `{"instance": {"text": "film"}}`), 400, "want a text, or whole numbers of shape (4,)")
	want(t, "an unknown word", post(s, `{"instance": [1, 2, 3, 99]}`), 400, "word 99")
	want(t, "fractions", post(s, `{"instance": [1, 2, 3, 0.5]}`), 400, "no whole number")

	short := tensor.Must(text.Fit(t.Context(), corpus, text.Config{Length: 3}))
	if _, err := serve.New(m, serve.Config{Words: short}); err == nil || !strings.Contains(err.Error(), "(3,)") {
		t.Errorf("a vectorizer of another length: %v", err)
	}
}

func TestSeveralInputsAndOutputs(t *testing.T) {
	a, b := dlkit.Input(tensor.Shape{2}), dlkit.Input(tensor.Shape{1})
	y := dlkit.Concatenate(a, b)
	m := dlkit.Functional([]*dlkit.Value{a, b}, y, dlkit.Apply(dlkit.Activation(dlkit.ReLU), a))
	s := newServer(t, m, serve.Config{})
	want(t, "objects", post(s, `{"instance": {"input_1": [1, -2], "input_2": 3}}`), 200,
		`{"prediction": {"concatenate_1": [1, -2, 3], "activation_1": [1, 0]}}`)
	for _, body := range []string{`[1, 2]`, `{"input_1": [1, 2]}`, `{"input_1": [1,2], "input_2": 3, "x": 1}`} {
		want(t, body, post(s, `{"instance": `+body+`}`), 400, "input_1, input_2")
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	broken := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(0))
	for name, make := range map[string]func() error{
		"no model":     func() error { _, err := serve.New(nil, serve.Config{}); return err },
		"a bad model":  func() error { _, err := serve.New(broken, serve.Config{}); return err },
		"a bad config": func() error { _, err := serve.New(sums(t), serve.Config{MaxBatch: -1}); return err },
	} {
		if make() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestRequestsTogether sends many requests at once, one of them wrong, and wants
// everyone to get their own answer.
func TestRequestsTogether(t *testing.T) {
	words := dlkit.Sequential(tensor.Shape{1}, dlkit.Embedding(1000, 1, dlkit.Name("e")), dlkit.Flatten())
	table := make([]float32, 1000)
	for i := range table {
		table[i] = float32(i)
	}
	if err := words.SetWeight("e/embeddings", tensor.Must(tensor.New(table, 1000, 1))); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, words, serve.Config{MaxRequests: 1000})
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			w := post(s, fmt.Sprintf(`{"instances": [%d, %d]}`, i, 999-i))
			if i%50 == 7 {
				w = post(s, `{"instance": 5000}`)
				want(t, "a wrong one among them", w, 400, "word 5000")
				return
			}
			want(t, "a request", w, 200, fmt.Sprintf(`{"predictions": [[%d], [%d]]}`, i, 999-i))
		})
	}
	wg.Wait()
}

func TestBusyServerAnswers503(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{MaxRequests: 1, MaxWait: time.Millisecond})
	pr, pw := io.Pipe()
	first := make(chan *httptest.ResponseRecorder)
	go func() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", pr))
		first <- w
	}()
	if _, err := pw.Write([]byte(`{"instance": `)); err != nil { // read, so at work
		t.Fatal(err)
	}
	w := post(s, `{"instance": [1, 2]}`)
	want(t, "the second", w, 503, "at work already")
	if w.Header().Get("Retry-After") == "" {
		t.Error("the answer does not say when to try again")
	}
	if _, err := pw.Write([]byte(`[1, 2]}`)); err != nil {
		t.Fatal(err)
	}
	pw.Close()
	want(t, "the first", <-first, 200, "[3, -1]")
	want(t, "a third", post(s, `{"instance": [1, 2]}`), 200, "[3, -1]")
}

func TestClientThatGoes(t *testing.T) {
	s := newServer(t, sums(t), serve.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(`{"instance": [1, 2]}`)).WithContext(ctx))
	if w.Code != 200 && w.Code != 503 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	want(t, "the next", post(s, `{"instance": [1, 2]}`), 200, "[3, -1]")
}

// TestStop begins a request, stops the server, and ends the request.
func TestStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("cannot listen on the loopback address:", err)
	}
	var log lockedBuffer
	s := newServer(t, sums(t), serve.Config{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()

	pr, pw := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Post("http://"+l.Addr().String()+"/predict", "application/json", pr)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	if _, err := pw.Write([]byte(`{"instance": `)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the request to be at work", func() bool { return s.AtWork() == 1 })
	stop()
	waitFor(t, "the server to stop listening", func() bool {
		c, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if _, err := pw.Write([]byte(`[1, 2]}`)); err != nil {
		t.Fatal(err)
	}
	pw.Close()
	if got := <-answered; !strings.Contains(got, "[3, -1]") {
		t.Errorf("the request at work was answered %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	for _, text := range []string{`"msg":"serving"`, `"status":200`, `"instances":1`, `"msg":"stopped"`} {
		if !strings.Contains(log.String(), text) {
			t.Errorf("the log lacks %s:\n%s", text, log.String())
		}
	}
}

func TestStopCutsOffAfterItsGrace(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("cannot listen on the loopback address:", err)
	}
	s := newServer(t, sums(t), serve.Config{Grace: 50 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
	waitFor(t, "the request to be at work", func() bool { return s.AtWork() == 1 })
	stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("Serve returned %v", err)
	}
}

func TestMaxConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("cannot listen on the loopback address:", err)
	}
	s := newServer(t, sums(t), serve.Config{MaxConnections: 2})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	ask := func(c net.Conn) error {
		fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		_, err := c.Read(make([]byte, 1))
		return err
	}
	var conns []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
	}
	for _, c := range conns[:2] {
		if err := ask(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := conns[2].SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if ask(conns[2]) == nil {
		t.Error("a third client was answered beside two")
	}
	conns[0].Close()
	if err := conns[2].SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conns[2].Read(make([]byte, 1)); err != nil {
		t.Errorf("it was not answered when one of them had gone: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 10 seconds for %s", what)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func ExampleServer() {
	model := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(3, dlkit.Softmax, dlkit.KernelInit(dlkit.Zeros)))
	if err := model.SetClasses("cat", "dog", "fox"); err != nil {
		fmt.Println(err)
		return
	}
	server, err := serve.New(model, serve.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	// server.ListenAndServe(ctx, ":8080") would serve until ctx ends; a Server is
	// an http.Handler too.
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest("POST", "/predict", strings.NewReader(`{"instance": [1, 2]}`)))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 {"prediction": [0.33333334, 0.33333334, 0.33333334], "label": "cat", "classes": ["cat","dog","fox"]}
}

func FuzzRequests(f *testing.F) {
	for _, seed := range []string{`{"instance": [1, 2]}`, `{"instances": [[1, 2], [3.25, -4e2]]}`, `{"instances": [1, [2]]}`, `{"instance": [1, "a"]}`, `{"instance": [[]]}`, `{"instance": {"a": "]"}}`} {
		f.Add(seed)
	}
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.ReLU)
	s, err := serve.New(m, serve.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := post(s, body)
		if !json.Valid(w.Body.Bytes()) || (w.Code != 200 && w.Code != 400) {
			t.Errorf("%q: %d, %s", body, w.Code, w.Body)
		}
		if w.Code != 200 {
			return
		}
		// What was understood must be what encoding/json understands.
		var in struct {
			Instance  any   `json:"instance"`
			Instances []any `json:"instances"`
		}
		var out struct {
			Prediction  []float32   `json:"prediction"`
			Predictions [][]float32 `json:"predictions"`
		}
		if json.Unmarshal([]byte(body), &in) != nil || json.Unmarshal(w.Body.Bytes(), &out) != nil {
			return // keys in other cases, or twice
		}
		compare := func(x any, y []float32) {
			list, ok := x.([]any)
			if !ok || len(list) != 2 || len(y) != 2 {
				return
			}
			for i, v := range list {
				if n, ok := v.(float64); ok && float32(math.Max(n, 0)) != y[i] {
					t.Errorf("%q: %v became %v", body, n, y[i])
				}
			}
		}
		compare(in.Instance, out.Prediction)
		for i, x := range in.Instances {
			if i < len(out.Predictions) {
				compare(x, out.Predictions[i])
			}
		}
	})
}
