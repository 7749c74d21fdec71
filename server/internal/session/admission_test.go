package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// TestAuthenticate replaces the token in place: what it does not allow ends,
// the rest goes on, also beyond the old token's expiry (SDK-2).
func TestAuthenticate(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a.#")
		c.subscribe("t", "b.#")
		c.publish("t", "b", "1")
		w.tokens.put("fresh", 3*time.Hour, authz.Grant{Tenants: []string{"t"}, Publish: []string{"a.#"}, Subscribe: []string{"a.#"}})
		c.authenticate("fresh")
		c.publish("t", "b", "2")
		c.publish("t", "a", "3")
		assert.Equal(t, []string{
			"ok 1", "ok 2", "message t/b 1 [b.#]", "ok 3", "ok 4", "ended t/b.# SUBSCRIBE_DENIED",
			"failure 5 PUBLISH_DENIED false", "message t/a 3 [a.#]", "ok 6",
		}, c.read())
		elapse(2 * time.Hour)
		c.publish("t", "a", "4")
		assert.Equal(t, []string{"message t/a 4 [a.#]", "ok 7"}, c.read())
		w.registry.TokenChanged(w.tokens.change("fresh", func(r *token.Record) { r.RevokedAt = time.Now() }))
		assert.Equal(t, "TOKEN_REVOKED", c.closedWith())
	})
}

// TestAuthenticateRefused leaves the old token in force.
func TestAuthenticateRefused(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.authenticate("unknown")
		c.publish("t", "a", "")
		assert.Equal(t, []string{"failure 1 TOKEN_INVALID false", "ok 2"}, c.read())
		assert.Equal(t, "TOKEN_EXPIRED", c.closedWith())
	})
}

// TestAuthenticateAgain with the same token changes nothing.
func TestAuthenticateAgain(t *testing.T) {
	bubble(t, limits(func(l *session.Limits) { l.ConnectionsPerToken = 1 }), func(t *testing.T, w *world) {
		c := w.connect("all")
		c.authenticate("all")
		assert.Equal(t, []string{"ok 1"}, c.read())
		assert.Equal(t, 1, w.registry.Count())
	})
}

// TestAuthenticateIntoFullToken refuses a token with as many connections as it
// may have.
func TestAuthenticateIntoFullToken(t *testing.T) {
	bubble(t, limits(func(l *session.Limits) { l.ConnectionsPerToken = 1 }), func(t *testing.T, w *world) {
		w.tokens.put("other", time.Hour)
		w.connect("other")
		c := w.connect("all")
		c.authenticate("other")
		assert.Equal(t, []string{"failure 1 TOO_MANY_CONNECTIONS false"}, c.read())
	})
}

func reasonOfConnect(w *world, tokenID string) apierror.Reason {
	_, err := w.tryConnect(tokenID, &transport{})
	return apierror.ReasonOf(err)
}

// TestConnectionLimits refuse one too many of a token, and of the server.
func TestConnectionLimits(t *testing.T) {
	change := func(o *session.Options) { o.Limits.ConnectionsPerToken, o.Connections = 2, 3 }
	bubble(t, change, func(t *testing.T, w *world) {
		w.tokens.put("other", time.Hour)
		first := w.connect("all")
		w.connect("all")
		assert.Equal(t, apierror.TooManyConnections, reasonOfConnect(w, "all"))
		w.connect("other")
		assert.Equal(t, apierror.Overloaded, reasonOfConnect(w, "other"))
		first.End(nil)
		w.connect("all")
	})
}

// TestConnectionLimitIsExact holds when several are admitted before they open.
func TestConnectionLimitIsExact(t *testing.T) {
	bubble(t, limits(func(l *session.Limits) { l.ConnectionsPerToken = 1 }), func(t *testing.T, w *world) {
		a, err := w.registry.Admit(t.Context(), admission.Credentials{Token: "all"})
		require.NoError(t, err)
		w.connect("all")
		_, err = w.open(a, &transport{})
		assert.Equal(t, apierror.TooManyConnections, apierror.ReasonOf(err))
	})
}

// TestDrain asks to move, keeps delivering to those that stay, refuses new
// ones, and ends what is left when the time is over (DL-10).
func TestDrain(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		moves, stays := w.connect("all"), w.connect("all")
		stays.subscribe("t", "a")
		drained := make(chan struct{})
		go func() { w.registry.Drain(context.Background(), 30*time.Second); close(drained) }()
		assert.Equal(t, []string{"ok 1", "go away DRAINING 30s"}, stays.read())
		assert.Equal(t, []string{"go away DRAINING 30s"}, moves.read())
		assert.Equal(t, apierror.Draining, reasonOfConnect(w, "all"))
		moves.publish("t", "a", "x")
		moves.End(nil)
		assert.Equal(t, []string{"message t/a x [a]"}, stays.read())
		began := time.Now()
		assert.Equal(t, "DRAINING", stays.closedWith())
		assert.Equal(t, 30*time.Second, time.Since(began))
		<-drained
		_, draining := w.registry.Draining()
		assert.True(t, draining)
	})
}

// TestDrainEndsEarly when everybody has moved, or when it is cut short (DL-10).
func TestDrainEndsEarly(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		began := time.Now()
		go c.End(nil)
		w.registry.Drain(t.Context(), time.Hour)
		assert.Zero(t, time.Since(began))
	})
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		w.registry.Drain(ctx, time.Hour)
		assert.Less(t, time.Since(began), 5*time.Second)
		assert.Equal(t, "DRAINING", c.closedWith())
	})
}

// TestDrainWithNobody ends at once.
func TestDrainWithNobody(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		began := time.Now()
		w.registry.Drain(t.Context(), time.Hour)
		w.registry.Drain(t.Context(), time.Hour)
		assert.Zero(t, time.Since(began))
	})
}

// TestCodecSwitch changes the form of answers and of deliveries.
func TestCodecSwitch(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		c.subscribe("t", "a")
		c.SetCodec(&codec{prefix: "{json} "})
		c.publish("t", "a", "x")
		assert.Equal(t, []string{"ok 1", "{json} message t/a x [a]", "{json} ok 2"}, c.read())
	})
}

// TestBackplaneGone refuses, and stays open.
func TestBackplaneGone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		c := w.connect("all")
		require.NoError(t, w.member.Close())
		c.subscribe("t", "a")
		c.publish("t", "a", "x")
		c.Publish(t.Context(), []session.Publication{c.publication("t", "a", ""), c.publication("t", "a", "")})
		assert.Equal(t, []string{
			"failure 1 BACKPLANE_UNAVAILABLE false", "failure 2 BACKPLANE_UNAVAILABLE false",
			"failure 3 BACKPLANE_UNAVAILABLE false", "failure 4 BACKPLANE_UNAVAILABLE false",
		}, c.read())
	})
}
