package dlkit

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// History is what Fit measured, epoch by epoch. It is never nil, and holds the
// epochs that were finished even when training was interrupted. It can be
// written with encoding/gob and encoding/json.
type History struct {
	names   []string
	values  map[string][]float64
	seconds []float64
}

// Names are the measured names in order: "loss", "accuracy", "val_loss",
// "val_accuracy".
func (h *History) Names() []string { return slices.Clone(h.names) }

// Values are the values of a name, one per finished epoch; nil for a name that
// was not measured. The slice is a copy.
func (h *History) Values(name string) []float64 { return slices.Clone(h.values[name]) }

// Epochs is the number of finished epochs.
func (h *History) Epochs() int { return len(h.seconds) }

// Last is the value of a name after the last epoch, NaN if there is none.
func (h *History) Last(name string) float64 {
	v := h.values[name]
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}

// Seconds are the epochs' durations.
func (h *History) Seconds() []float64 { return slices.Clone(h.seconds) }

// String writes a table with one line per epoch.
func (h *History) String() string {
	if h.Epochs() == 0 {
		return "no finished epoch\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "epoch")
	widths := make([]int, len(h.names))
	for i, n := range h.names {
		widths[i] = max(len(n), 8)
		for _, v := range h.values[n] { // a loss that goes astray has many digits
			widths[i] = max(widths[i], len(fmt.Sprintf("%.4f", v)))
		}
		fmt.Fprintf(&b, "  %*s", widths[i], n)
	}
	fmt.Fprintf(&b, "  seconds\n")
	for e := range h.seconds {
		fmt.Fprintf(&b, "%5d", e+1)
		for i, n := range h.names {
			fmt.Fprintf(&b, "  %*.4f", widths[i], h.values[n][e])
		}
		fmt.Fprintf(&b, "  %7.2f\n", h.seconds[e])
	}
	return b.String()
}

// add appends an epoch. Names not seen before get NaN for the earlier epochs.
func (h *History) add(names []string, values []float64, took time.Duration) {
	if h.values == nil {
		h.values = map[string][]float64{}
	}
	for i, n := range names {
		if !slices.Contains(h.names, n) {
			h.names = append(h.names, n)
			h.values[n] = slices.Repeat([]float64{math.NaN()}, h.Epochs())
		}
		h.values[n] = append(h.values[n], values[i])
	}
	h.seconds = append(h.seconds, took.Seconds())
	for _, n := range h.names {
		if len(h.values[n]) < len(h.seconds) {
			h.values[n] = append(h.values[n], math.NaN())
		}
	}
}

// historyJSON is History's form in files. Values that JSON has no number for
// are null.
type historyJSON struct {
	Names   []string              `json:"names"`
	Values  map[string][]*float64 `json:"values"`
	Seconds []float64             `json:"seconds"`
}

// MarshalJSON implements json.Marshaler.
func (h *History) MarshalJSON() ([]byte, error) {
	out := historyJSON{Names: h.names, Values: map[string][]*float64{}, Seconds: h.seconds}
	for n, vs := range h.values {
		list := make([]*float64, len(vs))
		for i := range vs {
			if !math.IsNaN(vs[i]) && !math.IsInf(vs[i], 0) {
				list[i] = &vs[i]
			}
		}
		out.Values[n] = list
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *History) UnmarshalJSON(data []byte) error {
	var in historyJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("dlkit: history: %w", err)
	}
	values := map[string][]float64{}
	for _, n := range in.Names {
		if len(in.Values[n]) != len(in.Seconds) {
			return fmt.Errorf("dlkit: history: %q has %d values for %d epochs", n, len(in.Values[n]), len(in.Seconds))
		}
		for _, v := range in.Values[n] {
			if v == nil {
				values[n] = append(values[n], math.NaN())
			} else {
				values[n] = append(values[n], *v)
			}
		}
	}
	*h = History{in.Names, values, in.Seconds}
	return nil
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (h *History) MarshalBinary() ([]byte, error) { return h.MarshalJSON() }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (h *History) UnmarshalBinary(data []byte) error { return h.UnmarshalJSON(data) }
