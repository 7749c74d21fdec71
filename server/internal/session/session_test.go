package session_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// bubble runs a test with fake time, and ends the registry's sessions.
func bubble(t *testing.T, change func(*session.Options), test func(*testing.T, *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, change)
		test(t, w)
		w.registry.EndAll()
	})
}

func limits(change func(*session.Limits)) func(*session.Options) {
	return func(o *session.Options) { change(&o.Limits) }
}

// TestOrderOfCommands shows that subscribe, then publish on one connection
// always delivers (DL-5), to oneself, too (DL-3), and that the acknowledgement
// follows the delivery's queueing (DL-9).
func TestOrderOfCommands(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a.*")
		c.publish("t", "a.b", "hi")
		assert.Equal(t, []string{"ok 1", "message t/a.b hi [a.*]", "ok 2"}, c.read())
	})
}

// TestWelcome is the first frame.
func TestWelcome(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		synctest.Wait()
		assert.Equal(t, []string{"welcome node-1 20s"}, c.lines)
	})
}

// TestDefaultTenant takes an empty tenant as "~" (CH-1).
func TestDefaultTenant(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("", "a")
		c.publish("~", "a", "1")
		c.publish("", "a", "2")
		assert.Equal(t, []string{"ok 1", "message ~/a 1 [a]", "ok 2", "message ~/a 2 [a]", "ok 3"}, c.read())
	})
}

// TestRepeatedSubscribe holds a pair of tenant and pattern once.
func TestRepeatedSubscribe(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a")
		c.subscribe("t", "a")
		c.unsubscribe("t", "a")
		c.unsubscribe("t", "a")
		c.publish("t", "a", "1")
		assert.Equal(t, []string{"ok 1", "ok 2", "ok 3", "ok 4", "ok 5"}, c.read())
	})
}

// TestRefusals gives each wrong command its reason, and stays open.
func TestRefusals(t *testing.T) {
	grants := authz.Grant{Tenants: []string{"t"}, Publish: []string{"pub.#"}, Subscribe: []string{"sub.#"}}
	cases := map[string]struct {
		command func(*client)
		reason  string
	}{
		"tenant of subscribe (CH-1)":  {func(c *client) { c.subscribe("t*", "sub.a") }, "TENANT_INVALID"},
		"pattern (CH-8)":              {func(c *client) { c.subscribe("t", "a*b") }, "PATTERN_INVALID"},
		"pattern of unsubscribe":      {func(c *client) { c.unsubscribe("t", "") }, "PATTERN_INVALID"},
		"no right to subscribe, AZ-2": {func(c *client) { c.subscribe("t", "pub.a") }, "SUBSCRIBE_DENIED"},
		"no right in tenant (CH-5)":   {func(c *client) { c.subscribe("other", "sub.a") }, "SUBSCRIBE_DENIED"},
		"tenant of publish":           {func(c *client) { c.publish("t:", "pub.a", "") }, "TENANT_INVALID"},
		"channel (CH-2)":              {func(c *client) { c.publish("t", "pub.*", "") }, "CHANNEL_INVALID"},
		"empty token (CH-3)":          {func(c *client) { c.publish("t", "pub..a", "") }, "CHANNEL_INVALID"},
		"no right to publish (AZ-1)":  {func(c *client) { c.publish("t", "sub.a", "") }, "PUBLISH_DENIED"},
		"payload (DL-7)":              {func(c *client) { c.publish("t", "pub.a", strings.Repeat("x", 101)) }, "PAYLOAD_TOO_LARGE"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, w *world) {
				w.tokens.put("some", time.Hour, grants)
				c := w.connect("some")
				tc.command(c)
				assert.Equal(t, []string{"failure 1 " + tc.reason + " false"}, c.read())
				c.Ping(c.request(session.ActionPing, "", ""))
				assert.Equal(t, []string{"ok 2"}, c.read())
			})
		})
	}
}

