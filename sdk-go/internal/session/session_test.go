package session_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dispatch"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transporttest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// bench is one session with everything around it, inside a synctest bubble.
type bench struct {
	t        *testing.T
	config   session.Config
	outbox   *outbox.Outbox
	registry *registry.Registry
	reported []*fault.Fault

	session *session.Session
	peer    *transporttest.Peer
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, outbox: outbox.New(outbox.Limits{Messages: 1000, Bytes: 1 << 20}), registry: registry.New()}
	b.config = session.Config{
		Outbox: b.outbox, Registry: b.registry, Dispatcher: dispatch.New(),
		Report: func(f *fault.Fault) { b.reported = append(b.reported, f) },
	}
	return b
}

// open starts a session that takes from the outbox.
func open(t *testing.T, modify ...func(*fastpubsubv1.Welcome)) *bench {
	b := newBench(t)
	conn, peer := transporttest.Pipe()
	peer.Welcome(modify...)
	s, err := session.Open(t.Context(), conn, b.config)
	require.NoError(t, err)
	b.session, b.peer = s, peer
	b.outbox.Attach(s.Consumer())
	t.Cleanup(func() { s.Abort(fault.New(fault.Closed, "test is over")) })
	return b
}

func (b *bench) join(pattern string) (*registry.Member, *inbox.Inbox) {
	b.t.Helper()
	box := inbox.New(inbox.Limits{Messages: 1000, Bytes: 1 << 20})
	member, err := b.registry.Join("~", pattern, box)
	require.NoError(b.t, err)
	return member, box
}

func (b *bench) publish(payload string, ack bool) *outbox.Ticket {
	b.t.Helper()
	ticket, err := b.outbox.Publish(b.t.Context(), &wire.Outgoing{Tenant: "~", Channel: "c", Payload: []byte(payload)}, ack)
	require.NoError(b.t, err)
	return ticket
}

// next is the client's next frame that is not a ping.
func (b *bench) next() *fastpubsubv1.SessionRequest { return b.peer.Next() }

func outcome(r *receipt.Receipt) *fault.Fault {
	<-r.Done()
	return fault.From(r.Err())
}

// SDK-2: an expiry beyond what a clock of nanoseconds can say is far away, not
// long ago.
func TestATokenThatExpiresAfterAllTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, transporttest.TokenExpires(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)))
		assert.True(t, b.session.TokenExpiry().After(time.Now()))
	})
}

// SF-4, SDK-1: the session starts with the welcome.
func TestOpenWaitsForTheWelcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		expires := time.Now().Add(time.Hour)
		b := open(t, transporttest.TokenExpires(expires), func(w *fastpubsubv1.Welcome) {
			w.Node = "n1"
			w.KeepAliveInterval = durationpb.New(7 * time.Second)
			w.Limits = &fastpubsubv1.Limits{MaxPayloadBytes: 10}
		})
		welcome := b.session.Welcome()
		assert.Equal(t, "n1", welcome.Node)
		assert.Equal(t, 7*time.Second, welcome.KeepAlive)
		assert.Equal(t, 10, welcome.Limits.Payload)
		assert.Equal(t, session.DefaultLimits.Channel, welcome.Limits.Channel, "what the server does not say keeps its default")
		assert.True(t, expires.Equal(b.session.TokenExpiry()))
	})
}

func TestOpenFails(t *testing.T) {
	for name, c := range map[string]struct {
		say  func(*transporttest.Peer)
		want fault.Reason
	}{
		"refused with a reason":       {func(p *transporttest.Peer) { p.End(fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_REVOKED, "revoked") }, "TOKEN_REVOKED"},
		"closed without a word":       {func(p *transporttest.Peer) { p.Close() }, fault.ConnectionLost},
		"refused by the transport":    {func(p *transporttest.Peer) { p.CloseWith(fault.New("IP_NOT_ALLOWED", "not from there")) }, "IP_NOT_ALLOWED"},
		"nothing at all":              {func(*transporttest.Peer) {}, fault.Unreachable},
		"not a frame of the protocol": {func(p *transporttest.Peer) { p.SendRaw([]byte{0xff}) }, fault.ConnectionLost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, peer := transporttest.Pipe()
				c.say(peer)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				_, err := session.Open(ctx, conn, newBench(t).config)
				assert.Equal(t, c.want, fault.From(err).Reason)
			})
		})
	}
}

