package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// RunOptions say how a notebook is executed.
type RunOptions struct {
	// Repo is a path in the checkout whose library cells use; empty takes the
	// one that the notebook lies in, else the one that setup ran for.
	Repo string
	// Output is where the executed copy is written; empty writes none.
	Output string
	// Timeout bounds each cell; 0 is 10 minutes.
	Timeout time.Duration
	// Static makes charts send pictures only, as in the committed notebooks.
	Static bool
	// XLA runs it on the second kernel, which calculates on XLA.
	XLA bool
	// KeepGoing runs the cells after one that failed too.
	KeepGoing bool
	// Env is added to the environment of cells.
	Env map[string]string
	// Log receives progress and the cells' text as it comes; nil drops it.
	Log io.Writer
	// KernelLog receives what GoNB itself writes; nil drops it.
	KernelLog io.Writer
}

// Report says what came of executing a notebook.
type Report struct {
	// Cells are the executed code cells in order.
	Cells []CellReport
	// Took is the time from the kernel's start to the last cell's end.
	Took time.Duration
}

// CellReport is what came of one code cell.
type CellReport struct {
	// Number counts the notebook's code cells from 1.
	Number int
	// Source is the code.
	Source string
	// Outputs are what the cell put out, at the end of the notebook's run.
	Outputs []*jupyter.Output
	// Took is the time that the cell took.
	Took time.Duration
	// Err is nil for a cell that ended well, else mostly a *CellError.
	Err error
}

// Text is all that the cell put out, as plain text.
func (c *CellReport) Text() string { return plainText(c.Outputs) }

// ErrNotSetUp is wrapped by the errors of a machine without the kernel.
var ErrNotSetUp = errors.New("the notebook kernel is not set up; run: fromzero setup")

// errInterrupted says for a person what context.Canceled says for a program.
var errInterrupted = fmt.Errorf("interrupted (%w)", context.Canceled)

const defaultCellTimeout = 10 * time.Minute

// RunNotebook executes a notebook's code cells in order with the kernel that
// Setup installed, without Jupyter and without Python. The file itself is not
// changed. It stops at the first cell that fails, unless KeepGoing; the error
// is then a *CellError. The report has what was executed in any case.
//
// When ctx ends, the running cell is interrupted, and what it had put out is in
// the report and the executed copy.
func RunNotebook(ctx context.Context, path string, opts RunOptions) (*Report, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("setup: %w", err)
	}
	nb, err := jupyter.ReadNotebook(path)
	if err != nil {
		return nil, err
	}
	r := &notebookRun{path: path, name: opts.name(path), opts: opts, log: opts.Log, report: &Report{}}
	if r.log == nil {
		r.log = io.Discard
	}
	start := time.Now()
	k, err := StartKernel(ctx, path, opts)
	if err != nil {
		return r.report, err
	}
	err = r.cells(ctx, k, nb.CodeCells())
	r.report.Took = time.Since(start)
	err = errors.Join(err, k.Close())
	if opts.Output != "" {
		r.writeOutputs(nb)
		err = errors.Join(err, nb.Write(opts.Output))
	}
	return r.report, err
}

// StartKernel starts the kernel that Setup installed, as for a notebook at path
// (which need not exist). The caller closes it.
func StartKernel(ctx context.Context, path string, opts RunOptions) (*jupyter.Kernel, error) {
	spec, err := specFor(path, opts.Repo)
	if err != nil {
		return nil, err
	}
	if opts.XLA {
		plugin, err := findXLA()
		if err != nil {
			return nil, err
		}
		spec.Env = xlaEnv(spec.Env, plugin)
	}
	env := map[string]string{"FROMZERO_NOTEBOOK": path}
	if opts.Static {
		env["FROMZERO_STATIC"] = "1"
	}
	for k, v := range opts.Env {
		env[k] = v
	}
	return jupyter.Start(ctx, spec, jupyter.Options{Dir: filepath.Dir(path), Env: env, Log: opts.KernelLog})
}