// TestSubscriptionLimit refuses one too many, and takes it after another ended.
func TestSubscriptionLimit(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		for _, pattern := range []string{"a", "b", "c", "d", "a"} {
			c.subscribe("t", pattern)
		}
		assert.Equal(t, []string{"ok 1", "ok 2", "ok 3", "failure 4 TOO_MANY_SUBSCRIPTIONS false", "ok 5"}, c.read())
		c.unsubscribe("t", "a")
		c.subscribe("t", "d")
		assert.Equal(t, []string{"ok 6", "ok 7"}, c.read())
	})
}

// TestPublishRate refuses what is too fast, and only that.
func TestPublishRate(t *testing.T) {
	bubble(t, limits(func(l *session.Limits) { l.PublishesPerSecond = 2 }), func(t *testing.T, w *world) {
		c := w.connect("all")
		for range 3 {
			c.publish("t", "a", "")
		}
		assert.Equal(t, []string{"ok 1", "ok 2", "failure 3 RATE_LIMITED false"}, c.read())
		elapse(time.Second)
		c.publish("t", "a", "")
		assert.Equal(t, []string{"ok 4"}, c.read())
	})
}

// TestPublishBatch answers what succeeded together, and what failed by itself,
// and keeps the order (DL-4).
func TestPublishBatch(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c, listener := w.connect("all"), w.connect("all")
		listener.subscribe("t", "#")
		unacknowledged := c.publication("t", "a", "3")
		unacknowledged.Request.Ack, unacknowledged.Request.ID = false, 0
		one := c.publication("t", "a", "5")
		one.Mode = hub.OneRandom
		c.lastID = 0
		batch := []session.Publication{
			c.publication("t", "a", "1"), c.publication("t", "a", "2"), unacknowledged,
			c.publication("t", "a..", "x"), c.publication("t", "a", "4"), one, c.publication("t", "b", "6"),
		}
		c.Publish(t.Context(), batch)
		c.Publish(t.Context(), batch[:1])
		assert.Equal(t, []string{"failure 3 CHANNEL_INVALID false", "ok 1,2,4,2,5", "ok 1"}, c.read())
		var got []string
		for _, line := range listener.read()[1:] {
			got = append(got, strings.Fields(line)[2])
		}
		assert.Equal(t, []string{"1", "2", "3", "4", "5", "6", "1"}, got)
	})
}

// TestUnacknowledgedRefusal tells of a refusal even when no acknowledgement is
// wanted: nothing is lost silently.
func TestUnacknowledgedRefusal(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.Publish(t.Context(), []session.Publication{{Request: session.Request{Action: session.ActionPublish, Tenant: "u", Name: "a"}}})
		assert.Equal(t, []string{"failure 0 PUBLISH_DENIED false"}, c.read())
	})
}

// TestUnaryPublish publishes without a session, with the same checks.
func TestUnaryPublish(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a")
		a, err := w.registry.Admit(t.Context(), admission.Credentials{Token: "all"})
		require.NoError(t, err)
		id, err := w.registry.Publish(t.Context(), a, session.Publication{Request: session.Request{Tenant: "t", Name: "a"}, Payload: []byte("x")})
		require.NoError(t, err)
		assert.NotZero(t, id.Sequence)
		assert.Equal(t, []string{"ok 1", "message t/a x [a]"}, c.read())
		for reason, p := range map[apierror.Reason]session.Publication{
			apierror.PublishDenied:   {Request: session.Request{Tenant: "u", Name: "a"}},
			apierror.ChannelInvalid:  {Request: session.Request{Tenant: "t", Name: "#"}},
			apierror.TenantInvalid:   {Request: session.Request{Tenant: "#", Name: "a"}},
			apierror.PayloadTooLarge: {Request: session.Request{Tenant: "t", Name: "a"}, Payload: make([]byte, 101)},
		} {
			_, err := w.registry.Publish(t.Context(), a, p)
			assert.Equal(t, reason, apierror.ReasonOf(err))
		}
	})
}

