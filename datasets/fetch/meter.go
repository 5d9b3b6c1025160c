package fetch

import "github.com/gofromzero/fromzero/datasets"

// meter passes on how far a download is. Its reporter may be nil. Speed and
// remaining time are the reporter's to work out.
type meter struct {
	reporter    datasets.Reporter
	label       string
	done, total int64
	begun       bool
}

// begin is called when bytes are about to come: have are there already.
func (m *meter) begin(have, total int64) {
	m.begun, m.done, m.total = true, have, total
	m.report()
}

func (m *meter) add(n int64) {
	m.done += n
	m.report()
}

func (m *meter) report() {
	if m.reporter != nil {
		m.reporter.Update(m.label, m.done, m.total, nil, nil)
	}
}

// finish ends the task, if it ever began.
func (m *meter) finish() {
	if m.reporter != nil && m.begun {
		m.reporter.Finish(m.label, nil, nil)
	}
}
