package dlkit

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// note is something to attach.
type note string

func (n note) MarshalBinary() ([]byte, error) {
	if n == "bad" {
		return nil, errors.New("not this one")
	}
	return []byte(n), nil
}

func (n *note) UnmarshalBinary(data []byte) error {
	if len(data) == 0 {
		return errors.New("empty")
	}
	*n = note(data)
	return nil
}

func TestAttachments(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	for name, n := range map[string]note{"words": "a\x00\xff\"b", "table/é": "x", "none": ""} {
		if err := m.Attach(name, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Attach("table/é", note("y")); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	clone, err := m.Clone()
	if err != nil {
		t.Fatal(err)
	}
	var decoded Model
	if err := decoded.UnmarshalBinary(file.Bytes()); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*Model{"itself": m, "loaded": loaded, "clone": clone, "decoded": &decoded} {
		if got := m.Attachments(); !slices.Equal(got, []string{"none", "table/é", "words"}) {
			t.Errorf("%s: attachments %q", name, got)
		}
		var words, other note
		if err := errors.Join(m.Attachment("words", &words), m.Attachment("table/é", &other)); err != nil || words != "a\x00\xff\"b" || other != "y" {
			t.Errorf("%s: %q, %q, %v", name, words, other, err)
		}
		if err := m.Attachment("none", &words); err == nil || !strings.Contains(err.Error(), `"none": empty`) {
			t.Errorf("%s: an attachment that can't be decoded: %v", name, err)
		}
		if err := m.Attachment("nothing", &words); err == nil || !strings.Contains(err.Error(), "none, table/é, words") {
			t.Errorf("%s: an attachment that is not there: %v", name, err)
		}
	}
}

func TestAttachRefuses(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	for name, v := range map[string]note{"": "x", "bad": "bad", "large": note(make([]byte, maxAttachment+1))} {
		if err := m.Attach(name, v); err == nil {
			t.Errorf("%q was attached", name)
		}
	}
	if err := m.Attach("nil", (*nilNote)(nil)); err == nil {
		t.Error("nil was attached")
	}
	if len(m.Attachments()) != 0 {
		t.Errorf("attachments %q", m.Attachments())
	}
}

type nilNote struct{ n int }

func (n *nilNote) MarshalBinary() ([]byte, error) { return []byte{byte(n.n)}, nil }

func TestDamagedAttachment(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	var file bytes.Buffer
	if err := m.saveWith(&file, map[string]string{attachmentPrefix + "words": "!"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(&file); err == nil || !strings.Contains(err.Error(), `attachment "words"`) {
		t.Errorf("error %v", err)
	}
}

// As many attachments as one likes, but not a file that nobody can read.
func TestTooManyAttachments(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	for _, name := range []string{"a", "b", "c"} {
		if err := m.Attach(name, note(make([]byte, maxAttachment))); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Save(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "attach less") {
		t.Errorf("error %v", err)
	}
}
