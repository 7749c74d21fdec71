package sessionframe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

func encoded(t testing.TB, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	require.NoError(t, err)
	return data
}

func publishOf(messages ...*fastpubsubv1.OutgoingMessage) *fastpubsubv1.SessionRequest {
	return &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
		Publish: &fastpubsubv1.PublishCommand{Messages: messages},
	}}
}

func TestDecodeCommands(t *testing.T) {
	for name, test := range map[string]struct {
		request *fastpubsubv1.SessionRequest
		want    session.Request
		token   string
	}{
		"SF-6 subscribe": {
			request: &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
				Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t1", Pattern: "a.#"},
			}},
			want: session.Request{ID: 1, Action: session.ActionSubscribe, Tenant: "t1", Name: "a.#"},
		},
		"SF-7 unsubscribe": {
			request: &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Unsubscribe{
				Unsubscribe: &fastpubsubv1.UnsubscribeCommand{RequestId: 1 << 60, Pattern: "a.#"},
			}},
			want: session.Request{ID: 1 << 60, Action: session.ActionUnsubscribe, Name: "a.#"},
		},
		"SF-10 authenticate": {
			request: &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Authenticate{
				Authenticate: &fastpubsubv1.AuthenticateCommand{RequestId: 7, Token: "AT_a_b"},
			}},
			want:  session.Request{ID: 7, Action: session.ActionAuthenticate},
			token: "AT_a_b",
		},
		"SF-11 ping": {
			request: &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{
				Ping: &fastpubsubv1.PingCommand{RequestId: 9},
			}},
			want: session.Request{ID: 9, Action: session.ActionPing},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			var c command.Command
			require.Nil(t, d.Decode(encoded(t, test.request), &c))
			assert.Equal(t, test.want, c.Request)
			assert.Equal(t, test.token, c.Token.Reveal())
			assert.Empty(t, c.Publications)
			assert.Empty(t, c.Refusals)
		})
	}
}

// SF-8: many publishes in one frame, acknowledged or not; and frames that follow
// are added.
func TestDecodePublishes(t *testing.T) {
	var d Decoder
	var c command.Command
	frame := encoded(t, publishOf(
		&fastpubsubv1.OutgoingMessage{RequestId: 5, Tenant: "t1", Channel: "a.b", Payload: []byte("hi")},
		&fastpubsubv1.OutgoingMessage{Channel: "c", DeliveryMode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM},
	))
	require.Nil(t, d.Decode(frame, &c))
	more := encoded(t, publishOf(&fastpubsubv1.OutgoingMessage{
		RequestId: 6, Tenant: "t1", Channel: "c", DeliveryMode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY,
	}))
	require.Nil(t, d.Decode(more, &c))
	assert.True(t, c.OnlyPublishes())
	assert.Equal(t, []session.Publication{
		{Request: session.Request{ID: 5, Action: session.ActionPublish, Tenant: "t1", Name: "a.b", Ack: true}, Payload: []byte("hi")},
		{Request: session.Request{Action: session.ActionPublish, Name: "c"}, Mode: hub.OneRandom},
		{Request: session.Request{ID: 6, Action: session.ActionPublish, Tenant: "t1", Name: "c", Ack: true}, Mode: hub.OneLowLatency},
	}, c.Publications)
}

// SF-8: an unknown delivery mode refuses its message and no other.
func TestDecodeRefusesUnknownModes(t *testing.T) {
	var d Decoder
	var c command.Command
	require.Nil(t, d.Decode(encoded(t, publishOf(
		&fastpubsubv1.OutgoingMessage{RequestId: 1, Channel: "a"},
		&fastpubsubv1.OutgoingMessage{RequestId: 2, Channel: "a", DeliveryMode: 4},
		&fastpubsubv1.OutgoingMessage{RequestId: 3, Channel: "a", DeliveryMode: -1},
	)), &c))
	require.Len(t, c.Publications, 1)
	require.Len(t, c.Refusals, 2)
	for i, refusal := range c.Refusals {
		assert.Equal(t, uint64(2+i), refusal.Request.ID) //nolint:gosec // small
		assert.Equal(t, apierror.RequestInvalid, refusal.Err.Reason())
	}
}

