package table

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// chunkBytes is about how much text one worker takes at a time.
const chunkBytes = 1 << 20

// chunk is a run of whole rows.
type chunk struct {
	body    scanner // over these rows only
	rows    int     // an upper limit
	columns []*builder
	odd     []OddRow
	oddRows int
	used    int      // rows taken
	misfits []misfit // the first of each column
}

// misfit is the first cell of a column that is not of its kind; line 0 if none.
type misfit struct {
	line int
	text string
}

// read parses all rows.
func (in *input) read() (*Frame, error) {
	chunks := in.chunks()
	kinds := in.guess()
	for {
		in.parseAll(chunks, kinds)
		again, err := in.mend(chunks, kinds)
		if err != nil {
			return nil, err
		}
		if !again {
			break
		}
	}
	if err := in.gather(chunks); err != nil {
		return nil, err
	}
	columns := make([]*Column, len(in.names))
	for i, name := range in.names {
		columns[i] = in.column(name, i, chunks)
	}
	return New(columns...)
}

// chunks cuts the body between rows.
func (in *input) chunks() []*chunk {
	var out []*chunk
	body := in.body
	start, rows, total := body, 0, 0
	for {
		_, ok := body.next()
		if ok {
			rows++
			total++
		}
		full := in.config.MaxRows > 0 && total == in.config.MaxRows
		if rows > 0 && (!ok || full || body.at-start.at >= chunkBytes) {
			part := start
			part.data = body.data[:body.at]
			out = append(out, &chunk{body: part, rows: rows})
			start, rows = body, 0
		}
		if !ok || full {
			return out
		}
	}
}

// guess looks at the first rows to find what the columns hold.
func (in *input) guess() []Kind {
	const look = 200
	kinds := make([]Kind, len(in.names))
	body, s := in.body, splitter{dialect: in.dialect}
	for range look {
		row, ok := body.next()
		if !ok {
			break
		}
		s.split(row)
		for i, cell := range s.cells {
			if s.open < 0 && len(s.cells) == len(kinds) && !(in.isMissing(cell) && !s.quoted[i]) && len(cell) > 0 {
				kinds[i] = guessKind(cell, kinds[i])
			}
		}
	}
	for i, fixed := range in.fixed {
		if fixed != 0 {
			kinds[i] = fixed
		} else if kinds[i] == 0 {
			kinds[i] = Number // nothing but missing cells so far
		}
	}
	return kinds
}

// guessKind is the kind of a column of which one more cell is known: Text if
// it does not go with the former cells.
func guessKind(cell []byte, former Kind) Kind {
	if _, ok := parseNumber(cell); ok && former <= Number {
		return Number
	}
	if isBoolWord(cell) && (former == 0 || former == Bool) {
		return Bool
	}
	return Text
}

// parseAll parses the chunks on all processors.
func (in *input) parseAll(chunks []*chunk, kinds []Kind) {
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(chunks) {
				return
			}
			in.parse(chunks[i], kinds)
		}
	}
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(chunks)) {
		group.Go(work)
	}
	group.Wait()
}

// parse fills a chunk's columns.
func (in *input) parse(c *chunk, kinds []Kind) {
	c.columns = make([]*builder, len(kinds))
	for i, kind := range kinds {
		c.columns[i] = newBuilder(kind, c.rows)
	}
	c.odd, c.oddRows, c.used, c.misfits = nil, 0, 0, make([]misfit, len(kinds))
	body, s := c.body, splitter{dialect: in.dialect}
	for {
		row, ok := body.next()
		if !ok {
			return
		}
		s.split(row)
		if s.open >= 0 || len(s.cells) != len(kinds) {
			c.leaveOut(oddRow(body.first+1, &s, len(kinds)))
			continue
		}
		c.used++
		for i, cell := range s.cells {
			in.addCell(c, i, cell, s.quoted[i], body.first+1)
		}
	}
}

func (in *input) addCell(c *chunk, i int, cell []byte, quoted bool, line int) {
	b := c.columns[i]
	if len(cell) == 0 || !quoted && in.isMissing(cell) {
		b.miss()
		return
	}
	if b.kind == Bool && in.fixed[i] != Bool && !isBoolWord(cell) || !b.add(cell) {
		if c.misfits[i].line == 0 {
			c.misfits[i] = misfit{line, string(cell)}
		}
		b.miss()
	}
}

func (c *chunk) leaveOut(o OddRow) {
	c.oddRows++
	if len(c.odd) < keptOdd {
		c.odd = append(c.odd, o)
	}
}

func oddRow(line int, s *splitter, want int) OddRow {
	if s.open >= 0 {
		return OddRow{line, s.open + 1, "a quote is never closed"}
	}
	return OddRow{line, min(len(s.cells), want+1), fmt.Sprintf("%d cells, %d are wanted", len(s.cells), want)}
}

// mend turns columns with a cell that is not of the guessed kind into texts. It
// reports whether some must be parsed again.
func (in *input) mend(chunks []*chunk, kinds []Kind) (again bool, err error) {
	for i := range kinds {
		for _, c := range chunks {
			m := c.misfits[i]
			if m.line == 0 {
				continue
			}
			if in.fixed[i] != 0 {
				return false, fmt.Errorf("table: line %d, column %d (%s): %.40q is not a %v, as Kinds demands; correct it, or name it in Missing", m.line, i+1, in.names[i], m.text, kinds[i])
			}
			in.report.Notes = append(in.report.Notes, fmt.Sprintf("column %q is no %v because of %.40q in line %d", in.names[i], kinds[i], m.text, m.line))
			kinds[i], again = Text, true
			break
		}
	}
	return again, nil
}

// gather sums up what the chunks say of odd rows.
func (in *input) gather(chunks []*chunk) error {
	for _, c := range chunks {
		in.report.Rows += c.used
		in.report.Odd += c.oddRows
		in.report.First = append(in.report.First, c.odd[:min(len(c.odd), keptOdd-len(in.report.First))]...)
	}
	if in.report.Odd > 0 && in.config.Strict {
		return fmt.Errorf("table: %v; correct the file, or leave out Strict to go on without such rows", in.report.First[0])
	}
	if in.report.Rows == 0 && in.report.Odd > 0 {
		return fmt.Errorf("table: no row fits the %d columns %s: %v; is Comma %q right?", len(in.names), strings.Join(in.names, ", "), in.report.First[0], in.comma)
	}
	return nil
}

// column joins the chunks' parts of column i.
func (in *input) column(name string, i int, chunks []*chunk) *Column {
	kind := Number
	if in.fixed[i] != 0 {
		kind = in.fixed[i]
	}
	if len(chunks) == 0 {
		return newBuilder(kind, 0).column(name, kind)
	}
	all := newBuilder(chunks[0].columns[i].kind, in.report.Rows)
	for _, c := range chunks {
		all.join(c.columns[i])
		c.columns[i] = nil
	}
	kind = all.kind
	if in.fixed[i] == 0 && kind == Text && isCategory(all) {
		kind = Category
	}
	return all.column(name, kind)
}

func isCategory(b *builder) bool {
	n := len(b.levels)
	return n <= fewLevels || n <= manyLevels && 2*n <= b.present()
}
