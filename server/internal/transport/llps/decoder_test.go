package llps

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

// LP-9, LP-16: text lines are matched exactly; the tenant runs to the first colon.
func TestDecodeTextLines(t *testing.T) {
	for line, want := range map[string]session.Request{
		"PING":           {Action: session.ActionPing},
		"SUB:t1:a.#":     {Action: session.ActionSubscribe, Tenant: "t1", Name: "a.#"},
		"SUB::a.b":       {Action: session.ActionSubscribe, Name: "a.b"},
		"SUB:t1:":        {Action: session.ActionSubscribe, Tenant: "t1"},
		"SUB::":          {Action: session.ActionSubscribe},
		"SUB:t1:a:b":     {Action: session.ActionSubscribe, Tenant: "t1", Name: "a:b"},
		"SUB:t1:a.b\n":   {Action: session.ActionSubscribe, Tenant: "t1", Name: "a.b\n"},
		"UNSUB:t1:a.>":   {Action: session.ActionUnsubscribe, Tenant: "t1", Name: "a.>"},
		"UNSUB:t 1:a..b": {Action: session.ActionUnsubscribe, Tenant: "t 1", Name: "a..b"},
	} {
		var d Decoder
		var c command.Command
		require.Nil(t, d.DecodeText([]byte(line), &c), line)
		assert.Equal(t, want, c.Request, line)
		assert.Empty(t, c.Publications, line)
		assert.Empty(t, c.Refusals, line)
	}
}

// LP-9: an unknown line is FRAME_INVALID.
func TestDecodeTextRefusesUnknownLines(t *testing.T) {
	for _, line := range []string{
		"", " ", "PING ", " PING", "PING\n", "ping", "PONG", "SUB", "SUB:", "SUB:t1", " SUB:t1:a", "sub:t1:a", "UNSUB:", "PUB:t1:a",
		"OK:SUB:t1:a", ":", "::", "[]", "\"PING\"", "null", "{", "{]", `{"action":"ping"} x`, `{"action":"ping"}{}`, "\xff", "SUB:t1:\xff", "{\"action\":\"\xff\"}",
	} {
		var d Decoder
		var c command.Command
		err := d.DecodeText([]byte(line), &c)
		require.NotNil(t, err, "%q", line)
		assert.Equal(t, apierror.FrameInvalid, err.Reason(), "%q", line)
		assert.True(t, c.OnlyPublishes(), "%q", line)
	}
}

// LP-10, LP-11, LP-12, LP-13: the vectors of binary publishes. What is wrong
// with the names or the payload is found by the session.
func TestDecodeBinaryVectors(t *testing.T) {
	cases, err := vectors.LLPSFrames()
	require.NoError(t, err)
	modes := map[string]hub.Mode{"broadcast": hub.Broadcast, "one-low-latency": hub.OneLowLatency, "one-random": hub.OneRandom}
	seen := 0
	for _, test := range cases {
		if test.Kind != vectors.KindPublish {
			continue
		}
		seen++
		var d Decoder
		var c command.Command
		err := d.DecodeBinary(test.Frame, &c)
		if test.Publish == nil {
			require.NotNil(t, err, test.Name)
			assert.Equal(t, test.Reason, apierror.Name(err.Reason()), test.Name)
			assert.Empty(t, c.Publications, test.Name)
			continue
		}
		require.Nil(t, err, test.Name)
		require.Len(t, c.Publications, 1, test.Name)
		got := c.Publications[0]
		assert.Equal(t, session.Request{Action: session.ActionPublish, Tenant: test.Publish.Tenant, Name: test.Publish.Channel}, got.Request, test.Name)
		assert.Equal(t, []byte(test.Publish.Payload), got.Payload, test.Name)
		assert.Equal(t, modes[test.Publish.Mode], got.Mode, test.Name)
	}
	assert.Greater(t, seen, 20)
}

