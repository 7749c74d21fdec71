package llps

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// messages takes the WebSocket messages of a frame apart.
func messages(t *testing.T, f *outbox.Frame, o wsframe.Opcode) []string {
	t.Helper()
	require.NotNil(t, f)
	require.Equal(t, outbox.KindWire, f.Kind)
	var list []string
	for rest := f.Data; len(rest) > 0; {
		h, ok := wsframe.ParseHeader(rest)
		require.True(t, ok)
		require.True(t, h.Fin)
		require.Equal(t, o, h.Opcode)
		size := int(h.Payload) //nolint:gosec // a size
		require.LessOrEqual(t, h.Size+size, len(rest))
		list = append(list, string(rest[h.Size:h.Size+size]))
		rest = rest[h.Size+size:]
	}
	return list
}

func text(t *testing.T, f *outbox.Frame) string {
	t.Helper()
	list := messages(t, f, wsframe.Text)
	require.Len(t, list, 1)
	require.True(t, utf8.ValidString(list[0]))
	return list[0]
}

func requests(action session.Action, tenant, name string) session.Success {
	return session.Success{Requests: []session.Request{{Action: action, Tenant: tenant, Name: name}}}
}

// LP-8, LP-13, LP-16, LP-18, LP-20.
func TestTextAnswers(t *testing.T) {
	assert.Nil(t, Text{}.Welcome(session.Welcome{}))
	assert.Nil(t, Text{}.Success(requests(session.ActionPublish, "t1", "a")))
	assert.Equal(t, "OK:SUB:t1:a.#", text(t, Text{}.Success(requests(session.ActionSubscribe, "t1", "a.#"))))
	assert.Equal(t, "OK:UNSUB::a.#", text(t, Text{}.Success(requests(session.ActionUnsubscribe, "", "a.#"))))
	assert.Equal(t, "PONG", text(t, Text{}.Success(requests(session.ActionPing, "", ""))))
	assert.Equal(t, "RECONNECT", text(t, Text{}.GoAway(apierror.New(apierror.Draining, ""), time.Second)))
}

// LP-19, LP-22.
func TestTextErrors(t *testing.T) {
	for want, test := range map[string]struct {
		r      session.Request
		reason apierror.Reason
	}{
		"ERR:permission_denied:SUB:t1:secret.#": {session.Request{Action: session.ActionSubscribe, Tenant: "t1", Name: "secret.#"}, apierror.SubscribeDenied},
		"ERR:permission_denied:PUB:t1:a":        {session.Request{Action: session.ActionPublish, Tenant: "t1", Name: "a"}, apierror.PublishDenied},
		"ERR:channel_invalid:PUB::\uFFFDa":      {session.Request{Action: session.ActionPublish, Name: "\xff\xfea"}, apierror.ChannelInvalid},
		"ERR:pattern_invalid:UNSUB:t1:a..b":     {session.Request{Action: session.ActionUnsubscribe, Tenant: "t1", Name: "a..b"}, apierror.PatternInvalid},
		"ERR:frame_invalid":                     {session.Request{}, apierror.FrameInvalid},
		"ERR:ip_not_allowed":                    {session.Request{}, apierror.IPNotAllowed},
	} {
		got := Text{}.Failure(test.r, apierror.New(test.reason, "a text for people"), false)
		assert.Equal(t, want, text(t, got))
		assert.Zero(t, got.Messages)
	}
	assert.Equal(t, "ERR:slow_consumer:42", text(t, Text{}.Lost(42)))
	assert.Equal(t, "ERR:permission_denied:SUB:t1:a.#",
		text(t, Text{}.SubscriptionEnded("t1", hub.Match{Pattern: "a.#"}, apierror.New(apierror.SubscribeDenied, ""))))
}

func matchesOf(patterns ...string) []hub.Match {
	list := make([]hub.Match, len(patterns))
	for i, p := range patterns {
		list[i].Pattern = p
	}
	return list
}

// LP-14, LP-15: the vectors of deliver frames.
func TestDeliverVectors(t *testing.T) {
	cases, err := vectors.LLPSFrames()
	require.NoError(t, err)
	seen := 0
	for _, test := range cases {
		if test.Kind != vectors.KindDeliver || !test.Valid {
			continue
		}
		seen++
		d := test.Deliver
		f := Text{}.EncodeDelivery(&hub.Message{Tenant: d.Tenant, Channel: d.Channel, Payload: d.Payload}, matchesOf(d.Patterns...))
		assert.Equal(t, 1, f.Messages)
		assert.Equal(t, []string{string(test.Frame)}, messages(t, f, wsframe.Binary), test.Name)
	}
	assert.Greater(t, seen, 5)
}

// LP-14: the count has 16 bits.
func TestDeliverCountsAsManyPatternsAsItCan(t *testing.T) {
	f := Text{}.EncodeDelivery(&hub.Message{Tenant: "t", Channel: "c"}, make([]hub.Match, 70000))
	body := messages(t, f, wsframe.Binary)[0]
	assert.Equal(t, "\xff\xff", body[11:13])
	assert.Len(t, body, 13+2*65535)
}

