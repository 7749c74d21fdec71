package tokenadmin

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
)

// pageTokenVersion begins every page token, so that the form can change.
const pageTokenVersion = 1

// filterBytes is how much of a hash ties a page token to the filter of its list.
const filterBytes = 8

// encodePageToken names the page that begins behind an id. It is opaque to
// clients, and no secret: it opens nothing that the master token does not open.
func encodePageToken(clientID, after string) string {
	return base64.RawURLEncoding.EncodeToString(append(pageTokenHead(clientID), after...))
}

func decodePageToken(clientID, text string) (after string, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	id, ok := bytes.CutPrefix(data, pageTokenHead(clientID))
	if err != nil || !ok || len(id) == 0 {
		return "", invalid("page_token is not the next_page_token of a list with the same client_id; begin again without it")
	}
	return string(id), nil
}

func pageTokenHead(clientID string) []byte {
	hash := sha256.Sum256([]byte(clientID))
	return append([]byte{pageTokenVersion}, hash[:filterBytes]...)
}
