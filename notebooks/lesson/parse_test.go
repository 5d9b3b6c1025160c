package lesson

import (
	"strings"
	"testing"
)

const small = `<!-- en -->
# Hello

Some text.
<!-- zh -->
# 你好

一些文字。

` + "```go imports\n%noautoget\nimport \"fmt\"\n```\n" + `
<!-- en -->
- one
- two

~~~go
// shown, not run
x := 1
~~~
<!-- zh -->
- 一
- 二

~~~go
// 只展示，不运行
x := 1
~~~

` + "```go greet slow\n" + `var name = "world" /*zh "世界"*/

%%
fmt.Println("hi" /*zh "你好"*/, name) // greets //zh 打招呼
` + "```\n" + `
<!-- en -->
The end.
<!-- zh -->
结束。
`

func parse(t *testing.T, src string) *Lesson {
	t.Helper()
	l, err := Parse("01-small", src)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParseCells(t *testing.T) {
	l := parse(t, small)
	want := []struct{ id, en, zh string }{
		{"about-imports", "# Hello\n\nSome text.", "# 你好\n\n一些文字。"},
		{"imports", "%noautoget\nimport \"fmt\"", "%noautoget\nimport \"fmt\""},
		{"about-greet", "- one\n- two\n\n~~~go\n// shown, not run\nx := 1\n~~~", "- 一\n- 二\n\n~~~go\n// 只展示，不运行\nx := 1\n~~~"},
		{
			"greet", "var name = \"world\"\n\n%%\nfmt.Println(\"hi\", name) // greets",
			"var name = \"世界\"\n\n%%\nfmt.Println(\"你好\", name) // 打招呼",
		},
		{"about-end", "The end.", "结束。"},
	}
	if len(l.Cells) != len(want) {
		t.Fatalf("%d cells, want %d", len(l.Cells), len(want))
	}
	for i, w := range want {
		c := l.Cells[i]
		if c.ID != w.id || c.Text[English] != w.en || c.Text[Chinese] != w.zh {
			t.Errorf("cell %d is %q\n%s\n%s\nwant %+v", i, c.ID, c.Text[English], c.Text[Chinese], w)
		}
	}
	if tags := l.Cells[3].Tags; len(tags) != 1 || tags[0] != "slow" {
		t.Errorf("tags are %v, want [slow]", tags)
	}
}

func TestParseErrors(t *testing.T) {
	pair := "<!-- en -->\n%s\n<!-- zh -->\n%s\n"
	prose := func(en, zh string) string {
		return strings.Replace(strings.Replace(pair, "%s", en, 1), "%s", zh, 1)
	}
	code := func(lines string) string { return "```go a\n" + lines + "\n```\n" }
	tests := []struct{ name, src, want string }{
		{"empty", "\n", "empty"},
		{"no twin block", "<!-- en -->\nHello\n\n```go a\n```\n", "01-small.md:1: English prose without its Chinese twin"},
		{"only Chinese", "<!-- zh -->\n你好\n", "Chinese prose without the English"},
		{"paragraph without twin", prose("one\n\ntwo", "一"), `01-small.md:4: this paragraph lacks its Chinese twin: "two"`},
		{"twin without paragraph", prose("one", "一\n\n二"), `lacks its English twin: "二"`},
		{"empty pair", prose("", ""), "empty block"},
		{"heading levels", prose("# one", "## 一"), "a heading of level 1 but its Chinese twin in line 4 is a heading of level 2"},
		{"list lengths", prose("- a\n- b", "- 甲"), "a list of 2"},
		{"table rows", prose("|a|\n|-|\n|b|", "|甲|\n|-|"), "a table of 3 rows"},
		{"stray text", "Hello\n", "outside of a block"},
		{"cell without name", "```go\n```\n", "needs a name"},
		{"same name twice", code("%%") + code("%%"), `a second cell named "a"`},
		{"open cell", "```go a\n%%\n", "never closed"},
		{"comment without twin", code("var x = 1 // one"), "lacks its Chinese twin"},
		{"comment without English", code("var x = 1 //zh 一"), "lacks its English twin"},
		{"string of two literals", code("var x = \"a\" /*zh \"b\", \"c\"*/"), "one string literal"},
		{"twin of no string", code("var x = 1 /*zh \"b\"*/"), "does not follow a string"},
		{"block comment", code("var x = 1 /* one */"), "write comments as //"},
		{"unformatted", code("var  x = 1"), "gofmt"},
		{"no Go", code("var x = = 1"), "expected"},
		{"open string", code("%%\nx := \"a"), "string literal not terminated"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("01-small", test.src)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestOtherCellsAreTakenAsTheyAre(t *testing.T) {
	bash := "%%bash\necho 'it''s' \"not Go // at all"
	l := parse(t, "```go shell\n"+bash+"\n```\n")
	for _, lang := range Langs() {
		if got := l.Cells[0].Text[lang]; got != bash {
			t.Errorf("%s: %q, want %q", lang, got, bash)
		}
	}
}