// hookedConn is a connection whose Abort calls aborting first.
type hookedConn struct {
	transport.Conn
	aborting func()
}

func (h hookedConn) Abort() {
	h.aborting()
	h.Conn.Abort()
}

// A session that the reader is still ending when the time for the welcome is over
// has not been opened either.
func TestOpenFailsTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, peer := transporttest.Pipe()
		peer.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := session.Open(ctx, hookedConn{conn, func() { time.Sleep(2 * time.Second) }}, newBench(t).config)
		require.Error(t, err)
		assert.Equal(t, fault.ConnectionLost, fault.From(err).Reason)
	})
}

// SDK-3, SDK-4: subscribe, acknowledge, deliver, unsubscribe.
func TestSubscribeDeliverUnsubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, box := b.join("a.*")
		b.outbox.Sync(member.Route(), nil)
		subscribe := b.next().GetSubscribe()
		assert.Equal(t, "a.*", subscribe.GetPattern())
		assert.NotZero(t, subscribe.GetRequestId())
		b.peer.Subscribed(subscribe.GetRequestId(), 42)
		require.Nil(t, outcome(member.Ready()))

		b.peer.Deliver(&fastpubsubv1.Delivery{Tenant: "~", Channel: "a.b", Payload: []byte("hi"), PatternHandles: []uint64{42}})
		item, err := box.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "hi", string(item.Delivery.Payload))

		require.True(t, b.registry.Leave(member))
		r := receipt.New()
		b.outbox.Sync(member.Route(), r)
		unsubscribe := b.next().GetUnsubscribe()
		assert.Equal(t, "a.*", unsubscribe.GetPattern())
		b.peer.Succeed(unsubscribe.GetRequestId())
		require.Nil(t, outcome(r))
	})
}

func TestSubscribeRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, _ := b.join("secret.>")
		b.outbox.Sync(member.Route(), nil)
		b.peer.Fail(b.next().GetSubscribe().GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED, "no")
		assert.Equal(t, fault.SubscribeDenied, outcome(member.Ready()).Reason)
	})
}

// SDK-5, SF-8, SF-9: many publishes in flight, answered together, each by itself.
func TestPublishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		synctest.Wait() // the writer sleeps
		first := b.publish("1", true)
		synctest.Wait()
		second, third := b.publish("2", true), b.publish("3", true)
		synctest.Wait()
		assert.Len(t, b.next().GetPublish().GetMessages(), 1)
		messages := b.next().GetPublish().GetMessages()
		require.NotEmpty(t, messages)
		if len(messages) < 2 {
			messages = append(messages, b.next().GetPublish().GetMessages()...)
		}
		b.peer.Fail(messages[0].GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_PUBLISH_DENIED, "not there")
		b.peer.Succeed(messages[1].GetRequestId(), messages[0].GetRequestId()-1, 999999)
		assert.Equal(t, fault.Reason("PUBLISH_DENIED"), outcome(&second.Receipt).Reason)
		assert.Nil(t, outcome(&third.Receipt))
		assert.Nil(t, outcome(&first.Receipt))
	})
}

// SDK-6: what is published while a write is under way shares the next frame.
func TestNaturalBatching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		synctest.Wait()
		release := b.peer.Stall()
		b.publish("1", false)
		synctest.Wait()
		for range 50 {
			b.publish("x", false)
		}
		synctest.Wait()
		release()
		assert.Len(t, b.next().GetPublish().GetMessages(), 1)
		assert.Len(t, b.next().GetPublish().GetMessages(), 50)
	})
}

// SDK-5, SF-8: the refusal of an unacknowledged publish is reported.
func TestUnacknowledgedRefusalIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		assert.Nil(t, b.publish("x", false))
		b.peer.Fail(0, fastpubsubv1.ErrorReason_ERROR_REASON_RATE_LIMITED, "slow down")
		synctest.Wait()
		require.Len(t, b.reported, 1)
		assert.Equal(t, fault.RateLimited, b.reported[0].Reason)
		assert.True(t, b.session.Alive())
	})
}

