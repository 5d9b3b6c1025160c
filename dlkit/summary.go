package dlkit

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gofromzero/fromzero/tensor"
)

// Summary writes a table of the model: every layer with its output shape (n is
// the batch), number of parameters and floating-point operations per example,
// then the totals and the memory that they take.
func (m *Model) Summary(w io.Writer) error {
	layers, err := m.Layers()
	if err != nil {
		return err
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "Layer\tKind\tOutput\tParameters\tFLOPs")
	for i, shape := range m.inputs {
		name := "input"
		if len(m.inputs) > 1 {
			name = fmt.Sprintf("input %d", i+1)
		}
		fmt.Fprintf(tw, "%s\t\t%s\t\t\n", name, batched(shape))
	}
	total, trainable, flops, values := 0, 0, int64(0), 0
	for _, l := range layers {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", l.Name, describe(l.Layer), batched(l.Out), thousands(int64(l.Params)), shortNumber(l.FLOPs))
		total += l.Params
		trainable += l.Trainable
		flops += l.FLOPs
		values += l.Out.Size()
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&table, "\n%s parameters (%s), %s of them trained\n", thousands(int64(total)), bytesOf(4*total), thousands(int64(trainable)))
	fmt.Fprintf(&table, "%s FLOPs and %s of layer outputs per example\n", shortNumber(flops), bytesOf(4*values))
	for line := range strings.Lines(table.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// flopsCounter is implemented by layers whose work is not that of applying
// each kernel once to every place of the output.
type flopsCounter interface {
	// flops are the floating-point operations per example.
	flops(in []tensor.Shape, out tensor.Shape) int64
}

// flopsOf are the floating-point operations of a layer per example: a multiply
// and an add for every use of a kernel's number, or one operation for every
// number of the output where there is no kernel.
func flopsOf(layer any, in []tensor.Shape, out tensor.Shape, weights []*variable) int64 {
	if c, ok := layer.(flopsCounter); ok {
		return c.flops(in, out)
	}
	if len(out) == 0 {
		return 1
	}
	places := int64(out.Size() / max(out[len(out)-1], 1))
	var sum int64
	for _, v := range weights {
		if len(v.shape) >= 2 {
			sum += 2 * int64(v.shape.Size()) * places
		}
	}
	if sum == 0 {
		return int64(out.Size())
	}
	return sum
}

// thousands writes 50890 as "50,890".
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shortNumber writes a large number shortly: "101.6 k", "2.3 M".
func shortNumber(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprint(n)
}

func bytesOf(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
