package fetch

import (
	"time"

	"github.com/gofromzero/fromzero/datasets"
)

// meter passes on how far a download is. Its reporter may be nil.
type meter struct {
	reporter    datasets.Reporter
	label       string
	done, total int64
	fresh       int64 // bytes of this run, which the speed is measured by
	start       time.Time
	begun       bool
}

// begin is called when bytes are about to come: have are there already.
func (m *meter) begin(have, total int64) {
	if !m.begun {
		m.begun, m.start = true, time.Now()
	}
	m.done, m.total = have, total
	m.report()
}

func (m *meter) add(n int64) {
	m.done += n
	m.fresh += n
	m.report()
}

func (m *meter) report() {
	if m.reporter != nil {
		names, values := m.speed()
		m.reporter.Update(m.label, m.done, m.total, names, values)
	}
}

func (m *meter) speed() ([]string, []float64) {
	seconds := time.Since(m.start).Seconds()
	if m.fresh == 0 || seconds <= 0 {
		return nil, nil
	}
	return []string{"MB/s"}, []float64{float64(m.fresh) / 1e6 / seconds}
}

// finish ends the task, if it ever began.
func (m *meter) finish() {
	if m.reporter != nil && m.begun {
		names, values := m.speed()
		m.reporter.Finish(m.label, names, values)
	}
}
