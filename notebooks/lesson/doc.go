// Package lesson turns the sources of the course, notebooks/src/*.md, into
// Jupyter notebooks in English and in Chinese, and type-checks their cells.
//
// # The source of a lesson
//
// A source is Markdown. Code is written once, prose twice:
//
//	<!-- en -->
//	## Look at the data first
//	<!-- zh -->
//	## 先看数据
//
//	```go shape
//	%%
//	fmt.Println("shape:" /*zh "形状："*/, train.Shape()) // nothing is read yet //zh 此时还没有读取数据
//	```
//
// A pair of prose blocks becomes one Markdown cell. Both blocks must have the
// same paragraphs in the same order: a heading answers a heading of the same
// level, a list one with as many items, a table one with as many rows.
//
// A fence that opens with ```go becomes a code cell. The word after go names
// the cell and must be unique in its lesson, since cell ids are made from it; any
// further words become tags of the cell. Go that is only to be read, not run,
// goes into prose between tildes (~~~go).
//
// Inside code two things may differ between the languages. A string literal
// that is followed by /*zh "…"*/ has that literal in the Chinese notebook. Every
// // comment carries its translation behind //zh on the same line. Everything
// else is the same in both notebooks.
//
// # Outputs
//
// The notebooks in the repository are committed with their outputs. Generating
// keeps the outputs of a notebook as long as none of its code cells changed, and
// drops them otherwise.
//
// Errors name the source file and the line, say what was found there and what
// was wanted.
package lesson
