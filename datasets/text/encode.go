package text

import (
	"encoding/json"
	"fmt"
	"io"
)

// stored is a Vectorizer in JSON. Version 1 is the only one so far; what it
// means never changes.
type stored struct {
	Version int    `json:"version"`
	Config  Config `json:"config"`
	// Tokens without the special ones, by number.
	Tokens  []string `json:"tokens"`
	Texts   int      `json:"texts,omitempty"`
	InTexts []int    `json:"in_texts,omitempty"`
}

// MarshalJSON implements json.Marshaler. It returns an error if v has no
// vocabulary.
func (v *Vectorizer) MarshalJSON() ([]byte, error) {
	if err := v.ready(); err != nil {
		return nil, err
	}
	return json.Marshal(stored{1, v.config, v.tokens[v.config.specials():], v.texts, v.inTexts})
}

// UnmarshalJSON implements json.Unmarshaler. It returns an error, and leaves v
// as it is, if data is not what MarshalJSON writes.
func (v *Vectorizer) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("text: no saved Vectorizer: %w", err)
	}
	if s.Version != 1 {
		return fmt.Errorf("text: a Vectorizer of version %d; this program knows version 1", s.Version)
	}
	c, err := s.Config.filled()
	if err != nil {
		return err
	}
	if len(s.InTexts) != len(s.Tokens) && s.InTexts != nil {
		return fmt.Errorf("text: %d document counts for %d tokens", len(s.InTexts), len(s.Tokens))
	}
	read, err := newVectorizer(c, s.Tokens, s.Texts, s.InTexts)
	if err == nil {
		*v = *read
	}
	return err
}

// MarshalBinary implements encoding.BinaryMarshaler, which encoding/gob uses: it
// gives the JSON.
func (v *Vectorizer) MarshalBinary() ([]byte, error) { return v.MarshalJSON() }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (v *Vectorizer) UnmarshalBinary(data []byte) error { return v.UnmarshalJSON(data) }

// Save writes v as JSON.
func (v *Vectorizer) Save(w io.Writer) error {
	data, err := v.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// Load reads what Save wrote. It returns an error if r has anything else.
func Load(r io.Reader) (*Vectorizer, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	v := new(Vectorizer)
	if err := v.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	return v, nil
}
