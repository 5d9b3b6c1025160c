package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

// greeting is what a worker says of itself: its ways to do the case.
type greeting struct {
	Ways     []string `json:"ways"`
	Versions string   `json:"versions"`
}

// answer is what one time gave.
type answer struct {
	MS  float64 `json:"ms"`
	CPU float64 `json:"cpu_ms"` // processor time, of all threads and processes
	Got string  `json:"got"`
}

// work does a case whenever a line on standard input names one of its ways, and
// answers with a line of JSON. peers.py speaks the same protocol.
func work(ctx context.Context, name, dir string) error {
	var c benchCase
	for _, c = range cases {
		if c.name == name {
			break
		}
	}
	hello, byName := greeting{Versions: runtime.Version()}, map[string]way{}
	for _, w := range c.ways {
		hello.Ways, byName[w.name] = append(hello.Ways, w.name), w
	}
	out, in := json.NewEncoder(os.Stdout), bufio.NewScanner(os.Stdin)
	if err := out.Encode(hello); err != nil {
		return err
	}
	for in.Scan() {
		w, ok := byName[in.Text()]
		if !ok {
			return fmt.Errorf("worker: %s cannot be done the way %q", name, in.Text())
		}
		a, err := timed(ctx, w, dir)
		if err != nil {
			return err
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}

func timed(ctx context.Context, w way, dir string) (a answer, err error) {
	if w.before != nil {
		if err := w.before(dir); err != nil {
			return a, err
		}
	}
	runtime.GC() // what the last time left is not this time's garbage
	cpu, begin := cpuTime(), time.Now()
	a.Got, err = w.run(ctx, dir)
	a.MS, a.CPU = time.Since(begin).Seconds()*1000, (cpuTime()-cpu).Seconds()*1000
	return a, err
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