// LP-24, LP-25, LP-26, LP-28.
func TestJSONAnswers(t *testing.T) {
	denied := apierror.New(apierror.SubscribeDenied, "no \"#\"\n\xff")
	tagged := session.Request{Action: session.ActionSubscribe, Tenant: "t1", Name: "a.#", Tag: []byte(`"x"`)}
	for want, f := range map[string]*outbox.Frame{
		`{"type":"ok","action":"subscribe","tenant":"t1","channel":"a.#"}`:          JSON{}.Success(requests(session.ActionSubscribe, "t1", "a.#")),
		`{"type":"ok","action":"unsubscribe","tenant":"","channel":"a.#"}`:          JSON{}.Success(requests(session.ActionUnsubscribe, "", "a.#")),
		`{"type":"ok","action":"subscribe","tenant":"t1","channel":"a.#","id":"x"}`: JSON{}.Success(session.Success{Requests: []session.Request{tagged}}),
		`{"type":"pong"}`:        JSON{}.Success(requests(session.ActionPing, "", "")),
		`{"type":"pong","id":5}`: JSON{}.Success(session.Success{Requests: []session.Request{{Action: session.ActionPing, Tag: []byte("5")}}}),
		`{"type":"reconnect"}`:   JSON{}.GoAway(apierror.New(apierror.Draining, ""), time.Second),
		`{"type":"error","reason":"SUBSCRIBE_DENIED","message":"no \"#\"\n�","action":"subscribe","id":"x"}`:                                          JSON{}.Failure(tagged, denied, false),
		`{"type":"error","reason":"FRAME_INVALID","message":"what"}`:                                                                                  JSON{}.Failure(session.Request{}, apierror.New(apierror.FrameInvalid, "what"), true),
		`{"type":"error","reason":"SLOW_CONSUMER","message":"messages were dropped because the client reads more slowly than they arrive","lost":42}`: JSON{}.Lost(42),
		`{"type":"error","reason":"SUBSCRIBE_DENIED","message":"x","action":"subscribe","tenant":"t1","channel":"a"}`:                                 JSON{}.SubscriptionEnded("t1", hub.Match{Pattern: "a"}, apierror.New(apierror.SubscribeDenied, "x")),
	} {
		assert.Zero(t, f.Messages)
		assert.JSONEq(t, want, text(t, f))
	}
	assert.Nil(t, JSON{}.Welcome(session.Welcome{}))
}

// LP-25: publishes that are acknowledged together get a message each.
func TestJSONAcknowledgesEachPublish(t *testing.T) {
	got := messages(t, JSON{}.Success(session.Success{Requests: []session.Request{
		{Action: session.ActionPublish, Tenant: "t", Name: "a", Tag: []byte("1")},
		{Action: session.ActionPublish, Tenant: "t", Name: strings.Repeat("b", 200), Tag: []byte("2")},
	}}), wsframe.Text)
	require.Len(t, got, 2)
	assert.JSONEq(t, `{"type":"ok","action":"publish","tenant":"t","channel":"a","id":1}`, got[0])
	assert.Contains(t, got[1], `"id":2`)
}

// LP-27.
func TestJSONDelivery(t *testing.T) {
	for _, size := range []int{0, 1, 100, 1000, 70000} {
		payload := bytes.Repeat([]byte("é"), size)
		checkJSONDelivery(t, payload, "a.#", "a.*")
		checkJSONDelivery(t, append(payload, 0xff), "a.#")
	}
	checkJSONDelivery(t, []byte("\"\\/\b\f\n\r\t\x00\x1f<>&\u2028\x7f"), "a.b")
}

func checkJSONDelivery(t *testing.T, payload []byte, patterns ...string) {
	t.Helper()
	f := JSON{}.EncodeDelivery(&hub.Message{Tenant: "t1", Channel: "a.b", Payload: payload}, matchesOf(patterns...))
	require.Equal(t, 1, f.Messages)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(text(t, f)), &got))
	want := map[string]any{"type": "message", "tenant": "t1", "channel": "a.b", "payload": string(payload), "patterns": []any{}}
	if !utf8.Valid(payload) {
		want["payload"], want["encoding"] = base64.StdEncoding.EncodeToString(payload), "base64"
	}
	for _, p := range patterns {
		want["patterns"] = append(want["patterns"].([]any), p)
	}
	require.Equal(t, want, got)
	if size := deliverySize(&hub.Message{Tenant: "t1", Channel: "a.b", Payload: payload}, matchesOf(patterns...), utf8.Valid(payload)); len(f.Data) > size {
		t.Errorf("%d bytes, and room for %d", len(f.Data), size)
	}
}

func FuzzJSONDelivery(f *testing.F) {
	f.Add([]byte("hello"))
	f.Add([]byte("\"\\\n\x00"))
	f.Add([]byte{0xff, 0xfe})
	f.Fuzz(func(t *testing.T, payload []byte) { checkJSONDelivery(t, payload, "a.#") })
}

func TestSmallDeliveriesAreOneAllocation(t *testing.T) {
	m := &hub.Message{Tenant: "t1", Channel: "a.b", Payload: make([]byte, 128)}
	matches := matchesOf("a.#")
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sink = Text{}.EncodeDelivery(m, matches) }))
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sink = JSON{}.EncodeDelivery(m, matches) }))
}

func TestCodecsAreEqual(t *testing.T) {
	var a, b hub.Encoder = Text{}, Text{}
	assert.True(t, a == b)
	a, b = JSON{}, JSON{}
	assert.True(t, a == b)
}

var sink *outbox.Frame

func BenchmarkEncodeDelivery(b *testing.B) {
	m := &hub.Message{Tenant: "t1", Channel: "a.b", Payload: bytes.Repeat([]byte("x"), 128)}
	matches := matchesOf("a.#", "a.*")
	for name, codec := range map[string]session.Codec{"text": Text{}, "json": JSON{}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = codec.EncodeDelivery(m, matches)
			}
		})
	}
}
