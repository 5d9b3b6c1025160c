package table

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
)

// ReadConfig says how a CSV file is written. The zero value reads most files.
type ReadConfig struct {
	// Comma separates cells. If zero, it is found in the first row: the most
	// frequent of comma, tab, semicolon and bar.
	Comma byte
	// Comment begins lines that are passed over, such as '#'. If zero there
	// are none.
	Comment byte
	// NoHeader says that the first row is data already. Columns are then called
	// by Names, or column_0, column_1 and so on.
	NoHeader bool
	// Names are the columns' names instead of the header's, if any.
	Names []string
	// Missing are the cells that count as missing. If nil they are the empty
	// one, ?, NA, N/A, NaN, null, NULL, None and \N. The empty cell always
	// counts. In quotes they are names like others, but for the empty one.
	Missing []string
	// Kinds says what the named columns hold. What is not named is found out:
	// numbers, if all cells are; Bool, if all are true or false; Category, if
	// there are at most 10 different names, or at most 1,000 and half as many
	// as rows; else Text.
	Kinds map[string]Kind
	// KeepSpace keeps the spaces around cells that are not quoted.
	KeepSpace bool
	// Strict makes odd rows an error. Otherwise they are left out and reported.
	Strict bool
	// MaxRows stops after so many rows; 0 reads all.
	MaxRows int
	// MaxBytes is how much text is read from a packed file or a stream, which may
	// be more than the memory that there is; 0 is 1 GiB. A file that is not packed
	// is read whatever its size is.
	MaxBytes int64
}

const defaultMaxBytes = 1 << 30

func (c ReadConfig) maxBytes() int64 {
	if c.MaxBytes == 0 {
		return defaultMaxBytes
	}
	return c.MaxBytes
}

// readAll reads to the end of r, and no more than MaxBytes.
func (c ReadConfig) readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, c.maxBytes()+1))
	if err == nil && int64(len(data)) > c.maxBytes() {
		err = &tooLarge{c.maxBytes()}
	}
	return data, err
}

// tooLarge is text beyond MaxBytes.
type tooLarge struct{ most int64 }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("there are more than %d bytes of text; set ReadConfig.MaxBytes if that is right", e.most)
}

var usualMissing = []string{"?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", `\N`}

const (
	fewLevels  = 10
	manyLevels = 1000
)

func (c ReadConfig) check() error {
	if c.Comma != 0 && c.Comma == c.Comment {
		return fmt.Errorf("table: Comma and Comment are both %q; they must differ", c.Comma)
	}
	for _, b := range []byte{c.Comma, c.Comment} {
		if b == '"' || b == '\n' || b == '\r' || b >= 0x80 {
			return fmt.Errorf("table: %q as Comma or Comment; one ASCII character is wanted that is no quote and no line end", b)
		}
	}
	if c.MaxRows < 0 {
		return fmt.Errorf("table: MaxRows %d; 0 reads all rows", c.MaxRows)
	}
	if c.MaxBytes < 0 || c.MaxBytes == math.MaxInt64 {
		return fmt.Errorf("table: MaxBytes %d; 0 stands for %d", c.MaxBytes, defaultMaxBytes)
	}
	for name, kind := range c.Kinds {
		if kind < Number || kind > Bool {
			return fmt.Errorf("table: Kinds has %v for column %q; there are Number, Category, Text and Bool", kind, name)
		}
	}
	return nil
}

// dialect is what the parser needs to know of a config.
type dialect struct {
	comma, comment byte
	keepSpace      bool
	missing        [][]byte
	starts         [256]bool // the first bytes of missing
}

func (c ReadConfig) dialect(data []byte) dialect {
	d := dialect{comma: c.Comma, comment: c.Comment, keepSpace: c.KeepSpace}
	words := c.Missing
	if words == nil {
		words = usualMissing
	}
	for _, w := range words {
		if w != "" {
			d.missing = append(d.missing, []byte(w))
			d.starts[w[0]] = true
		}
	}
	if d.comma == 0 {
		d.comma = d.guessComma(data)
	}
	if d.comma == ' ' {
		d.keepSpace = true
	}
	return d
}

// guessComma returns the most frequent separator of the first row, outside
// quotes.
func (d dialect) guessComma(data []byte) byte {
	d.comma = ','
	in := scanner{dialect: d, data: data}
	row, ok := in.next()
	if !ok {
		return ','
	}
	best, most := byte(','), 0
	for _, candidate := range []byte(",\t;|") {
		n, quoted := 0, false
		for _, b := range row {
			if b == '"' {
				quoted = !quoted
			} else if b == candidate && !quoted {
				n++
			}
		}
		if n > most && candidate != d.comment {
			best, most = candidate, n
		}
	}
	return best
}

func (d *dialect) isMissing(cell []byte) bool {
	if len(cell) == 0 {
		return true
	}
	if !d.starts[cell[0]] {
		return false
	}
	return slices.ContainsFunc(d.missing, func(w []byte) bool { return bytes.Equal(w, cell) })
}
