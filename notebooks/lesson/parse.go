package lesson

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	markEN    = "<!-- en -->"
	markZH    = "<!-- zh -->"
	fenceOpen = "```go"
	fenceEnd  = "```"
)

var cellName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)

// Parse parses the source of the lesson of that name. Errors name the first
// line that is not as package lesson's comment describes.
func Parse(name, src string) (*Lesson, error) {
	p := &source{name: name, lines: strings.Split(src, "\n"), ids: map[string]bool{}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return &Lesson{Name: name, Cells: p.cells}, nil
}

// source is a text being parsed.
type source struct {
	name  string
	lines []string
	at    int // index of the next line
	cells []Cell
	ids   map[string]bool
	// Prose cells wait for the name of the code cell behind them.
	waiting []Cell
}

func (p *source) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("lesson: %s.md:%d: %s", p.name, line, fmt.Sprintf(format, args...))
}

func (p *source) parse() error {
	for p.at < len(p.lines) {
		var err error
		switch line := strings.TrimSpace(p.lines[p.at]); {
		case line == "":
			p.at++
		case line == markEN:
			err = p.prose()
		case line == markZH:
			err = p.errorf(p.at+1, "Chinese prose without the English before it; put %s and its text first", markEN)
		case strings.HasPrefix(line, fenceOpen):
			err = p.code()
		default:
			err = p.errorf(p.at+1, "text outside of a block: %q; open the block with %s", line, markEN)
		}
		if err != nil {
			return err
		}
	}
	p.flush("end")
	if len(p.cells) == 0 {
		return p.errorf(1, "the source is empty")
	}
	return nil
}

// prose reads an English block and its Chinese twin.
func (p *source) prose() error {
	start := p.at + 1
	p.at++
	en := p.block()
	if p.at >= len(p.lines) || strings.TrimSpace(p.lines[p.at]) != markZH {
		return p.errorf(start, "English prose without its Chinese twin; follow it with %s", markZH)
	}
	zhStart := p.at + 1
	p.at++
	zh := p.block()
	if err := p.paired(start, en, zhStart, zh); err != nil {
		return err
	}
	p.waiting = append(p.waiting, Cell{
		Line: start + 1, Text: map[Lang]string{English: trimBlank(en), Chinese: trimBlank(zh)},
	})
	return nil
}

// block returns the lines up to the next mark or code cell.
func (p *source) block() []string {
	start := p.at
	for p.at < len(p.lines) {
		line := strings.TrimSpace(p.lines[p.at])
		if line == markEN || line == markZH || strings.HasPrefix(p.lines[p.at], fenceOpen) {
			break
		}
		p.at++
	}
	return p.lines[start:p.at]
}

func (p *source) paired(enLine int, en []string, zhLine int, zh []string) error {
	a, b := paragraphs(en), paragraphs(zh)
	for i := range min(len(a), len(b)) {
		if a[i].kind != b[i].kind {
			return p.errorf(enLine+a[i].line, "this paragraph is %s but its Chinese twin in line %d is %s",
				a[i].kind, zhLine+b[i].line, b[i].kind)
		}
	}
	switch {
	case len(a) == 0 || len(b) == 0:
		return p.errorf(enLine, "an empty block of prose; write both languages or remove the pair")
	case len(a) > len(b):
		return p.errorf(enLine+a[len(b)].line, "this paragraph lacks its Chinese twin: %q", a[len(b)].first)
	case len(b) > len(a):
		return p.errorf(zhLine+b[len(a)].line, "this paragraph lacks its English twin: %q", b[len(a)].first)
	}
	return nil
}

// code reads a code cell.
func (p *source) code() error {
	start := p.at + 1
	words := strings.Fields(strings.TrimPrefix(p.lines[p.at], fenceOpen))
	if len(words) == 0 || !cellName.MatchString(words[0]) {
		return p.errorf(start, "a code cell needs a name of small letters, digits and dashes: %s train", fenceOpen)
	}
	id := words[0]
	if p.ids[id] {
		return p.errorf(start, "a second cell named %q; choose another name", id)
	}
	p.ids[id] = true
	end := slices.Index(p.lines[start:], fenceEnd)
	if end < 0 {
		return p.errorf(start, "the cell %q is never closed; end it with %s", id, fenceEnd)
	}
	text := strings.Join(p.lines[start:start+end], "\n")
	p.at = start + end + 1
	cell := Cell{ID: id, Code: true, Tags: words[1:], Line: start + 1, Text: map[Lang]string{}}
	for _, lang := range Langs() {
		out, err := translate(text, lang)
		if err != nil {
			return p.errorf(start, "cell %q: %v", id, err)
		}
		cell.Text[lang] = out
	}
	// Not the source: in it the translations shift what gofmt aligns.
	if err := checkFormat(cell.Text[English]); err != nil {
		return p.errorf(start, "cell %q: %v", id, err)
	}
	p.flush(id)
	p.cells = append(p.cells, cell)
	return nil
}

// flush appends the waiting prose, named after the code that follows it.
func (p *source) flush(next string) {
	for i, cell := range p.waiting {
		cell.ID = "about-" + next
		if i > 0 {
			cell.ID = fmt.Sprintf("about-%s-%d", next, i+1)
		}
		p.cells = append(p.cells, cell)
	}
	p.waiting = nil
}

func trimBlank(lines []string) string {
	return strings.Trim(strings.Join(lines, "\n"), "\n ")
}