// SF-5: an answer without a request id could not be told from others.
func TestDecodeRefusesRequestIDZero(t *testing.T) {
	for _, request := range []*fastpubsubv1.SessionRequest{
		{Command: &fastpubsubv1.SessionRequest_Subscribe{Subscribe: &fastpubsubv1.SubscribeCommand{Pattern: "a"}}},
		{Command: &fastpubsubv1.SessionRequest_Unsubscribe{Unsubscribe: &fastpubsubv1.UnsubscribeCommand{Pattern: "a"}}},
		{Command: &fastpubsubv1.SessionRequest_Authenticate{Authenticate: &fastpubsubv1.AuthenticateCommand{Token: "AT_a_b"}}},
		{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{}}},
		publishOf(),
	} {
		var d Decoder
		var c command.Command
		require.Nil(t, d.Decode(encoded(t, request), &c))
		assert.Equal(t, session.ActionNone, c.Request.Action)
		require.Len(t, c.Refusals, 1)
		assert.Equal(t, apierror.RequestInvalid, c.Refusals[0].Err.Reason())
	}
}

// SF-3: what cannot be read, or carries no command, is FRAME_INVALID, and leaves
// the publishes of earlier frames alone.
func TestDecodeRefusesUnreadableFrames(t *testing.T) {
	good := encoded(t, publishOf(&fastpubsubv1.OutgoingMessage{Channel: "a", Payload: []byte("hi")}))
	for name, frame := range map[string][]byte{
		"empty":                       {},
		"no command":                  {0xf8, 0x07, 0x01},
		"cut":                         good[:len(good)-1],
		"one byte more":               append(append([]byte{}, good...), 0x1a),
		"text":                        []byte("PING"),
		"channel that is not UTF-8":   {0x1a, 0x05, 0x0a, 0x03, 0x1a, 0x01, 0xff},
		"tenant that is not UTF-8":    {0x1a, 0x05, 0x0a, 0x03, 0x12, 0x01, 0xff},
		"message behind a broken one": {0x1a, 0x06, 0x0a, 0x02, 0x1a, 0x07, 0x0a, 0x00},
		"field number 0":              {0x1a, 0x02, 0x02, 0x00},
		"end of a group":              {0x1a, 0x01, 0x0c},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			var c command.Command
			require.Nil(t, d.Decode(good, &c))
			err := d.Decode(frame, &c)
			require.NotNil(t, err)
			assert.Equal(t, apierror.FrameInvalid, err.Reason())
			assert.Len(t, c.Publications, 1)
			assert.Empty(t, c.Refusals)
			assert.Equal(t, session.ActionNone, c.Request.Action)
		})
	}
}

// refusing is a session that writes down refusals and publishes.
// noting notes what a session is asked for.
type noting struct {
	command.Session
	log []string
}

func (n *noting) Refuse(_ session.Request, err *apierror.Error) {
	n.log = append(n.log, apierror.Name(err.Reason()))
}

func (n *noting) Publish(_ context.Context, batch []session.Publication) {
	n.log = append(n.log, fmt.Sprintf("publish %d", len(batch)))
}

func (n *noting) Ping(session.Request) { n.log = append(n.log, "ping") }

// inARow are frames that have arrived together.
type inARow [][]byte

func (r *inARow) Another() []byte {
	if len(*r) == 0 {
		return nil
	}
	next := (*r)[0]
	*r = (*r)[1:]
	return next
}

