package dlkit

import (
	"encoding/json"
	"fmt"
)

// classesName is the attachment that SetClasses makes.
const classesName = "classes"

// classNames are attached as JSON.
type classNames []string

// MarshalBinary implements encoding.BinaryMarshaler.
func (c classNames) MarshalBinary() ([]byte, error) { return json.Marshal([]string(c)) }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (c *classNames) UnmarshalBinary(data []byte) error { return json.Unmarshal(data, (*[]string)(c)) }

// SetClasses names the classes that the model tells apart, in the order of its
// output, and keeps the names in the model's file as the attachment "classes":
// who serves or exports the model then knows them. There must be a name for each
// output, or two, that of 0 and that of 1, where there is a single output
// between 0 and 1.
func (m *Model) SetClasses(names ...string) error {
	if m.err != nil {
		return m.err
	}
	out := m.OutputShape()
	n := out.Size()
	if len(out) > 0 {
		n = out[len(out)-1]
	}
	if len(names) != n && (n != 1 || len(names) != 2) {
		return fmt.Errorf("dlkit: %d names of classes for a model whose output is %v; want %d", len(names), out, max(n, 2))
	}
	return m.Attach(classesName, classNames(names))
}

// Classes are the names given with SetClasses, nil if there are none.
func (m *Model) Classes() []string {
	var names classNames
	if m.Attachment(classesName, &names) != nil {
		return nil
	}
	return names
}
