package jupyter

import (
	"encoding/json"
	"slices"
	"strings"
)

// OutputKind says what an Output is; its values are nbformat's output_type.
type OutputKind string

// The kinds of output.
const (
	Stream  OutputKind = "stream"         // text written to stdout or stderr
	Display OutputKind = "display_data"   // a picture, HTML, a widget …
	Result  OutputKind = "execute_result" // the value of a cell; Go has none
	Failure OutputKind = "error"          // why the cell failed
)

// Output is one thing that a cell put out.
type Output struct {
	Kind OutputKind
	// Name is "stdout" or "stderr", for a Stream.
	Name string
	// Text is what a Stream wrote.
	Text string
	// Data has the same content in several forms by MIME type, for a Display.
	Data map[string]any
	// Metadata belongs to Data.
	Metadata map[string]any
	// DisplayID names a Display that may be updated later; often empty.
	DisplayID string
	// EName, EValue and Traceback tell of a Failure.
	EName, EValue string
	Traceback     []string
}

// Plain is the output as text: a stream's text, a display's text/plain or its
// HTML without the tags, an error's message.
func (o *Output) Plain() string {
	switch o.Kind {
	case Stream:
		return o.Text
	case Failure:
		if tb := strings.TrimSpace(StripANSI(strings.Join(o.Traceback, "\n"))); tb != "" {
			return tb
		}
		return o.EName + ": " + o.EValue
	}
	if s, ok := o.Data["text/plain"].(string); ok && s != "" {
		return s
	}
	if s, ok := o.Data["text/html"].(string); ok {
		return StripHTML(s)
	}
	return ""
}

// nbformat is the output as a notebook file holds it.
func (o *Output) nbformat() map[string]any {
	out := map[string]any{"output_type": string(o.Kind)}
	switch o.Kind {
	case Stream:
		out["name"], out["text"] = o.Name, splitLines(o.Text)
	case Failure:
		out["ename"], out["evalue"], out["traceback"] = o.EName, o.EValue, nonNil(o.Traceback)
	default:
		data := map[string]any{}
		for mime, v := range o.Data {
			if s, ok := v.(string); ok && isText(mime) {
				v = splitLines(s)
			}
			data[mime] = v
		}
		meta := o.Metadata
		if meta == nil {
			meta = map[string]any{}
		}
		out["data"], out["metadata"] = data, meta
		if o.Kind == Result {
			out["execution_count"] = nil
		}
	}
	return out
}

// isText reports whether notebooks store the MIME type as a list of lines.
func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

// splitLines cuts after every line break, as Jupyter does when it saves.
func splitLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" })
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// The contents of the messages that carry outputs.
type (
	streamContent struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}
	displayContent struct {
		Data      map[string]any `json:"data"`
		Metadata  map[string]any `json:"metadata"`
		Transient struct {
			DisplayID string `json:"display_id"`
		} `json:"transient"`
	}
	errorContent struct {
		EName     string   `json:"ename"`
		EValue    string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
)

// output decodes a message of iopub; ok is false for those that put out
// nothing, update is true where it replaces earlier outputs of the same id.
func (m *message) output() (o Output, update, ok bool) {
	switch m.Header.Type {
	case "stream":
		var c streamContent
		ok = json.Unmarshal(m.Content, &c) == nil
		return Output{Kind: Stream, Name: c.Name, Text: c.Text}, false, ok
	case "display_data", "execute_result", "update_display_data":
		var c displayContent
		ok = json.Unmarshal(m.Content, &c) == nil
		o = Output{Kind: Display, Data: c.Data, Metadata: c.Metadata, DisplayID: c.Transient.DisplayID}
		if m.Header.Type == "execute_result" {
			o.Kind = Result
		}
		return o, m.Header.Type == "update_display_data", ok
	case "error":
		var c errorContent
		ok = json.Unmarshal(m.Content, &c) == nil
		return Output{Kind: Failure, EName: c.EName, EValue: c.EValue, Traceback: c.Traceback}, false, ok
	}
	return Output{}, false, false
}
