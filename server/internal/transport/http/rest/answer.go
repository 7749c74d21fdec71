package rest

import (
	"bytes"
	"encoding/json"
	"net/http"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// marshal is a message as JSON: names as in the contract, and lists and texts
// shown even when they are empty.
func marshal(m proto.Message) ([]byte, error) {
	loose, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := json.Compact(&body, loose); err != nil { // protojson varies its spaces on purpose
		return nil, err
	}
	body.WriteByte('\n')
	return body.Bytes(), nil
}

// write answers with a message, which no cache may keep.
func write(w http.ResponseWriter, m proto.Message) error {
	body, err := marshal(m)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the peer may be gone; nobody is left to tell
	return nil
}