func TestDecodeBinaryToOneChannelCostsNoAllocation(t *testing.T) {
	var d Decoder
	var c command.Command
	frame := []byte("\x00\x02t1\x00\x03a.bhi")
	require.Nil(t, d.DecodeBinary(frame, &c))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		c.Reset()
		d.DecodeBinary(frame, &c)
	}))
}

// LP-24, LP-25.
func TestDecodeJSON(t *testing.T) {
	for text, want := range map[string]session.Request{
		`{"action":"subscribe","tenant":"t1","channel":"a.#"}`:          {Action: session.ActionSubscribe, Tenant: "t1", Name: "a.#"},
		`{"action":"unsubscribe","tenant":"t1","channel":"a.#","id":7}`: {Action: session.ActionUnsubscribe, Tenant: "t1", Name: "a.#", Tag: []byte("7")},
		` {"action":"ping","id":"x\"1","more":[{}],"tenant":null} `:     {Action: session.ActionPing, Tag: []byte(`"x\"1"`)},
		`{"action":"subscribe","channel":"a","id":null}`:                {Action: session.ActionSubscribe, Name: "a"},
		`{"action":"subscribe","channel":"a","id":-1.5e9}`:              {Action: session.ActionSubscribe, Name: "a", Tag: []byte("-1.5e9")},
	} {
		var d Decoder
		var c command.Command
		require.Nil(t, d.DecodeText([]byte(text), &c), text)
		assert.Empty(t, c.Refusals, text)
		assert.Equal(t, want, c.Request, text)
	}
}

// LP-25: payload as text or base64, delivery, acknowledgement by id.
func TestDecodeJSONPublish(t *testing.T) {
	for text, want := range map[string]session.Publication{
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"hello"}`:                         {Payload: []byte("hello")},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":""}`:                              {Payload: []byte{}},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"h\u00e9\n","delivery":"one"}`:    {Payload: []byte("hé\n"), Mode: hub.OneRandom},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"\ud83d\ude00"}`:                  {Payload: []byte("😀")},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"","delivery":"broadcast"}`:       {Payload: []byte{}},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"//4=","encoding":"base64"}`:      {Payload: []byte{0xff, 0xfe}},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"","delivery":null,"id":"i"}`:     {Payload: []byte{}, Request: session.Request{Tag: []byte(`"i"`), Ack: true}},
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"","delivery":"one-low-latency"}`: {Payload: []byte{}, Mode: hub.OneLowLatency},
	} {
		want.Request.Action, want.Request.Tenant, want.Request.Name = session.ActionPublish, "t1", "a.b"
		var d Decoder
		var c command.Command
		require.Nil(t, d.DecodeText([]byte(text), &c), text)
		assert.Empty(t, c.Refusals, text)
		assert.Equal(t, []session.Publication{want}, c.Publications, text)
	}
}

