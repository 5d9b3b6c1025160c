package dlkit

import (
	"encoding"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// attachmentPrefix begins the keys of attachments among a file's metadata, where
// programs that do not know them pass them over.
const attachmentPrefix = "attachment/"

// maxAttachment is far below what a file's header may have in all.
const maxAttachment = 32 << 20

// Attach keeps v in the model's file from now on, beside the weights, under a
// name: what turned raw data into the model's inputs, for instance, such as a
// text.Vectorizer or a table.Fitted, so that whoever loads the model prepares data
// as it was prepared in training. v is encoded at once; an attachment of the same
// name is replaced. It returns an error for an empty name, if v can't be encoded,
// or if it takes more than 32 MB.
func (m *Model) Attach(name string, v encoding.BinaryMarshaler) error {
	if name == "" || isNil(v) {
		return fmt.Errorf("dlkit: Attach(%q, %T); want a name and a value", name, v)
	}
	data, err := v.MarshalBinary()
	if err != nil {
		return fmt.Errorf("dlkit: attaching %q: %w", name, err)
	}
	if len(data) > maxAttachment {
		return fmt.Errorf("dlkit: attaching %q: %d bytes; at most %d are kept in a model's file", name, len(data), maxAttachment)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.attached == nil {
		m.attached = map[string][]byte{}
	}
	m.attached[name] = slices.Clone(data)
	return nil
}

// Attachment decodes what was attached under a name into v. It returns an error
// that lists the names there are if it is none of them, and that of v if v can't
// be decoded from it.
func (m *Model) Attachment(name string, v encoding.BinaryUnmarshaler) error {
	m.mu.Lock()
	data, ok := m.attached[name]
	m.mu.Unlock()
	if !ok {
		return fmt.Errorf("dlkit: the model has no attachment %q; it has: %s", name, strings.Join(m.Attachments(), ", "))
	}
	if err := v.UnmarshalBinary(slices.Clone(data)); err != nil {
		return fmt.Errorf("dlkit: attachment %q: %w", name, err)
	}
	return nil
}

// Attachments lists the names of what is attached, sorted.
func (m *Model) Attachments() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.attached))
}

// saveAttachments adds them to a file's metadata.
func (m *Model) saveAttachments(metadata map[string]string) {
	for name, data := range m.attached {
		metadata[attachmentPrefix+name] = base64.StdEncoding.EncodeToString(data)
	}
}

// loadAttachments takes them from a file's metadata.
func (m *Model) loadAttachments(metadata map[string]string) error {
	for key, text := range metadata {
		name, ok := strings.CutPrefix(key, attachmentPrefix)
		if !ok {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("dlkit: the model file's attachment %q: %w", name, err)
		}
		if m.attached == nil {
			m.attached = map[string][]byte{}
		}
		m.attached[name] = data
	}
	return nil
}
