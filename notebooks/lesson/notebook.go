package lesson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// The kernel that the notebooks ask for, as fromzero setup registers it.
const (
	KernelName    = "fromzero"
	KernelDisplay = "Go (fromzero)"
)

// Notebook is a Jupyter notebook, format 4.5, as far as lessons need it.
type Notebook struct {
	Cells         []NotebookCell `json:"cells"`
	Metadata      map[string]any `json:"metadata"`
	NBFormat      int            `json:"nbformat"`
	NBFormatMinor int            `json:"nbformat_minor"`
}

// NotebookCell is a cell of a Notebook.
type NotebookCell struct {
	Type           string // "code" or "markdown"
	ID             string
	Tags           []string
	Source         string
	ExecutionCount *int // nil before the cell was run
	Outputs        []any
}

// Notebook returns the lesson's notebook in a language, without outputs.
func (l *Lesson) Notebook(lang Lang) *Notebook {
	nb := &Notebook{NBFormat: 4, NBFormatMinor: 5, Metadata: map[string]any{
		"kernelspec": map[string]any{
			"display_name": KernelDisplay, "language": "go", "name": KernelName,
		},
		"language_info": map[string]any{
			"codemirror_mode": "", "file_extension": ".go", "mimetype": "text/x-go", "name": "go",
		},
	}}
	for _, c := range l.Cells {
		cell := NotebookCell{Type: "markdown", ID: c.ID, Source: c.Text[lang]}
		if c.Code {
			cell.Type, cell.Tags = "code", c.Tags
		}
		nb.Cells = append(nb.Cells, cell)
	}
	return nb
}

// Decode reads a notebook from its JSON.
func Decode(data []byte) (*Notebook, error) {
	nb := new(Notebook)
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // outputs go back as they came
	if err := d.Decode(nb); err != nil {
		return nil, fmt.Errorf("lesson: not a notebook: %w", err)
	}
	return nb, nil
}

// Encode returns the notebook's JSON in the layout that Jupyter itself writes:
// sorted keys, one space of indentation, a line break at the end.
func (nb *Notebook) Encode() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(nb); err != nil {
		return nil, fmt.Errorf("lesson: %w", err)
	}
	return out.Bytes(), nil
}

// KeepOutputs takes the outputs over from an executed copy, unless a code cell
// differs: then every output could be stale and none is taken. It reports
// whether it took them.
func (nb *Notebook) KeepOutputs(executed *Notebook) bool {
	mine, theirs := nb.code(), executed.code()
	if len(mine) != len(theirs) {
		return false
	}
	for i := range mine {
		if mine[i].ID != theirs[i].ID || mine[i].Source != theirs[i].Source {
			return false
		}
	}
	for i := range mine {
		mine[i].ExecutionCount, mine[i].Outputs = theirs[i].ExecutionCount, theirs[i].Outputs
	}
	return true
}

// Executed reports whether every code cell was run.
func (nb *Notebook) Executed() bool {
	for _, cell := range nb.code() {
		if cell.ExecutionCount == nil {
			return false
		}
	}
	return true
}

func (nb *Notebook) code() []*NotebookCell {
	var cells []*NotebookCell
	for i := range nb.Cells {
		if nb.Cells[i].Type == "code" {
			cells = append(cells, &nb.Cells[i])
		}
	}
	return cells
}

// MarshalJSON implements json.Marshaler.
func (c NotebookCell) MarshalJSON() ([]byte, error) {
	meta := map[string]any{}
	if len(c.Tags) > 0 {
		meta["tags"] = c.Tags
	}
	cell := map[string]any{
		"cell_type": c.Type, "id": c.ID, "metadata": meta, "source": sourceLines(c.Source),
	}
	if c.Type == "code" {
		cell["execution_count"], cell["outputs"] = c.ExecutionCount, c.Outputs
		if c.Outputs == nil {
			cell["outputs"] = []any{}
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(cell)
	return out.Bytes(), err
}

// UnmarshalJSON implements json.Unmarshaler. A source may be one string or a
// list of lines, as the format allows.
func (c *NotebookCell) UnmarshalJSON(data []byte) error {
	var raw struct {
		Type     string `json:"cell_type"`
		ID       string `json:"id"`
		Metadata struct {
			Tags []string `json:"tags"`
		} `json:"metadata"`
		Source         any   `json:"source"`
		ExecutionCount *int  `json:"execution_count"`
		Outputs        []any `json:"outputs"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		return err
	}
	*c = NotebookCell{
		Type: raw.Type, ID: raw.ID, Tags: raw.Metadata.Tags,
		ExecutionCount: raw.ExecutionCount, Outputs: raw.Outputs,
	}
	switch s := raw.Source.(type) {
	case string:
		c.Source = s
	case []any:
		for _, line := range s {
			text, ok := line.(string)
			if !ok {
				return fmt.Errorf("cell %q: a line of the source is %v, not text", raw.ID, line)
			}
			c.Source += text
		}
	default:
		return fmt.Errorf("cell %q has no source", raw.ID)
	}
	return nil
}

// sourceLines splits text as Jupyter stores it: each line with its line break.
func sourceLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}
