package jupyter

import (
	"html"
	"regexp"
	"strings"
)

var (
	reANSI = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)
	// What a reader of plain text has no use for: styles, scripts, and the
	// source context that GoNB shows when the mouse is over an error.
	reHidden = regexp.MustCompile(`(?is)<(style|script)\b.*?</(style|script)>`)
	reBlock  = regexp.MustCompile(`(?i)</(div|p|pre|tr|li|h[1-6]|table)>|<br\s*/?>`)
	// Only real tags: the messages of the Go compiler say <nil> and <-chan.
	reTag   = regexp.MustCompile(`(?is)</?(a|b|br|button|code|details|div|em|h[1-6]|hr|i|img|li|ol|p|pre|small|span|strong|summary|table|tbody|td|th|thead|tr|ul)\b[^>]*>`)
	reBlank = regexp.MustCompile(`\n[ \t]*(\n[ \t]*)+`)
)

// StripANSI removes the colour codes of terminals.
func StripANSI(s string) string { return reANSI.ReplaceAllString(s, "") }

// StripHTML is the text of an HTML fragment, one line per block. The hidden
// parts of GoNB's error reports are left out.
func StripHTML(s string) string {
	s = reHidden.ReplaceAllString(s, "")
	s = dropContext(s)
	s = reBlock.ReplaceAllString(s, "\n")
	s = reTag.ReplaceAllString(s, "")
	s = html.UnescapeString(s)
	return strings.TrimSpace(reBlank.ReplaceAllString(s, "\n"))
}

// dropContext removes every <div class="gonb-err-context"> with all inside it.
func dropContext(s string) string {
	const open = `<div class="gonb-err-context">`
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, open)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		s = afterDiv(rest)
	}
}

// afterDiv is what follows the end of the div that s is the inside of.
func afterDiv(s string) string {
	depth := 1
	for depth > 0 {
		end := strings.Index(s, "</div>")
		if end < 0 {
			return ""
		}
		if start := strings.Index(s, "<div"); start >= 0 && start < end {
			depth++
			s = s[start+len("<div"):]
			continue
		}
		depth--
		s = s[end+len("</div>"):]
	}
	return s
}
