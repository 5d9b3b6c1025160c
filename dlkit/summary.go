package dlkit

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Summary writes a table of the model: every layer with its output shape (n is
// the batch) and number of parameters, then the totals.
func (m *Model) Summary(w io.Writer) error {
	layers, err := m.Layers()
	if err != nil {
		return err
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "Layer\tKind\tOutput\tParameters")
	fmt.Fprintf(tw, "input\t\t%s\t\n", batched(m.inputs[0]))
	total, trainable := 0, 0
	for _, l := range layers {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", l.Name, describe(l.Layer), batched(l.Out), thousands(l.Params))
		total += l.Params
		trainable += l.Trainable
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&table, "\n%s parameters (%s), %s of them trained\n", thousands(total), kilobytes(4*total), thousands(trainable))
	_, err = io.WriteString(w, strings.ReplaceAll(table.String(), " \n", "\n"))
	return err
}

// thousands writes 50890 as "50,890".
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func kilobytes(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
