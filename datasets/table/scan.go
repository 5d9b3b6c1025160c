package table

import "bytes"

// scanner cuts CSV text into rows.
type scanner struct {
	dialect
	data  []byte
	at    int // where the next row begins
	line  int // the number of lines before at
	first int // the number of lines before the row last returned
	quote int // the first quote at or behind at, len(data) if none; 0 before the first search
}

// next returns the next row without its line end. Empty lines and comments are
// passed over. A quote that is never closed does not swallow the rest of the
// file: its row ends with the line.
func (s *scanner) next() (row []byte, ok bool) {
	for s.at < len(s.data) {
		start := s.at
		end := start + bytes.IndexByte(s.data[start:], '\n')
		if end < start {
			end = len(s.data)
		}
		s.first, s.line = s.line, s.line+1
		s.findQuote(start)
		if s.comment != 0 && s.data[start] == s.comment {
			s.at = min(end+1, len(s.data))
			continue
		}
		if s.quote < end {
			if far := s.endOfQuoted(start); far > end {
				s.line += bytes.Count(s.data[end:far], []byte{'\n'})
				end = far
			}
		}
		s.at = min(end+1, len(s.data))
		row = s.data[start:end]
		if n := len(row); n > 0 && row[n-1] == '\r' {
			row = row[:n-1]
		}
		if len(bytes.TrimSpace(row)) > 0 || s.comma == '\t' && len(row) > 0 {
			return row, true
		}
	}
	return nil, false
}

func (s *scanner) findQuote(from int) {
	if s.quote >= from && from > 0 {
		return
	}
	s.quote = len(s.data)
	if i := bytes.IndexByte(s.data[from:], '"'); i >= 0 {
		s.quote = from + i
	}
}

// endOfQuoted is the end of the row that begins at start, minding line ends in
// quoted cells; 0 if a quote is not closed.
func (s *scanner) endOfQuoted(start int) int {
	i := start
	for {
		i = s.skipSpace(i)
		if i < len(s.data) && s.data[i] == '"' {
			close := closingQuote(s.data, i)
			if close < 0 {
				return 0
			}
			i = close + 1
		}
		for i < len(s.data) && s.data[i] != s.comma && s.data[i] != '\n' {
			i++
		}
		if i >= len(s.data) || s.data[i] == '\n' {
			return i
		}
		i++
	}
}

func (s *scanner) skipSpace(i int) int {
	for i < len(s.data) && !s.keepSpace && s.data[i] == ' ' {
		i++
	}
	return i
}

// closingQuote is the position of the quote that closes the one at i, -1 if
// none does. A doubled quote is one of the cell's characters.
func closingQuote(data []byte, i int) int {
	for i++; ; i += 2 {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		if i+1 >= len(data) || data[i+1] != '"' {
			return i
		}
	}
}

// splitter cuts a row into cells.
type splitter struct {
	dialect
	cells  [][]byte
	quoted []bool // the cell was quoted, so "NA" in it is a name
	open   int    // the cell with a quote that is not closed, else -1
}

// split fills cells, whose memory is row's or, for cells with doubled quotes,
// new.
func (s *splitter) split(row []byte) {
	s.cells, s.quoted, s.open = s.cells[:0], s.quoted[:0], -1
	for i := 0; ; i++ {
		start := i
		if !s.keepSpace {
			for start < len(row) && row[start] == ' ' {
				start++
			}
		}
		if start < len(row) && row[start] == '"' {
			i = s.quotedCell(row, start)
		} else {
			for i = start; i < len(row) && row[i] != s.comma; i++ {
			}
			s.push(s.trimmed(row[start:i]), false)
		}
		if i >= len(row) {
			return
		}
	}
}

func (s *splitter) push(cell []byte, quoted bool) {
	s.cells, s.quoted = append(s.cells, cell), append(s.quoted, quoted)
}

func (s *splitter) trimmed(cell []byte) []byte {
	if s.keepSpace {
		return cell
	}
	for len(cell) > 0 && (cell[len(cell)-1] == ' ' || cell[len(cell)-1] == '\r') {
		cell = cell[:len(cell)-1]
	}
	return cell
}

// quotedCell adds the cell whose quote is at start and returns where it ends.
// What stands behind the closing quote belongs to it.
func (s *splitter) quotedCell(row []byte, start int) int {
	end := closingQuote(row, start)
	if end < 0 {
		s.open = len(s.cells)
		s.push(row[start:], true)
		return len(row)
	}
	cell := row[start+1 : end]
	if bytes.IndexByte(cell, '"') >= 0 {
		cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
	}
	i := end + 1
	for i < len(row) && row[i] != s.comma {
		i++
	}
	if rest := s.trimmed(row[end+1 : i]); len(bytes.TrimLeft(rest, " ")) > 0 {
		cell = append(bytes.Clone(cell), rest...)
	}
	s.push(cell, true)
	return i
}
