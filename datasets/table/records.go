package table

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// FromRecords makes a frame of rows that are maps from column to cell, as
// encoding/json decodes them: float64, json.Number, int, string or bool; nil, ""
// or no entry is a missing cell. Columns are sorted by name. It returns an error if
// a cell is something else, or cells of one column are of different types.
//
// It is how a server that got one row asks a fitted pipeline for inputs; what
// was a number in training may arrive as a string.
func FromRecords(records []map[string]any) (*Frame, error) {
	var names []string
	for _, record := range records {
		names = slices.AppendSeq(names, maps.Keys(record))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	columns := make([]*Column, len(names))
	for i, name := range names {
		c, err := recordColumn(name, records)
		if err != nil {
			return nil, err
		}
		columns[i] = c
	}
	f, err := New(columns...)
	if err == nil {
		f.n = len(records)
	}
	return f, err
}

// recordColumn collects the cells of one column.
func recordColumn(name string, records []map[string]any) (*Column, error) {
	var b *builder
	for i, record := range records {
		text, kind, err := recordCell(record[name])
		if err != nil {
			return nil, fmt.Errorf("table: row %d, column %q: %w", i, name, err)
		}
		if kind == 0 {
			if b != nil {
				b.miss()
			}
			continue
		}
		if b == nil { // all cells before were missing
			b = newBuilder(kind, len(records))
			for range i {
				b.miss()
			}
		}
		if kind != b.kind {
			return nil, fmt.Errorf("table: row %d, column %q is a %v, the rows before have a %v; one kind a column is wanted", i, name, kind, b.kind)
		}
		if !b.add([]byte(text)) {
			return nil, fmt.Errorf("table: row %d, column %q: %.40q is not a %v", i, name, text, kind)
		}
	}
	if b == nil {
		b = newBuilder(Number, len(records))
		for range records {
			b.miss()
		}
	}
	return b.column(name, b.kind), nil
}

func recordCell(cell any) (text string, kind Kind, err error) {
	switch v := cell.(type) {
	case nil:
		return "", 0, nil
	case string:
		if v == "" {
			return "", 0, nil
		}
		return v, Category, nil
	case bool:
		return boolLevels[btoi(v)], Bool, nil
	case float64:
		if math.IsNaN(v) {
			return "", 0, nil
		}
		return exact(v), Number, nil
	case int:
		return fmt.Sprint(v), Number, nil
	case json.Number:
		return v.String(), Number, nil
	}
	return "", 0, fmt.Errorf("a %T; a number, a string, a bool or nil is wanted", cell)
}
