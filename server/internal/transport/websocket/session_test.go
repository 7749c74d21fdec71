package websocket

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// SF-1, SF-4: the welcome comes at once.
func TestSessionWelcome(t *testing.T) {
	c := newServer(t).connect("fastpubsub.v1", goodToken)
	welcome := (&sessionClient{client: c}).response().GetWelcome()
	assert.Equal(t, "node", welcome.GetNode())
	assert.Equal(t, "test", welcome.GetServerVersion())
	assert.NotEmpty(t, welcome.GetSessionId())
	assert.EqualValues(t, 65535, welcome.GetLimits().GetMaxPayloadBytes())
	assert.Equal(t, 20*time.Second, welcome.GetKeepAliveInterval().AsDuration())
	assert.True(t, welcome.GetTokenExpiresAt().IsValid())
}

// SF-5, SF-6, SF-8, SF-9, SF-11, SF-13.
func TestSession(t *testing.T) {
	c := newServer(t).session()
	handle := c.subscribe(1, "t1", "a.#")
	assert.Equal(t, handle, c.subscribe(2, "t1", "a.#"), "SF-6")
	before := time.Now().UnixNano()
	c.ask(publishRequest(
		&fastpubsubv1.OutgoingMessage{RequestId: 3, Tenant: "t1", Channel: "a.b", Payload: []byte("x")},
		&fastpubsubv1.OutgoingMessage{RequestId: 4, Tenant: "t2", Channel: "a.b"},
		&fastpubsubv1.OutgoingMessage{Tenant: "t1", Channel: "a", Payload: []byte("y")},
		&fastpubsubv1.OutgoingMessage{RequestId: 5, Tenant: "t1", Channel: "z", DeliveryMode: 9},
		&fastpubsubv1.OutgoingMessage{Tenant: "t1", Channel: "*"},
	))
	var answers []string
	for len(answers) < 6 {
		answers = append(answers, c.answer(handle, before)...)
	}
	assert.ElementsMatch(t, []string{
		"t1/a.b x", "t1/a y", "success [3]", "failure 4 PUBLISH_DENIED", "failure 5 REQUEST_INVALID", "failure 0 CHANNEL_INVALID",
	}, answers)
	c.ask(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: 6}}})
	assert.Equal(t, []string{"success [6]"}, c.answer(handle, before))
}

// answer reads one response as texts, one a message.
func (c *sessionClient) answer(handle uint64, before int64) []string {
	c.t.Helper()
	switch event := c.response().GetEvent().(type) {
	case *fastpubsubv1.SessionResponse_Success:
		return []string{fmt.Sprintf("success %v", event.Success.GetRequestIds())}
	case *fastpubsubv1.SessionResponse_Failure:
		return []string{fmt.Sprintf("failure %d %s", event.Failure.GetRequestId(), apierror.Name(event.Failure.GetReason()))}
	case *fastpubsubv1.SessionResponse_Deliveries:
		var list []string
		for _, d := range event.Deliveries.GetMessages() {
			assert.Equal(c.t, []uint64{handle}, d.GetPatternHandles())
			assert.GreaterOrEqual(c.t, int64(d.GetPublishedAtUnixNanos()), before) //nolint:gosec // after 1970
			list = append(list, fmt.Sprintf("%s/%s %s", d.GetTenant(), d.GetChannel(), d.GetPayload()))
		}
		return list
	default:
		return []string{fmt.Sprintf("%T", event)}
	}
}

// SF-13, SF-15: deliveries that wait share messages of a bounded size, in order,
// each with an id of its own.
func TestDeliveriesArePacked(t *testing.T) {
	c := newServer(t).session()
	c.subscribe(1, "t1", "a")
	const total = 600
	var messages []*fastpubsubv1.OutgoingMessage
	size := func(i int) int { return []int{0, 10, 100, 1000, 5000, 20000}[i%6] }
	for i := range total {
		messages = append(messages, &fastpubsubv1.OutgoingMessage{Tenant: "t1", Channel: "a", Payload: []byte(fmt.Sprintf("%d %s", i, strings.Repeat("x", size(i))))})
		if len(messages) == 20 {
			c.ask(publishRequest(messages...))
			messages = messages[:0]
		}
	}
	frames, got, ids := 0, 0, map[[2]uint64]bool{}
	for got < total {
		deliveries := c.response().GetDeliveries().GetMessages()
		require.NotEmpty(t, deliveries)
		bytes := 0
		for _, d := range deliveries {
			require.Equal(t, fmt.Sprintf("%d %s", got, strings.Repeat("x", size(got))), string(d.GetPayload()))
			bytes += len(d.GetPayload())
			ids[[2]uint64{d.GetIdOrigin(), d.GetIdSequence()}] = true
			got++
		}
		require.True(t, len(deliveries) == 1 || bytes <= packMost)
		frames++
	}
	assert.Less(t, frames, total)
	assert.Len(t, ids, total)
}

// SF-3: what is no SessionRequest closes the connection, behind the answers to
// what came before.
func TestSessionFrameInvalid(t *testing.T) {
	for name, frame := range map[string][]byte{
		"text":       clientFrame(true, wsframe.Text, []byte("PING")),
		"unreadable": clientFrame(true, wsframe.Binary, []byte{0xff}),
		"empty":      clientFrame(true, wsframe.Binary, nil),
	} {
		t.Run(name, func(t *testing.T) {
			c := newServer(t).session()
			c.ask(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: 6}}})
			c.send(append(frame, frame...))
			require.Equal(t, []uint64{6}, c.response().GetSuccess().GetRequestIds())
			failure := c.response().GetFailure()
			assert.Equal(t, apierror.FrameInvalid, failure.GetReason())
			assert.True(t, failure.GetClosesSession())
			c.expectClose(1008, "FRAME_INVALID: ")
		})
	}
}

// SF-17, SF-18: go away, and the end of a session.
func TestSessionEnds(t *testing.T) {
	s := newServer(t)
	c := s.session()
	revoked := s.gate.revoke(goodToken)
	s.registry.TokenChanged(revoked)
	failure := c.response().GetFailure()
	assert.Equal(t, apierror.TokenRevoked, failure.GetReason())
	assert.True(t, failure.GetClosesSession())
	c.expectClose(1008, "TOKEN_REVOKED: ")

	s = newServer(t)
	c = s.session()
	drained := make(chan struct{})
	go func() { defer close(drained); s.registry.Drain(t.Context(), time.Minute) }()
	goAway := c.response().GetGoAway()
	assert.Equal(t, apierror.Draining, goAway.GetReason())
	assert.Equal(t, time.Minute, goAway.GetTimeUntilClose().AsDuration())
	c.closes([]byte{0x03, 0xe8})
	<-drained
}

// LM-6: beyond the limit the upgrade is refused.
func TestTooManyConnections(t *testing.T) {
	s := newServer(t, func(so *session.Options, _ *Options) { so.Limits.ConnectionsPerToken = 1 })
	s.session()
	response := s.dial().request("GET / HTTP/1.1", upgradeLines+"Authorization: Bearer "+goodToken+"\r\n")
	checkProblem(t, response, 429, "TOO_MANY_CONNECTIONS")
}