// SF-12: closes_session comes before the close and is the cause, however the
// transport ends.
func TestTheReasonComesBeforeTheClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		pending := b.publish("x", true)
		b.next()
		b.peer.End(fastpubsubv1.ErrorReason_ERROR_REASON_SLOW_CONSUMER, "too slow")
		<-b.session.Done()
		assert.Equal(t, fault.Reason("SLOW_CONSUMER"), b.session.Cause().Reason)
		lost := outcome(&pending.Receipt)
		assert.Equal(t, fault.ConnectionLost, lost.Reason)
		assert.True(t, lost.Retryable())
		require.ErrorContains(t, lost, "SLOW_CONSUMER")
		assert.Empty(t, b.reported)
	})
}

// A server that says that it closes and then does not is left after a second.
func TestAServerThatDoesNotCloseIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		start := time.Now()
		b.peer.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{
			Failure: &fastpubsubv1.Failure{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, ClosesSession: true},
		}})
		<-b.session.Done()
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, fault.TokenExpired, b.session.Cause().Reason)
	})
}

// SDK-13: pings measure the round trip, the first one at once.
func TestRoundTripTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		assert.Zero(t, b.session.RTT())
		ping := b.peer.NextFrame().GetPing()
		time.Sleep(30 * time.Millisecond)
		b.peer.Succeed(ping.GetRequestId())
		synctest.Wait()
		assert.Equal(t, 30*time.Millisecond, b.session.RTT())
	})
}

// SDK-13: a peer that misses two pings is given up; anything it says counts as
// life.
func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		for range 5 {
			time.Sleep(transporttest.KeepAlive)
			b.peer.Deliver(&fastpubsubv1.Delivery{Channel: "c", PatternHandles: []uint64{1}})
		}
		assert.True(t, b.session.Alive())
		start := time.Now()
		<-b.session.Done()
		assert.Equal(t, fault.ConnectionLost, b.session.Cause().Reason)
		assert.LessOrEqual(t, time.Since(start), 3*transporttest.KeepAlive)
	})
}

// A network that takes nothing more is noticed, too.
func TestAStalledNetworkIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		synctest.Wait()
		b.peer.Stall()
		ticket := b.publish("x", true)
		assert.Equal(t, fault.ConnectionLost, outcome(&ticket.Receipt).Reason)
		<-b.session.Done() // a moment after the last receipt
	})
}

// SDK-2, SF-10: a fresh token without reconnecting.
func TestAuthenticate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		r := b.session.Authenticate("AT_3_4")
		command := b.next().GetAuthenticate()
		assert.Equal(t, "AT_3_4", command.GetToken())
		later := time.Now().Add(2 * time.Hour)
		b.peer.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: &fastpubsubv1.Success{
			RequestIds: []uint64{command.GetRequestId()}, TokenExpiresAt: timestamppb.New(later),
		}}})
		require.Nil(t, outcome(r))
		assert.True(t, later.Equal(b.session.TokenExpiry()))

		r = b.session.Authenticate("AT_5_6")
		b.peer.Fail(b.next().GetAuthenticate().GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "no")
		assert.Equal(t, fault.TokenInvalid, outcome(r).Reason)
		assert.True(t, later.Equal(b.session.TokenExpiry()), "the old token stays in force")
	})
}

// SF-10: the server ends a subscription that a fresh token does not allow.
func TestSubscriptionEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, box := b.join("a")
		b.outbox.Sync(member.Route(), nil)
		b.peer.Subscribed(b.next().GetSubscribe().GetRequestId(), 5)
		require.Nil(t, outcome(member.Ready()))
		for range 2 {
			b.peer.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_SubscriptionEnded{
				SubscriptionEnded: &fastpubsubv1.SubscriptionEnded{PatternHandle: 5, Reason: fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED, Message: "no more"},
			}})
		}
		_, err := box.Next(t.Context())
		assert.Equal(t, fault.SubscribeDenied, fault.From(err).Reason)
	})
}

// SF-16: losses at the server are told.
func TestLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, box := b.join("a")
		b.outbox.Sync(member.Route(), nil)
		b.peer.Subscribed(b.next().GetSubscribe().GetRequestId(), 5)
		b.peer.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Lost{Lost: &fastpubsubv1.Lost{Messages: 9}}})
		item, err := box.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, uint64(9), item.Lost)
		assert.True(t, item.AtServer)
	})
}

// SF-17: the first go-away counts.
func TestGoAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		b.peer.GoAway(30 * time.Second)
		b.peer.GoAway(time.Second)
		<-b.session.GoAway()
		synctest.Wait()
		assert.Equal(t, 30*time.Second, time.Until(b.session.Going().Until))
		assert.True(t, b.session.Alive())
	})
}

