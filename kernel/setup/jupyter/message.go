package jupyter

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-zeromq/zmq4"
)

// header identifies a message, as the messaging specification lays it out.
type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// message is one message as it arrived.
type message struct {
	Header  header
	Parent  header
	Content json.RawMessage
}

// delimiter stands between the routing identities and the message proper.
var delimiter = []byte("<IDS|MSG>")

// wire signs and packs messages of one session.
type wire struct {
	key     []byte
	session string
}

// pack makes a request; id is its msg_id, which replies carry as parent.
func (w wire) pack(msgType string, content any) (msg zmq4.Msg, id string, err error) {
	h := header{ID: randomHex(16), Session: w.session, Username: "fromzero",
		Date: time.Now().UTC().Format(time.RFC3339Nano), Type: msgType, Version: "5.3"}
	head, err := json.Marshal(h)
	if err != nil {
		return msg, "", fmt.Errorf("jupyter: %w", err)
	}
	body, err := json.Marshal(content)
	if err != nil {
		return msg, "", fmt.Errorf("jupyter: %w", err)
	}
	parts := [][]byte{head, []byte("{}"), []byte("{}"), body}
	frames := append([][]byte{delimiter, w.sign(parts)}, parts...)
	return zmq4.NewMsgFrom(frames...), h.ID, nil
}

// unpack checks the signature of an arrived message and decodes it.
func (w wire) unpack(msg zmq4.Msg) (*message, error) {
	frames := msg.Frames
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			frames = frames[i+1:]
			break
		}
	}
	if len(frames) < 5 {
		return nil, fmt.Errorf("jupyter: message has %d parts, wanted at least 5", len(frames))
	}
	parts := frames[1:5]
	if len(w.key) > 0 && !hmac.Equal(frames[0], w.sign(parts)) {
		return nil, errors.New("jupyter: message with a wrong signature")
	}
	m := &message{Content: parts[3]}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil {
		return nil, fmt.Errorf("jupyter: message header: %w", err)
	}
	// The parent of the first messages is empty or absent.
	if err := json.Unmarshal(parts[1], &m.Parent); err != nil {
		return nil, fmt.Errorf("jupyter: parent header: %w", err)
	}
	return m, nil
}

func (w wire) sign(parts [][]byte) []byte {
	mac := hmac.New(sha256.New, w.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // crypto/rand.Read never fails
	return hex.EncodeToString(b)
}

// isIdle reports whether a status message says that the kernel is idle.
func isIdle(m *message) bool {
	var c struct {
		State string `json:"execution_state"`
	}
	return json.Unmarshal(m.Content, &c) == nil && c.State == "idle"
}

// waits reports whether a clear_output message clears only when the next
// output comes.
func waits(m *message) bool {
	var c struct {
		Wait bool `json:"wait"`
	}
	return json.Unmarshal(m.Content, &c) == nil && c.Wait
}