// TestRefuseClosesWhereTheCatalogueSaysSo ends the session with FRAME_INVALID,
// behind everything that is queued.
func TestRefuseClosesWhereTheCatalogueSaysSo(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.Refuse(session.Request{}, apierror.New(apierror.RequestInvalid, "stays open"))
		c.Refuse(session.Request{}, apierror.New(apierror.FrameInvalid, "closes"))
		assert.Equal(t, "FRAME_INVALID", c.closedWith())
		assert.Equal(t, []string{"failure 0 REQUEST_INVALID false", "failure 0 FRAME_INVALID true"}, c.read())
		c.subscribe("t", "a")
		c.unsubscribe("t", "a")
		c.publish("t", "a", "")
		c.authenticate("all")
		assert.Empty(t, c.read(), "an ended session answers nothing")
	})
}

// TestPeerGone ends the subscriptions of a peer that is gone.
func TestPeerGone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a")
		c.End(errors.New("connection reset"))
		c.End(nil)
		assert.Empty(t, c.closedWith())
		assert.Zero(t, w.registry.Count())
	})
}

// TestWriteFails ends the session.
func TestWriteFails(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c, err := w.tryConnect("all", &transport{fail: errors.New("broken pipe")})
		require.NoError(t, err)
		assert.Empty(t, c.closedWith())
	})
}

// TestSlowConsumer closes a client that never reads, within a bounded time, and
// nobody else notices (DL-8).
func TestSlowConsumer(t *testing.T) {
	bubble(t, func(o *session.Options) { o.QueueMessages = 10 }, func(t *testing.T, w *world) {
		slow, err := w.tryConnect("all", &transport{stalled: make(chan struct{})})
		require.NoError(t, err)
		slow.subscribe("t", "a")
		publisher, healthy := w.connect("all"), w.connect("all")
		healthy.subscribe("t", "a")
		for range 20 {
			publisher.publish("t", "a", "x")
			synctest.Wait()
		}
		assert.Len(t, publisher.read(), 20)
		assert.Len(t, healthy.read(), 21)
		began := time.Now()
		assert.Equal(t, "SLOW_CONSUMER", slow.closedWith())
		assert.LessOrEqual(t, time.Since(began), 2*time.Second)
		assert.Equal(t, 2, w.registry.Count())
	})
}

// TestDropOldest tells the client how much it lost (DL-8).
func TestDropOldest(t *testing.T) {
	bubble(t, func(o *session.Options) { o.QueueMessages, o.Overflow = 3, outbox.DropOldest }, func(t *testing.T, w *world) {
		stalled := make(chan struct{}, 1)
		slow, err := w.tryConnect("all", &transport{stalled: stalled})
		require.NoError(t, err)
		synctest.Wait() // the welcome is being written
		slow.subscribe("t", "a")
		publisher := w.connect("all")
		for _, payload := range []string{"1", "2", "3", "4", "5"} {
			publisher.publish("t", "a", payload)
		}
		bytes, messages := w.registry.Queued()
		assert.Equal(t, 3, messages)
		assert.Positive(t, bytes)
		for range 2 {
			stalled <- struct{}{}
			synctest.Wait()
		}
		assert.Equal(t, []string{"lost 2", "ok 1", "message t/a 3 [a]", "message t/a 4 [a]", "message t/a 5 [a]"}, slow.read())
	})
}

// TestExpiry closes the connections of a token that ran out (TK-9).
func TestExpiry(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		began := time.Now()
		assert.Equal(t, "TOKEN_EXPIRED", c.closedWith())
		assert.Equal(t, time.Hour, time.Since(began))
		assert.Equal(t, []string{"failure 0 TOKEN_EXPIRED true"}, c.read())
	})
}

// TestExpiryKept keeps them where the setting says so (TK-9).
func TestExpiryKept(t *testing.T) {
	bubble(t, func(o *session.Options) { o.KeepExpired = true }, func(t *testing.T, w *world) {
		w.connect("all")
		elapse(48 * time.Hour)
		assert.Equal(t, 1, w.registry.Count())
	})
}

