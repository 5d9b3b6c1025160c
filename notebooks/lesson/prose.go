package lesson

import (
	"fmt"
	"regexp"
	"strings"
)

// paragraph is a run of lines between blank ones.
type paragraph struct {
	kind  string // what it is, as an error message names it
	line  int    // of its first line, from 1 within its block
	first string
}

var (
	heading  = regexp.MustCompile(`^(#{1,6}) `)
	listItem = regexp.MustCompile(`^\s*([-*+]|\d+\.) `)
	fenced   = regexp.MustCompile("^(~~~|```)")
)

// paragraphs splits a block of prose. A fence is one paragraph, blank lines
// within it included.
func paragraphs(lines []string) []paragraph {
	var out []paragraph
	var current []string
	start, fence := 0, ""
	end := func() {
		if len(current) > 0 {
			out = append(out, paragraph{kind: kindOf(current), line: start, first: current[0]})
		}
		current = nil
	}
	for i, line := range lines {
		mark := fenced.FindString(line)
		if fence == "" && strings.TrimSpace(line) == "" {
			end()
			continue
		}
		if fence == "" && mark != "" {
			end()
		}
		if len(current) == 0 {
			start = i + 1
		}
		current = append(current, line)
		switch {
		case fence == "":
			fence = mark
		case mark == fence:
			fence = ""
			end()
		}
	}
	end()
	return out
}

// kindOf describes what must be the same in both languages.
func kindOf(lines []string) string {
	first := lines[0]
	switch {
	case fenced.MatchString(first):
		return "a fence"
	case heading.MatchString(first):
		return fmt.Sprintf("a heading of level %d", len(heading.FindStringSubmatch(first)[1]))
	case listItem.MatchString(first):
		items := 0
		for _, line := range lines {
			if listItem.MatchString(line) {
				items++
			}
		}
		return fmt.Sprintf("a list of %d", items)
	case strings.HasPrefix(first, "|"):
		return fmt.Sprintf("a table of %d rows", len(lines))
	case strings.HasPrefix(first, ">"):
		return "a quotation"
	case strings.HasPrefix(first, "<"):
		return "HTML"
	}
	return "plain text"
}