// specFor is the kernel for a notebook. It is made afresh rather than read from
// Jupyter's folder, so that a notebook is run with the library of its own
// checkout even where another one is registered.
func specFor(path, repo string) (*jupyter.Spec, error) {
	if repo == "" {
		repo = repoAround(filepath.Dir(path))
	}
	places, err := FindPlaces(repo)
	if err != nil {
		return nil, err
	}
	tool, err := FindGo(context.Background())
	if err != nil {
		return nil, err
	}
	for _, t := range kernelTools {
		if file := filepath.Join(places.Bin, t); !isProgram(file) {
			return nil, fmt.Errorf("setup: no %s: %w", file, ErrNotSetUp)
		}
	}
	return kernelSpec(places, kernelEnv(places, tool, os.Getenv("PATH"))), nil
}

// notebookRun is one execution of a notebook.
type notebookRun struct {
	path, name string
	opts       RunOptions
	log        io.Writer
	report     *Report
	counts     []int // the kernel's numbers of the executed cells
}

// name is how messages call the notebook: as the user would type it.
func (o RunOptions) name(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

func (r *notebookRun) cells(ctx context.Context, k *jupyter.Kernel, cells []*jupyter.Cell) error {
	var failed []error
	for _, cell := range cells {
		if cell.Blank() {
			r.report.Cells = append(r.report.Cells, CellReport{Number: cell.Number, Source: cell.Source()})
			r.counts = append(r.counts, 0)
			continue
		}
		err := r.cell(ctx, k, cell, len(cells))
		if err == nil {
			continue
		}
		failed = append(failed, err)
		var fault *CellError
		if ctx.Err() != nil || !errors.As(err, &fault) || !r.opts.KeepGoing {
			break
		}
	}
	return errors.Join(failed...)
}

// cell executes one cell and reports on it.
func (r *notebookRun) cell(ctx context.Context, k *jupyter.Kernel, cell *jupyter.Cell, total int) error {
	timeout := r.opts.Timeout
	if timeout == 0 {
		timeout = defaultCellTimeout
	}
	limit := fmt.Errorf("the cell took longer than %v; give it more with --timeout", timeout)
	cellCtx, cancel := context.WithTimeoutCause(ctx, timeout, limit)
	defer cancel()
	p := newProgress(r.log, cell, total)
	p.begin()
	ex, err := k.Execute(cellCtx, cell.Source(), func(o *jupyter.Output, update bool) {
		if update {
			r.updateEarlier(o)
		}
		p.show(o, update)
	})
	if ex == nil {
		return err
	}
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	if err != nil || !ex.OK {
		err = &CellError{Notebook: r.name, Number: cell.Number, Source: cell.Source(), Text: faultText(ex), Err: err}
	}
	if err != nil && cell.MayFail() && cellCtx.Err() == nil {
		err = nil // the lesson shows an error
	}
	p.end(err, ex.Took)
	r.report.Cells = append(r.report.Cells, CellReport{Number: cell.Number, Source: cell.Source(),
		Outputs: ex.Outputs, Took: ex.Took, Err: err})
	r.counts = append(r.counts, ex.Count)
	return err
}

// updateEarlier applies an update to what earlier cells displayed.
func (r *notebookRun) updateEarlier(o *jupyter.Output) {
	for i := range r.report.Cells {
		jupyter.Update(r.report.Cells[i].Outputs, o)
	}
}

// writeOutputs puts the outputs into the notebook; cells that were not reached
// have none.
func (r *notebookRun) writeOutputs(nb *jupyter.Notebook) {
	for i, cell := range nb.CodeCells() {
		if i < len(r.report.Cells) {
			cell.SetOutputs(r.counts[i], r.report.Cells[i].Outputs)
		} else {
			cell.Clear()
		}
	}
}
