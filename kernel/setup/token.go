package setup

import (
	"crypto/rand"
	"encoding/hex"
)

// newToken is a fresh secret for one run of the server.
func newToken() string {
	b := make([]byte, 24)
	rand.Read(b) // crypto/rand.Read never fails
	return hex.EncodeToString(b)
}