// SDK-7: resubscribing waits for every acknowledgement; a refusal ends just that
// subscription.
func TestResubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		good, _ := b.join("good")
		bad, box := b.join("bad")
		done := make(chan error, 1)
		go func() { done <- b.session.Resubscribe(t.Context()) }()
		for range 2 {
			subscribe := b.next().GetSubscribe()
			if subscribe.GetPattern() == "good" {
				b.peer.Subscribed(subscribe.GetRequestId(), 1)
			} else {
				b.peer.Fail(subscribe.GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED, "no")
			}
		}
		require.NoError(t, <-done)
		require.Nil(t, outcome(good.Ready()))
		assert.Equal(t, fault.SubscribeDenied, outcome(bad.Ready()).Reason)
		_, err := box.Next(t.Context())
		assert.Equal(t, fault.SubscribeDenied, fault.From(err).Reason)
	})
}

// SDK-7: what the server cannot do now makes the attempt fail and ends nothing.
func TestResubscribeThatMaySucceedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, _ := b.join("a")
		done := make(chan error, 1)
		go func() { done <- b.session.Resubscribe(t.Context()) }()
		b.peer.Fail(b.next().GetSubscribe().GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_BACKPLANE_UNAVAILABLE, "cut off")
		assert.Equal(t, fault.Reason("BACKPLANE_UNAVAILABLE"), fault.From(<-done).Reason)
		assert.False(t, member.Ready().Completed())
	})
}

func TestResubscribeEndsWithTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, _ := b.join("a")
		done := make(chan error, 1)
		go func() { done <- b.session.Resubscribe(t.Context()) }()
		b.next()
		b.peer.Close()
		require.Error(t, <-done)
		assert.False(t, member.Ready().Completed(), "the next connection will be asked")
	})
}

// SDK-9: retiring unsubscribes from everything; what comes before the
// acknowledgement still counts.
func TestRetire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		member, box := b.join("a")
		b.outbox.Sync(member.Route(), nil)
		b.peer.Subscribed(b.next().GetSubscribe().GetRequestId(), 5)
		require.Nil(t, outcome(member.Ready()))
		done := make(chan struct{})
		go func() {
			b.session.Retire(t.Context())
			close(done)
		}()
		id := b.next().GetUnsubscribe().GetRequestId()
		b.peer.Deliver(&fastpubsubv1.Delivery{Channel: "a", Payload: []byte("last"), PatternHandles: []uint64{5}})
		b.peer.Succeed(id)
		b.peer.Succeed(b.peer.NextFrame().GetPing().GetRequestId())
		<-done
		b.peer.Deliver(&fastpubsubv1.Delivery{Channel: "a", Payload: []byte("too late"), PatternHandles: []uint64{5}})
		synctest.Wait()
		item, err := box.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "last", string(item.Delivery.Payload))
		box.End(inbox.ErrClosed)
		_, err = box.Next(t.Context())
		require.ErrorIs(t, err, inbox.ErrClosed)
	})
}

// SDK-17: an orderly close lets the peer finish; one that does not is cut off.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		go func() {
			for b.next() != nil {
			}
			b.peer.Close()
		}()
		start := time.Now()
		b.session.Close(t.Context())
		assert.Zero(t, time.Since(start))

		b = open(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		b.session.Close(ctx)
		assert.Equal(t, time.Second, time.Since(start))
	})
}

// Commands that come when the session has ended do not hang.
func TestCommandsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		b.peer.Close()
		<-b.session.Done()
		assert.Equal(t, fault.ConnectionLost, outcome(b.session.Fence()).Reason)
		assert.Equal(t, fault.ConnectionLost, outcome(b.session.Authenticate("AT_1_2")).Reason)
		require.NoError(t, b.session.Resubscribe(t.Context()))
	})
}

// What was being sent when the connection broke is reported when nobody waits.
func TestUnacknowledgedPublishesInABrokenWriteAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		synctest.Wait()
		b.peer.Stall()
		b.publish("x", false)
		synctest.Wait()
		b.peer.Close()
		<-b.session.Done()
		synctest.Wait()
		require.Len(t, b.reported, 1)
		assert.Equal(t, fault.ConnectionLost, b.reported[0].Reason)
	})
}
