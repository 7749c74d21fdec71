package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

// received is a message as sub shows it.
type received struct {
	tenant, channel string
	payload         []byte
	patterns        []string
	id              string
	publishedAt     time.Time
}

// receivedJSON is a message as sub --json shows it: text payloads as they are,
// others in base64.
type receivedJSON struct {
	Tenant      string    `json:"tenant"`
	Channel     string    `json:"channel"`
	Payload     string    `json:"payload"`
	Encoding    string    `json:"encoding,omitempty"`
	Patterns    []string  `json:"patterns"`
	MessageID   string    `json:"message_id"`
	PublishedAt time.Time `json:"published_at"`
}

// form turns a message into what goes to standard output.
type form func(to *bytes.Buffer, message received) error

// payloadLine is the payload and a line end.
func payloadLine(to *bytes.Buffer, message received) error {
	to.Write(message.payload)
	to.WriteByte('\n')
	return nil
}

// payloadOnly is the payload and nothing else.
func payloadOnly(to *bytes.Buffer, message received) error {
	to.Write(message.payload)
	return nil
}

// jsonLine is one JSON object and a line end.
func jsonLine(to *bytes.Buffer, message received) error {
	shown := receivedJSON{
		Tenant: message.tenant, Channel: message.channel, Payload: string(message.payload),
		Patterns: message.patterns, MessageID: message.id, PublishedAt: message.publishedAt.UTC(),
	}
	if !utf8.Valid(message.payload) {
		shown.Payload, shown.Encoding = base64.StdEncoding.EncodeToString(message.payload), "base64"
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(shown)
}

// printer writes messages, each with one write, until it has written as many as
// it may. Several goroutines may share it.
type printer struct {
	to    io.Writer
	form  form
	limit int // 0: none

	mutex   sync.Mutex
	buffer  bytes.Buffer
	written int
	full    chan struct{} // closed once limit messages are written
}

func newPrinter(to io.Writer, form form, limit int) *printer {
	return &printer{to: to, form: form, limit: limit, full: make(chan struct{})}
}

// print writes a message; beyond the limit it writes nothing.
func (p *printer) print(message received) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.limit > 0 && p.written == p.limit {
		return nil
	}
	p.buffer.Reset()
	if err := p.form(&p.buffer, message); err != nil {
		return err
	}
	if _, err := p.to.Write(p.buffer.Bytes()); err != nil {
		return err
	}
	if p.written++; p.written == p.limit {
		close(p.full)
	}
	return nil
}
