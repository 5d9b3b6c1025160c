package datasets

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

func waimaiSpec() Spec {
	return Spec{
		Name:  "waimai",
		Title: "waimai_10k",
		Files: []File{{
			Name: "waimai_10k.csv", Size: 919380,
			SHA256: "b8b5c11c00b51578d35937fca56e03a126b45381f1ea4b22893237cb377a26fe",
		}},
		Folders: []string{"text-zh", "waimai_10k"},
		Mirrors: []string{"https://raw.githubusercontent.com/SophonPlus/ChineseNlpCorpus/master/datasets/waimai_10k"},
		Terms:   "no formal licence; collected by the project ChineseNlpCorpus",
	}
}

func chnSentiCorpSpec() Spec {
	return Spec{
		Name:  "chnsenticorp",
		Title: "ChnSentiCorp",
		Files: []File{{
			Name: "ChnSentiCorp_htl_all.csv", Size: 2904858,
			SHA256: "1d414b9c65caf3a836abdb4efded621968502ad3338e1a9d885ae131c86083f0",
		}},
		Folders: []string{"text-zh", "ChnSentiCorp_htl_all"},
		Mirrors: []string{"https://raw.githubusercontent.com/SophonPlus/ChineseNlpCorpus/master/datasets/ChnSentiCorp_htl_all"},
		Terms:   "no formal licence; collected by Tan Songbo, handed on by the project ChineseNlpCorpus",
	}
}

// Waimai is waimai_10k: 11,987 short reviews of food deliveries in Chinese,
// about 4,000 of them positive (1), the others negative (0).
//
// The set has no split of its own. A fifth of each class is the test set; which
// one depends only on the texts, and a text that occurs several times is in one
// split only, so that the test measures nothing that was learnt by heart.
func Waimai(opts ...Option) (train, test *Texts) { return chineseReviews(waimaiSpec(), opts) }

// ChnSentiCorp is ChnSentiCorp_htl_all: 7,765 reviews of hotels in Chinese, 5,322
// of them positive (1), the others negative (0). One more row of its file has no
// text and is left out. It is split as Waimai is.
func ChnSentiCorp(opts ...Option) (train, test *Texts) {
	return chineseReviews(chnSentiCorpSpec(), opts)
}

func chineseReviews(spec Spec, opts []Option) (train, test *Texts) {
	files := func(_ context.Context, root string) (splits [2]*corpus, sources []source, err error) {
		found, err := readFiles(root, spec, func(_ int, data []byte) ([]labelled, error) { return parseReviews(data) })
		if err != nil {
			return splits, nil, err
		}
		for i, part := range splitByText(found[0].values, testShare) {
			if splits[i], err = newCorpus(part); err != nil {
				return splits, nil, fmt.Errorf("datasets: %s: %w", spec.Title, err)
			}
		}
		return splits, []source{found[0].source}, nil
	}
	return newTextSet(&set[*corpus]{spec: spec, config: newConfig(opts), files: files}, "negative", "positive")
}

const testShare = 0.2

// parseReviews decodes a CSV file with the columns label, 0 or 1, and review.
// Rows without a text are left out.
func parseReviews(data []byte) ([]labelled, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errors.New("its text is not UTF-8 (GBK, perhaps?); convert it first")
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("it has no header: %w", err)
	}
	label, review := column(header, "label"), column(header, "review")
	if label < 0 || review < 0 {
		return nil, fmt.Errorf("its first line is %.60q; a header with the columns label and review is wanted", strings.Join(header, ","))
	}
	var out []labelled
	for {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		if len(row) != len(header) {
			return nil, fmt.Errorf("line %d has %d columns, the header has %d", line, len(row), len(header))
		}
		if row[label] != "0" && row[label] != "1" {
			return nil, fmt.Errorf("line %d has the label %.20q; 0 and 1 exist", line, row[label])
		}
		if text := strings.TrimSpace(row[review]); text != "" {
			out = append(out, labelled{[]byte(text), row[label][0] - '0'})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("it has no reviews")
	}
	return out, nil
}

func column(header []string, name string) int {
	return slices.IndexFunc(header, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
}

// splitByText puts a share of the texts of each class into the second split.
// Only the texts decide which: those with the lowest hash. Both splits keep the
// given order.
func splitByText(all []labelled, share float64) (out [2][]labelled) {
	type group struct {
		hash uint64
		text string
	}
	class := map[string]uint8{} // that of the text's first occurrence
	var groups [256][]group
	for _, l := range all {
		if _, ok := class[string(l.text)]; !ok {
			class[string(l.text)] = l.label
			groups[l.label] = append(groups[l.label], group{hashOf(l.text), string(l.text)})
		}
	}
	held := map[string]bool{}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b group) int { return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.text, b.text)) })
		for _, one := range g[:int(math.Round(share*float64(len(g))))] {
			held[one.text] = true
		}
	}
	for _, l := range all {
		i := 0
		if held[string(l.text)] {
			i = 1
		}
		out[i] = append(out[i], l)
	}
	return out
}

func hashOf(text []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(text)
	return h.Sum64()
}
