package lesson

import (
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"strings"
)

const (
	zhComment = "//zh "
	zhString  = "/*zh "
)

// isMagic reports whether a line of a cell is for GoNB and not Go.
func isMagic(line string) bool {
	return strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!")
}

// isMain reports whether GoNB starts func main at this line.
func isMain(line string) bool {
	return strings.HasPrefix(line, "%main") || line == "%%" || strings.HasPrefix(line, "%% ")
}

// edit replaces a piece of the code.
type edit struct {
	from, to int
	text     string
}

// translate returns a cell's code in the given language. A cell that is not Go
// is the same in all.
func translate(code string, lang Lang) (string, error) {
	if isCellMagic(code) {
		return code, nil
	}
	tokens, err := scan(code)
	if err != nil {
		return "", err
	}
	var edits []edit
	for i, tok := range tokens {
		if tok.tok != token.COMMENT {
			continue
		}
		var e edit
		switch {
		case strings.HasPrefix(tok.lit, zhString):
			var before scanned
			if i > 0 {
				before = tokens[i-1]
			}
			e, err = stringEdit(before, tok, lang)
		case strings.HasPrefix(tok.lit, "//"):
			e, err = commentEdit(tok, lang)
		default:
			err = fmt.Errorf("line %d: %s: write comments as // with their %stwin", tok.line, tok.lit, zhComment)
		}
		if err != nil {
			return "", err
		}
		edits = append(edits, e)
	}
	return apply(code, edits), nil
}

// stringEdit handles "text" /*zh "文字"*/.
func stringEdit(before, comment scanned, lang Lang) (edit, error) {
	zh := strings.TrimSuffix(strings.TrimPrefix(comment.lit, zhString), "*/")
	tokens, err := scan(zh)
	if err != nil || len(tokens) != 1 || tokens[0].tok != token.STRING {
		return edit{}, fmt.Errorf("line %d: %s must hold one string literal", comment.line, comment.lit)
	}
	if before.tok != token.STRING {
		return edit{}, fmt.Errorf("line %d: %s does not follow a string literal", comment.line, comment.lit)
	}
	if lang == English {
		return edit{before.end, comment.end, ""}, nil
	}
	return edit{before.pos, comment.end, tokens[0].lit}, nil
}

// commentEdit handles // text //zh 文字.
func commentEdit(comment scanned, lang Lang) (edit, error) {
	en, zh, found := strings.Cut(comment.lit, zhComment)
	en, zh = strings.TrimSpace(en), strings.TrimSpace(zh)
	if !found || zh == "" {
		return edit{}, fmt.Errorf("line %d: the comment lacks its Chinese twin: %s %s…", comment.line, comment.lit, zhComment)
	}
	if en == "" || en == "//" {
		return edit{}, fmt.Errorf("line %d: the comment lacks its English twin: %s", comment.line, comment.lit)
	}
	if lang == English {
		return edit{comment.pos, comment.end, en}, nil
	}
	return edit{comment.pos, comment.end, "// " + zh}, nil
}

func apply(code string, edits []edit) string {
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(code[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.WriteString(code[at:])
	return out.String()
}

// scanned is one token of a cell.
type scanned struct {
	tok      token.Token
	lit      string
	pos, end int // byte offsets
	line     int // from 1
}

// scan splits Go code into tokens, comments included; lines that are not Go are
// left out, and so are the semicolons that Go puts at line ends.
func scan(code string) ([]scanned, error) {
	src := []byte(blankMagics(code))
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(src))
	var s scanner.Scanner
	var errs scanner.ErrorList
	s.Init(file, src, errs.Add, scanner.ScanComments)
	var out []scanned
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		if lit == "" {
			lit = tok.String()
		}
		at := file.Offset(pos)
		out = append(out, scanned{tok, lit, at, at + len(lit), file.Line(pos)})
	}
	if errs.Len() > 0 {
		return nil, fmt.Errorf("line %d: %s", errs[0].Pos.Line, errs[0].Msg)
	}
	return out, nil
}

// blankMagics overwrites the lines that are not Go with spaces, so that the
// offsets of all others stay.
func blankMagics(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		if isMagic(line) {
			lines[i] = strings.Repeat(" ", len(line))
		}
	}
	return strings.Join(lines, "\n")
}

// checkFormat returns an error unless the cell's Go is formatted as gofmt does.
// What follows a line that starts func main is a list of statements.
func checkFormat(code string) error {
	if isCellMagic(code) {
		return nil
	}
	var part []string
	check := func() error {
		src := strings.Trim(strings.Join(part, "\n"), "\n")
		part = nil
		if src == "" {
			return nil
		}
		out, err := format.Source([]byte(src))
		if err != nil {
			return err
		}
		if got := strings.Trim(string(out), "\n"); got != src {
			return errors.New("not formatted as gofmt does; it wants\n" + got)
		}
		return nil
	}
	for line := range strings.SplitSeq(code, "\n") {
		if !isMagic(line) {
			part = append(part, line)
			continue
		}
		if err := check(); err != nil {
			return err
		}
	}
	return check()
}

// isCellMagic reports whether the whole cell is something else than Go:
// %%bash, %%writefile and the like.
func isCellMagic(code string) bool {
	return strings.HasPrefix(code, "%%") && !isMain(firstLine(code))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
