package vectors

// The kinds of TranscriptCase.
const (
	// KindRequest is a frame of a client, a SessionRequest.
	KindRequest = "request"
	// KindResponse is a frame of the server, a SessionResponse.
	KindResponse = "response"
)

// TranscriptCase is a case of transcripts.json: one frame of the session
// protocol. Valid says whether it can be read, Reason why not.
type TranscriptCase struct {
	Case
	Kind   string `json:"kind"`
	Frame  Bytes  `json:"frame"`
	Valid  bool   `json:"valid"`
	Reason string `json:"reason"`
	// Canonical says of a valid request that a client writes exactly these bytes.
	Canonical bool `json:"canonical"`
	// Command is what a valid request asks for.
	Command *SessionCommand `json:"command"`
	// Event is what a valid response says; nil: nothing that is known.
	Event *SessionEvent `json:"event"`
}

// SessionCommand is a SessionRequest. Exactly one field is set.
type SessionCommand struct {
	Subscribe    *PatternCommand      `json:"subscribe"`
	Unsubscribe  *PatternCommand      `json:"unsubscribe"`
	Publish      *PublishCommand      `json:"publish"`
	Authenticate *AuthenticateCommand `json:"authenticate"`
	Ping         *PingCommand         `json:"ping"`
}

// PatternCommand is a SubscribeCommand or an UnsubscribeCommand.
type PatternCommand struct {
	RequestID uint64 `json:"request_id,string"`
	Tenant    string `json:"tenant"`
	Pattern   string `json:"pattern"`
}

// PublishCommand is a PublishCommand.
type PublishCommand struct {
	Messages []OutgoingMessage `json:"messages"`
}

// OutgoingMessage is an OutgoingMessage.
type OutgoingMessage struct {
	RequestID    uint64 `json:"request_id,string"`
	Tenant       string `json:"tenant"`
	Channel      string `json:"channel"`
	Payload      Bytes  `json:"payload"`
	DeliveryMode string `json:"delivery_mode"` // as Publish.Mode
}

// AuthenticateCommand is an AuthenticateCommand.
type AuthenticateCommand struct {
	RequestID uint64 `json:"request_id,string"`
	Token     string `json:"token"`
}

// PingCommand is a PingCommand.
type PingCommand struct {
	RequestID uint64 `json:"request_id,string"`
}

// SessionEvent is a SessionResponse. Exactly one field is set.
type SessionEvent struct {
	Welcome           *Welcome           `json:"welcome"`
	Success           *Success           `json:"success"`
	Failure           *FailureEvent      `json:"failure"`
	Deliveries        *Deliveries        `json:"deliveries"`
	Lost              *Lost              `json:"lost"`
	SubscriptionEnded *SubscriptionEnded `json:"subscription_ended"`
	GoAway            *GoAway            `json:"go_away"`
}

// Welcome is a Welcome. An expiry of 0 is not there.
type Welcome struct {
	SessionID      string       `json:"session_id"`
	Node           string       `json:"node"`
	ServerVersion  string       `json:"server_version"`
	Limits         Limits       `json:"limits"`
	KeepAlive      Milliseconds `json:"keep_alive_interval_ms"`
	TokenExpiresAt int64        `json:"token_expires_at_unix_nanos,string"`
}

// Limits are those of Limits that an SDK keeps to, in bytes.
type Limits struct {
	Tenant  int `json:"max_tenant_bytes"`
	Channel int `json:"max_channel_bytes"`
	Payload int `json:"max_payload_bytes"`
	Frame   int `json:"max_frame_bytes"`
}

// Success is a Success. A handle or an expiry of 0 is not there.
type Success struct {
	RequestIDs     []Number `json:"request_ids"`
	PatternHandle  uint64   `json:"pattern_handle,string"`
	TokenExpiresAt int64    `json:"token_expires_at_unix_nanos,string"`
}

// FailureEvent is a Failure; the reason is its name.
type FailureEvent struct {
	RequestID     uint64 `json:"request_id,string"`
	Reason        string `json:"reason"`
	Message       string `json:"message"`
	Retryable     bool   `json:"retryable"`
	ClosesSession bool   `json:"closes_session"`
}

// Deliveries is a Deliveries.
type Deliveries struct {
	Messages []Delivery `json:"messages"`
}

// Delivery is a Delivery.
type Delivery struct {
	IDOrigin       uint64   `json:"id_origin,string"`
	IDSequence     uint64   `json:"id_sequence,string"`
	PublishedAt    int64    `json:"published_at_unix_nanos,string"`
	Tenant         string   `json:"tenant"`
	Channel        string   `json:"channel"`
	Payload        Bytes    `json:"payload"`
	PatternHandles []Number `json:"pattern_handles"`
}

// Lost is a Lost.
type Lost struct {
	Messages uint64 `json:"messages,string"`
}

// SubscriptionEnded is a SubscriptionEnded; the reason is its name.
type SubscriptionEnded struct {
	PatternHandle uint64 `json:"pattern_handle,string"`
	Reason        string `json:"reason"`
	Message       string `json:"message"`
	Tenant        string `json:"tenant"`
	Pattern       string `json:"pattern"`
}

// GoAway is a GoAway; the reason is its name.
type GoAway struct {
	Reason         string       `json:"reason"`
	Message        string       `json:"message"`
	TimeUntilClose Milliseconds `json:"time_until_close_ms"`
}

// Transcripts loads transcripts.json.
func Transcripts() ([]TranscriptCase, error) {
	return load[TranscriptCase](files, "transcripts.json")
}
