package vectors

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// The kinds of LLPSCase.
const (
	// KindPublish is a binary frame from a client.
	KindPublish = "publish"
	// KindDeliver is a binary frame from the server.
	KindDeliver = "deliver"
	// KindExchange is a conversation on one connection.
	KindExchange = "exchange"
)

// LLPSCase is a case of llps_frames.json. Kind says which other fields are set.
type LLPSCase struct {
	Case
	Kind string `json:"kind"`

	// Frame is the binary message of a publish or deliver case.
	Frame Bytes `json:"frame"`
	// Valid says whether the frame is accepted; Reason is the catalogue's reason
	// if not.
	Valid  bool   `json:"valid"`
	Reason string `json:"reason"`
	// Publish is what the frame says. It is set whenever the frame can be taken
	// apart, which every refusal but FRAME_INVALID leaves possible.
	Publish *Publish `json:"publish"`
	// Deliver is what a valid frame says.
	Deliver *Deliver `json:"deliver"`

	// Grants are the rights of the connection of an exchange.
	Grants []Grant `json:"grants"`
	// Steps happen one after the other on that connection.
	Steps []Step `json:"steps"`
}

// Publish is what a publish frame says, with the names as they stand in it.
type Publish struct {
	Version int    `json:"version"`
	Mode    string `json:"mode"` // "broadcast", "one-low-latency", "one-random"
	Tenant  string `json:"tenant"`
	Channel string `json:"channel"`
	Payload Bytes  `json:"payload"`
}

// Deliver is what a deliver frame says.
type Deliver struct {
	Tenant   string   `json:"tenant"`
	Channel  string   `json:"channel"`
	Payload  Bytes    `json:"payload"`
	Patterns []string `json:"patterns"`
}

// Grant is one grant of an access token.
type Grant struct {
	Tenants   []string `json:"tenants"`
	Publish   []string `json:"publish"`
	Subscribe []string `json:"subscribe"`
}

// Step is one message of the client, text (Send) or binary (SendFrame), and
// everything that the server answers before it handles the next.
type Step struct {
	Send      string   `json:"send"`
	SendFrame Bytes    `json:"send_frame"`
	Answers   []Answer `json:"answers"`
	// Closes is the close code with which the server ends the connection behind
	// the answers; 0: it stays open.
	Closes int `json:"closes"`
}

// Answer is one message of the server. Exactly one field is set.
type Answer struct {
	// Text is a whole text message.
	Text string `json:"text"`
	// ErrorCode is the code of a text message "ERR:{code}", whatever detail
	// follows behind another colon.
	ErrorCode string `json:"error_code"`
	// JSON is a text message that is this JSON value, whatever the order and
	// spacing of its members. A member "message" of the server's is for people
	// and is not compared.
	JSON json.RawMessage `json:"json"`
	// Deliver is a binary message. The order of its patterns is not compared.
	Deliver *Deliver `json:"deliver"`
}

// Bytes are written in the files as a list of parts, one behind the other: each
// some hex digits (spaces between bytes are for readers) and how many times they
// stand there, once if not said.
type Bytes []byte

// UnmarshalJSON joins the parts.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var parts []struct {
		Hex   string `json:"hex"`
		Times *int   `json:"times"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	joined := Bytes{}
	for _, part := range parts {
		once, err := hex.DecodeString(strings.ReplaceAll(part.Hex, " ", ""))
		if err != nil {
			return fmt.Errorf("hex %q: %w", part.Hex, err)
		}
		times := 1
		if part.Times != nil {
			times = *part.Times
		}
		joined = append(joined, bytes.Repeat(once, times)...)
	}
	*b = joined
	return nil
}