// TestRefresh in time keeps the connections, without reconnecting (TK-9).
func TestRefresh(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		elapse(50 * time.Minute)
		w.registry.TokenChanged(w.tokens.change("all", func(r *token.Record) { r.ExpiresAt = time.Now().Add(time.Hour) }))
		w.registry.TokenChanged(token.Record{ID: "another"})
		elapse(59 * time.Minute)
		c.publish("t", "a", "")
		assert.Equal(t, []string{"ok 1"}, c.read())
		assert.Equal(t, "TOKEN_EXPIRED", c.closedWith())
	})
}

// TestDeactivation lets live connections be (TK-8).
func TestDeactivation(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.connect("all")
		w.registry.TokenChanged(w.tokens.change("all", func(r *token.Record) {
			r.ExpiresAt, r.Deactivated = time.Now().Add(-time.Minute), true
		}))
		elapse(48 * time.Hour)
		assert.Equal(t, 1, w.registry.Count())
		_, err := w.tryConnect("all", &transport{})
		assert.Error(t, err)
	})
}

// TestRevocation closes live connections at once (TK-10).
func TestRevocation(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.tokens.put("other", time.Hour, authz.Grant{Tenants: []string{"t"}, Publish: []string{"#"}})
		c, other := w.connect("all"), w.connect("other")
		began := time.Now()
		w.registry.TokenChanged(w.tokens.change("all", func(r *token.Record) { r.RevokedAt = time.Now() }))
		assert.Equal(t, "TOKEN_REVOKED", c.closedWith())
		assert.Less(t, time.Since(began), time.Second)
		other.publish("t", "a", "")
		assert.Equal(t, []string{"ok 1"}, other.read())
	})
}

// TestRevocationOfAStuckClient ends it within a second, too, and gives it nothing
// of what was queued before (TK-10, DL-8).
func TestRevocationOfAStuckClient(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.tokens.put("stuck", time.Hour, authz.Grant{Tenants: []string{"t"}, Subscribe: []string{"#"}})
		stuck, err := w.tryConnect("stuck", &transport{stalled: make(chan struct{})})
		require.NoError(t, err)
		synctest.Wait() // the welcome is being written
		stuck.subscribe("t", "a")
		publisher := w.connect("all")
		publisher.publish("t", "a", "secret news")
		began := time.Now()
		w.registry.TokenChanged(w.tokens.change("stuck", func(r *token.Record) { r.RevokedAt = time.Now() }))
		assert.Equal(t, "TOKEN_REVOKED", stuck.closedWith())
		assert.Less(t, time.Since(began), 500*time.Millisecond)
		assert.NotContains(t, stuck.read(), "message t/a secret news [a]")
	})
}

// TestChangeWhileConnecting finds what happened to the token between admission
// and the session (TK-8, TK-9, TK-10).
func TestChangeWhileConnecting(t *testing.T) {
	change := func(w *world, how func(*token.Record)) { w.tokens.change("all", how) }
	for want, meanwhile := range map[string]func(*world){
		"TOKEN_REVOKED": func(w *world) { change(w, func(r *token.Record) { r.RevokedAt = time.Now() }) },
		"TOKEN_EXPIRED": func(w *world) { delete(w.tokens.records, "all") },
		"DRAINING": func(w *world) { // neither expired nor revoked: refreshed
			change(w, func(r *token.Record) { r.ExpiresAt = time.Now().Add(5 * time.Hour) })
		},
	} {
		t.Run(want, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, w *world) {
				a, err := w.registry.Admit(t.Context(), admission.Credentials{Token: "all"})
				require.NoError(t, err)
				meanwhile(w)
				c, err := w.open(a, &transport{})
				require.NoError(t, err)
				elapse(2 * time.Hour)
				w.registry.EndAll()
				assert.Equal(t, want, c.closedWith())
			})
		})
	}
}