// LP-24, LP-26: a JSON object that cannot be carried out is REQUEST_INVALID, and
// its id is repeated.
func TestDecodeJSONRefuses(t *testing.T) {
	for text, want := range map[string]session.Request{
		`{}`:                          {},
		`{"id":1}`:                    {Tag: []byte("1")},
		`{"action":"x","id":1}`:       {Tag: []byte("1")},
		`{"Action":"ping","id":1}`:    {Tag: []byte("1")},
		`{"action":5,"id":"x"}`:       {Tag: []byte(`"x"`)},
		`{"action":"ping","id":true}`: {},
		`{"action":"ping","id":[1]}`:  {},
		`{"action":"subscribe","tenant":1,"channel":"a","id":1}`:                 {Action: session.ActionSubscribe, Tag: []byte("1")},
		`{"action":"subscribe","tenant":"t","channel":["a"],"id":1}`:             {Action: session.ActionSubscribe, Tenant: "t", Tag: []byte("1")},
		`{"action":"publish","channel":"a","id":1}`:                              {Action: session.ActionPublish, Name: "a", Tag: []byte("1"), Ack: true},
		`{"action":"publish","channel":"a","payload":5}`:                         {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"%","encoding":"base64"}`:   {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"aGk","encoding":"base64"}`: {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"aGk=","encoding":"hex"}`:   {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"aGk=","encoding":1}`:       {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"hi","delivery":"all"}`:     {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"hi","delivery":1}`:         {Action: session.ActionPublish, Name: "a"},
		`{"action":"publish","channel":"a","payload":"x\ud83d","id":1}`:          {Action: session.ActionPublish, Name: "a", Tag: []byte("1"), Ack: true},
		`{"action":"publish","channel":"\udc00","payload":"x"}`:                  {Action: session.ActionPublish},
		`{"action":"subscribe","tenant":"\ud800","channel":"a","id":1}`:          {Action: session.ActionSubscribe, Tag: []byte("1")},
	} {
		var d Decoder
		var c command.Command
		require.Nil(t, d.DecodeText([]byte(text), &c), text)
		require.Len(t, c.Refusals, 1, text)
		assert.Equal(t, apierror.RequestInvalid, c.Refusals[0].Err.Reason(), text)
		assert.Equal(t, want, c.Refusals[0].Request, text)
		assert.Empty(t, c.Publications, text)
		assert.Equal(t, session.ActionNone, c.Request.Action, text)
	}
}

// LP-9.
func FuzzDecodeText(f *testing.F) {
	for _, seed := range []string{
		"PING", "SUB:t1:a.#", "UNSUB::a", "SUB:t1", "\xff", "{}", `{"action":"ping","id":1}`,
		`{"action":"publish","tenant":"t1","channel":"a.b","payload":"//4=","encoding":"base64","delivery":"one","id":"x"}`,
		`{"action":"subscribe","tenant":null,"channel":"a.#"}`, "{\"a\":\"\\ud800\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		var d Decoder
		var c command.Command
		if err := d.DecodeText(message, &c); err != nil {
			require.Equal(t, apierror.FrameInvalid, err.Reason())
			require.True(t, c.OnlyPublishes() && len(c.Publications) == 0)
			require.False(t, IsJSON(message) && utf8.Valid(message) && json.Valid(message), "JSON objects never close")
			return
		}
		require.Equal(t, 1, len(c.Publications)+len(c.Refusals)+min(int(c.Request.Action), 1), "one command")
		if !IsJSON(message) && c.Request.Action != session.ActionPing {
			require.Equal(t, string(message), commandLine(&c.Request))
		}
	})
}

// LP-12.
func FuzzDecodeBinary(f *testing.F) {
	f.Add([]byte("\x00\x02t1\x00\x03a.bhi"))
	f.Add([]byte("\x02\x01\x00\x02t1\x00\x03a.bhi"))
	f.Add([]byte("\x02\x03\x00\x02t1\x00\x03a.bhi"))
	f.Add([]byte("\x00\xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, message []byte) {
		var d Decoder
		var c command.Command
		if err := d.DecodeBinary(message, &c); err != nil {
			require.Equal(t, apierror.FrameInvalid, err.Reason())
			require.Empty(t, c.Publications)
			return
		}
		p := c.Publications[0]
		again := appendName(appendName(nil, p.Request.Tenant), p.Request.Name)
		again = append(again, p.Payload...)
		if message[0] == firstPublishV2 {
			require.Equal(t, p.Mode, modes[message[1]])
			message = message[2:]
		}
		require.Equal(t, message, again)
	})
}

func BenchmarkDecodeBinary(b *testing.B) {
	var d Decoder
	var c command.Command
	frame := append([]byte("\x00\x02t1\x00\x03a.b"), make([]byte, 128)...)
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		d.DecodeBinary(frame, &c)
	}
}

func BenchmarkDecodeJSONPublish(b *testing.B) {
	var d Decoder
	var c command.Command
	frame := []byte(`{"action":"publish","tenant":"t1","channel":"a.b","payload":"hello, world"}`)
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		d.DecodeText(frame, &c)
	}
}
