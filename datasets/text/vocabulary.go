package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ReadVocabulary reads a vocabulary file as other programs write it: one token a
// line, the most frequent first. Empty lines at the end do not count, and the
// special tokens "" and "[UNK]" may be its first lines. It returns the tokens
// without them, for FromVocabulary, or an error that names the line that is no
// token or is there twice.
func ReadVocabulary(r io.Reader) ([]string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var out []string
	seen := map[string]int{}
	empty := 0 // the line of an empty token
	for n := 1; lines.Scan(); n++ {
		token := strings.TrimSuffix(lines.Text(), "\r")
		if n == 1 {
			token = strings.TrimPrefix(token, "\ufeff")
		}
		if len(out) == 0 && n <= 2 && (token == paddingToken || token == unknownToken) {
			continue
		}
		if token == "" {
			empty = max(empty, n)
			continue
		}
		switch {
		case empty > 0:
			return nil, fmt.Errorf("text: line %d of the vocabulary is empty; one token a line is wanted", empty)
		case !utf8.ValidString(token):
			return nil, fmt.Errorf("text: line %d of the vocabulary is no UTF-8", n)
		case seen[token] > 0:
			return nil, fmt.Errorf("text: lines %d and %d of the vocabulary are both %q", seen[token], n, token)
		case token == unknownToken:
			return nil, fmt.Errorf("text: line %d of the vocabulary is %q, which is a special token and belongs to the start", n, token)
		}
		seen[token] = n
		out = append(out, token)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("text: the vocabulary: %w", err)
	}
	return out, nil
}
