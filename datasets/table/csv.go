package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"
)

// ReadFile reads a CSV or TSV file, plain or packed with gzip. The report tells
// of rows that were left out. It returns an error, with line and column where
// there is a place, if the file can't be read, is not text in UTF-8, has no
// rows, or a cell is not of the kind that config demands.
func ReadFile(path string, config ReadConfig) (*Frame, *Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("table: %w", err)
	}
	f, report, err := Parse(data, config)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (in %s)", err, path)
	}
	return f, report, nil
}

// Read reads CSV text, plain or packed with gzip, to its end. See ReadFile.
func Read(r io.Reader, config ReadConfig) (*Frame, *Report, error) {
	if err := config.check(); err != nil {
		return nil, nil, err
	}
	data, err := config.readAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("table: %w", err)
	}
	return Parse(data, config)
}

// Parse reads CSV text that is in memory, plain or packed with gzip. The frame
// does not keep data. See ReadFile.
func Parse(data []byte, config ReadConfig) (*Frame, *Report, error) {
	if err := config.check(); err != nil {
		return nil, nil, err
	}
	data, err := config.plainText(data)
	if err != nil {
		return nil, nil, err
	}
	in := &input{config: config, report: &Report{}}
	in.dialect = config.dialect(data)
	in.body = scanner{dialect: in.dialect, data: data}
	if err := in.readHeader(); err != nil {
		return nil, nil, err
	}
	f, err := in.read()
	if err != nil {
		return nil, nil, err
	}
	return f, in.report, nil
}

// plainText unpacks data, and refuses what is no text.
func (c ReadConfig) plainText(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		in, err := gzip.NewReader(bytes.NewReader(data))
		if err == nil {
			data, err = c.readAll(in)
		}
		if large := (*tooLarge)(nil); errors.As(err, &large) {
			return nil, fmt.Errorf("table: the gzip file: %w", err)
		}
		if err != nil {
			return nil, fmt.Errorf("table: the gzip file is damaged: %w; get it again", err)
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, errors.New("table: this is a zip archive or an Excel workbook; unpack it, or save it as CSV")
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, errors.New("table: the text is UTF-16; save it as UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if line, column := firstInvalid(data); line > 0 {
		return nil, fmt.Errorf("table: line %d, byte %d is not UTF-8 (GBK or Latin-1, perhaps?); convert the text first", line, column)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fmt.Errorf("table: line %d has a zero byte; text is wanted, this is something else", 1+bytes.Count(data[:i], []byte{'\n'}))
	}
	if bytes.IndexByte(data, '\n') < 0 && bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(data, []byte{'\r'}, []byte{'\n'}) // the line ends of old Macs
	}
	return data, nil
}

// firstInvalid is the place of the first bytes that are not UTF-8, from 1; 0 if
// there are none.
func firstInvalid(data []byte) (line, column int) {
	if utf8.Valid(data) {
		return 0, 0
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return 1 + bytes.Count(data[:i], []byte{'\n'}), i - bytes.LastIndexByte(data[:i], '\n')
		}
		i += n
	}
	return 0, 0
}

// input is a file on its way into a frame.
type input struct {
	dialect
	config ReadConfig
	report *Report
	body   scanner // behind the header
	names  []string
	fixed  []Kind // what config demands of each column; 0 where nothing
}

// readHeader finds the columns' names.
func (in *input) readHeader() error {
	before := in.body
	row, ok := in.body.next()
	if !ok {
		return errors.New("table: there are no rows; a header and rows of cells are wanted")
	}
	s := splitter{dialect: in.dialect}
	s.split(row)
	if s.open >= 0 {
		return fmt.Errorf("table: line %d, column %d: a quote is never closed; close it, or double quotes that are part of a cell", in.body.first+1, s.open+1)
	}
	names := in.config.Names
	if in.config.NoHeader {
		in.body = before
		if names == nil {
			for i := range s.cells {
				names = append(names, fmt.Sprintf("column_%d", i))
			}
		}
	} else if names == nil {
		names = in.headerNames(s.cells)
	}
	if len(names) != len(s.cells) {
		return fmt.Errorf("table: line %d has %d cells, but Names has %d; is Comma %q right?", in.body.first+1, len(s.cells), len(names), in.comma)
	}
	in.names = names
	return in.fixKinds()
}

// headerNames makes names from the header's cells, each different.
func (in *input) headerNames(cells [][]byte) []string {
	names := make([]string, len(cells))
	used, again := map[string]bool{}, map[string]int{}
	for i, cell := range cells {
		base := string(cell)
		if base == "" {
			base = fmt.Sprintf("column_%d", i)
		}
		name := base
		for used[name] { // again makes this quick for a header of one name many times
			again[base]++
			name = fmt.Sprintf("%s.%d", base, again[base])
		}
		if name != string(cell) {
			in.report.Notes = append(in.report.Notes, fmt.Sprintf("the header's cell %d, %q, is called %q here", i+1, cell, name))
		}
		names[i], used[name] = name, true
	}
	return names
}

func (in *input) fixKinds() error {
	in.fixed = make([]Kind, len(in.names))
	for name, kind := range in.config.Kinds {
		i := slices.Index(in.names, name)
		if i < 0 {
			return fmt.Errorf("table: Kinds names the column %q; the file has %q", name, in.names)
		}
		in.fixed[i] = kind
	}
	return nil
}
