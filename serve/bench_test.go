package serve_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/serve"
	"github.com/gofromzero/fromzero/tensor"
)

// readers are two networks that read digits.
func readers() map[string]*dlkit.Model {
	return map[string]*dlkit.Model{
		"dense": dlkit.Sequential(tensor.Shape{784}, dlkit.Dense(64, dlkit.ReLU), dlkit.Dense(10, dlkit.Softmax)),
		"cnn": dlkit.Sequential(tensor.Shape{28, 28, 1}, dlkit.Conv2D(8, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
			dlkit.Conv2D(16, 3, dlkit.ReLU), dlkit.MaxPool2D(2), dlkit.Flatten(), dlkit.Dense(10, dlkit.Softmax)),
	}
}

// picture is a request of 784 numbers as they come: 4 KB, most of them 0.
func picture() []byte {
	list := make([]string, 784)
	for i := range list {
		list[i] = "0"
		if i%4 == 0 {
			list[i] = fmt.Sprintf("%.7f", float64(i)/784)
		}
	}
	return []byte(`{"instance": [` + strings.Join(list, ", ") + `]}`)
}

// BenchmarkHandler is a request without the network: reading JSON, predicting,
// writing JSON.
func BenchmarkHandler(b *testing.B) {
	for name, m := range readers() {
		b.Run(name, func(b *testing.B) {
			s := newServer(b, m, serve.Config{})
			body := picture()
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(body)))
				if w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

// BenchmarkConnections is requests over the loopback address, the clients in the
// same process; with 50 connections requests are computed together, or one by
// one with MaxBatch 1.
func BenchmarkConnections(b *testing.B) {
	for name, m := range readers() {
		for _, c := range []struct{ connections, batch int }{{1, 32}, {50, 32}, {50, 1}} {
			b.Run(fmt.Sprintf("%s/connections=%d/batch=%d", name, c.connections, c.batch), func(b *testing.B) {
				s := httptest.NewServer(newServer(b, m, serve.Config{MaxBatch: c.batch}))
				defer s.Close()
				client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.connections}}
				body := picture()
				var asked atomic.Int64
				var wg sync.WaitGroup
				b.ResetTimer()
				for range c.connections {
					wg.Go(func() {
						for asked.Add(1) <= int64(b.N) {
							if err := ask(client, s.URL, body); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			})
		}
	}
}

func ask(client *http.Client, url string, body []byte) error {
	resp, err := client.Post(url+"/predict", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != 200 {
		err = fmt.Errorf("status %d: %s", resp.StatusCode, text)
	}
	return err
}
