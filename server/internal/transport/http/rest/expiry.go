package rest

import (
	"encoding/json"
	"time"
)

// hasMalformedExpiry says whether body, which is JSON, has an expires_at, at the top
// or in right, that is no time.
func hasMalformedExpiry(body []byte) bool {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return false
	}
	var right map[string]json.RawMessage
	_ = json.Unmarshal(top["right"], &right) // another kind of value has no members
	for _, members := range []map[string]json.RawMessage{top, right} {
		for _, name := range []string{"expires_at", "expiresAt"} {
			if given, ok := members[name]; ok && !isTime(given) {
				return true
			}
		}
	}
	return false
}

func isTime(given json.RawMessage) bool {
	var text *string
	if json.Unmarshal(given, &text) != nil {
		return false
	}
	if text == nil {
		return true // null: not given
	}
	_, err := time.Parse(time.RFC3339Nano, *text)
	return err == nil
}
