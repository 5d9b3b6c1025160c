package jupyter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

// Notebook is a notebook file. What this package does not know of it is kept
// and written back as it was.
type Notebook struct {
	doc map[string]any
}

// ReadNotebook reads an .ipynb file of format 4.
func ReadNotebook(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	nb := new(Notebook)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // numbers go back as they came
	if err := dec.Decode(&nb.doc); err != nil {
		return nil, fmt.Errorf("jupyter: %s is not a notebook: %w", path, err)
	}
	if v := fmt.Sprint(nb.doc["nbformat"]); v != "4" {
		return nil, fmt.Errorf("jupyter: %s has notebook format %s, wanted 4; open and save it with Jupyter", path, v)
	}
	if _, ok := nb.doc["cells"].([]any); !ok {
		return nil, fmt.Errorf("jupyter: %s has no list of cells", path)
	}
	return nb, nil
}

// Write writes the notebook the way Jupyter does: sorted keys, one space of
// indentation. The file is complete or not there: it is written beside path
// and renamed.
func (nb *Notebook) Write(path string) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(nb.doc); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	if err := wholefile.Bytes(path, buf.Bytes()); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return nil
}

// CodeCells are the notebook's code cells in order.
func (nb *Notebook) CodeCells() []*Cell {
	var cells []*Cell
	for _, raw := range nb.doc["cells"].([]any) {
		c, ok := raw.(map[string]any)
		if ok && c["cell_type"] == "code" {
			cells = append(cells, &Cell{Number: len(cells) + 1, raw: c})
		}
	}
	return cells
}

// Cell is a code cell of a Notebook.
type Cell struct {
	// Number counts the code cells from 1.
	Number int

	raw map[string]any
}

// Source is the cell's code.
func (c *Cell) Source() string { return joined(c.raw["source"]) }

// Tags are the cell's tags. Jupyter's own "raises-exception" says that the
// cell is meant to fail.
func (c *Cell) Tags() []string {
	meta, _ := c.raw["metadata"].(map[string]any)
	list, _ := meta["tags"].([]any)
	var tags []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// MayFail reports whether the cell is tagged as one that shows an error.
func (c *Cell) MayFail() bool { return slices.Contains(c.Tags(), "raises-exception") }

// Blank reports whether there is nothing to run.
func (c *Cell) Blank() bool { return strings.TrimSpace(c.Source()) == "" }

// Clear removes the cell's outputs.
func (c *Cell) Clear() {
	c.raw["execution_count"] = nil
	c.raw["outputs"] = []any{}
}

// SetOutputs replaces what the file says of the cell's execution.
func (c *Cell) SetOutputs(count int, outputs []*Output) {
	c.Clear()
	if count > 0 {
		c.raw["execution_count"] = count
	}
	list := make([]any, len(outputs))
	for i, o := range outputs {
		list[i] = o.nbformat()
	}
	c.raw["outputs"] = list
}

// joined is a multi-line field: one string, or a list of its lines.
func joined(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b strings.Builder
	lines, _ := v.([]any)
	for _, l := range lines {
		if s, ok := l.(string); ok {
			b.WriteString(s)
		}
	}
	return b.String()
}

// NewNotebook makes a notebook of its decoded JSON, which is kept, not copied.
func NewNotebook(doc map[string]any) *Notebook { return &Notebook{doc: doc} }