func TestDispatch(t *testing.T) {
	var d Decoder
	publish := encoded(t, publishOf(&fastpubsubv1.OutgoingMessage{Channel: "a"}, &fastpubsubv1.OutgoingMessage{Channel: "b"}))
	ping := encoded(t, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: 1}}})
	for name, c := range map[string]struct {
		frames inARow
		want   []string
	}{
		"one":                    {inARow{publish}, []string{"publish 2"}},
		"publishes in a row":     {inARow{publish, publish, publish}, []string{"publish 6"}},
		"a command among them":   {inARow{publish, publish, ping, publish}, []string{"publish 4", "ping", "publish 2"}},
		"what cannot be read":    {inARow{publish, []byte("?"), publish}, []string{"publish 2", "FRAME_INVALID", "publish 2"}},
		"an empty one":           {inARow{nil}, []string{"FRAME_INVALID"}},
		"no message":             {inARow{encoded(t, publishOf())}, []string{"REQUEST_INVALID"}},
		"more than goes at once": {slices.Repeat(inARow{publish}, command.MostTogether/2+1), []string{fmt.Sprintf("publish %d", command.MostTogether), "publish 2"}},
	} {
		var s noting
		d.Dispatch(t.Context(), &s, c.frames.Another(), &c.frames)
		assert.Equal(t, c.want, s.log, name)
	}
}

func TestDecodeOfPublishesToOneChannelCostsNoAllocation(t *testing.T) {
	var d Decoder
	var c command.Command
	frame := encoded(t, publishOf(
		&fastpubsubv1.OutgoingMessage{RequestId: 5, Tenant: "t1", Channel: "a.b", Payload: []byte("hi")},
		&fastpubsubv1.OutgoingMessage{RequestId: 6, Tenant: "t1", Channel: "a.b", Payload: []byte("ho")},
	))
	require.Nil(t, d.Decode(frame, &c))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		c.Reset()
		d.Decode(frame, &c)
	}))
}

// decodeSlowly is Decode without the part that is written by hand.
func decodeSlowly(frame []byte, c *command.Command) *apierror.Error {
	var request fastpubsubv1.SessionRequest
	if err := proto.Unmarshal(frame, &request); err != nil {
		return errUnreadable
	}
	return take(&request, c)
}

// FuzzDecode shows that the decoder written by hand reads every frame as the
// generated code does.
func FuzzDecode(f *testing.F) {
	message := &fastpubsubv1.OutgoingMessage{RequestId: 5, Tenant: "t1", Channel: "a.b", Payload: []byte("hi"), DeliveryMode: 2}
	good := encoded(f, publishOf(message, message))
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add(append(append([]byte{}, good...), good...))
	f.Add([]byte{0x1a, 0x00})
	f.Add([]byte{0x1a, 0x05, 0x0a, 0x03, 0x1a, 0x01, 0xff})
	f.Add([]byte{0x1a, 0x06, 0x0a, 0x04, 0x0b, 0x10, 0x01, 0x0c})
	f.Add([]byte{0x1a, 0x04, 0x0a, 0x02, 0x28, 0x7f})
	f.Add(encoded(f, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: 3}}}))
	f.Add(encoded(f, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: strings.Repeat("t", 200), Pattern: "a.#"},
	}}))
	f.Add(protowire.AppendTag(nil, 3, protowire.VarintType))
	f.Fuzz(func(t *testing.T, frame []byte) {
		var d Decoder
		var fast, slow command.Command
		fastErr, slowErr := d.Decode(frame, &fast), decodeSlowly(frame, &slow)
		require.Equal(t, slowErr, fastErr)
		require.Equal(t, slow.Request, fast.Request)
		require.Equal(t, slow.Token, fast.Token)
		require.Len(t, fast.Publications, len(slow.Publications))
		for i := range slow.Publications {
			want, got := slow.Publications[i], fast.Publications[i]
			require.Equal(t, string(want.Payload), string(got.Payload))
			require.Equal(t, want.Request, got.Request)
			require.Equal(t, want.Mode, got.Mode)
		}
		require.Len(t, fast.Refusals, len(slow.Refusals))
		for i := range slow.Refusals {
			require.Equal(t, slow.Refusals[i].Request, fast.Refusals[i].Request)
			require.Equal(t, slow.Refusals[i].Err.Error(), fast.Refusals[i].Err.Error())
		}
	})
}

func BenchmarkDecodePublish(b *testing.B) {
	frame := encoded(b, publishOf(&fastpubsubv1.OutgoingMessage{RequestId: 5, Tenant: "t1", Channel: "a.b", Payload: make([]byte, 128)}))
	var d Decoder
	var c command.Command
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		d.Decode(frame, &c)
	}
}
