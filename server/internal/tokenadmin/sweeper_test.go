package tokenadmin_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
)

// sweeping is an administration whose sweeper runs, in fake time.
func sweeping(t *testing.T, options tokenadmin.SweeperOptions) *admin {
	t.Helper()
	a := &admin{store: memory.New()}
	var err error
	a.Service, err = tokenadmin.New(tokenadmin.Options{Store: a.store, MasterTokens: []secret.Text{secret.New(master)}})
	require.NoError(t, err)
	options.Store = a.store
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		tokenadmin.NewSweeper(options).Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		require.NoError(t, a.store.Close())
	})
	return a
}

// wait lets fake time pass.
func (a *admin) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (a *admin) createAt(t *testing.T, ttl time.Duration) string {
	t.Helper()
	a.now = time.Now()
	return a.create(t, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.ExpiresAt = a.in(ttl) }).GetTokenId()
}

func (a *admin) known(t *testing.T, id string) bool {
	t.Helper()
	_, err := a.store.Get(t.Context(), id)
	if err != nil {
		require.ErrorIs(t, err, tokenstore.ErrNotFound)
	}
	return err == nil
}

func TestEndedTokensAreForgottenAnHourLater(t *testing.T) { // TK-8, TK-9, TK-10
	synctest.Test(t, func(t *testing.T) {
		a := sweeping(t, tokenadmin.SweeperOptions{})
		expired, revoked, refreshed, deactivated := a.createAt(t, time.Hour), a.createAt(t, time.Hour), a.createAt(t, time.Hour), a.createAt(t, time.Hour)
		_, err := a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: revoked})
		require.NoError(t, err)
		_, err = a.refresh(t, refreshed, a.in(3*time.Hour))
		require.NoError(t, err)
		_, err = a.refresh(t, deactivated, a.in(-24*time.Hour))
		require.NoError(t, err)

		a.wait(2 * time.Hour)
		for _, id := range []string{expired, revoked, refreshed, deactivated} {
			assert.True(t, a.known(t, id), "what became of it can be told for an hour")
		}
		a.wait(time.Minute)
		assert.False(t, a.known(t, expired))
		assert.False(t, a.known(t, revoked))
		assert.True(t, a.known(t, refreshed))
		a.wait(2 * time.Hour)
		assert.False(t, a.known(t, refreshed))
		assert.True(t, a.known(t, deactivated), "its live connections can still be revoked")
		a.wait(7 * 24 * time.Hour)
		assert.False(t, a.known(t, deactivated))
	})
}

func TestSweeperOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		a := sweeping(t, tokenadmin.SweeperOptions{
			Retention: time.Minute, Interval: time.Second,
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		id := a.createAt(t, time.Minute)
		a.wait(2 * time.Minute)
		assert.True(t, a.known(t, id))
		a.wait(time.Second)
		assert.False(t, a.known(t, id))
		assert.Contains(t, log.String(), "deleted=1")
	})
}

func TestSweepByAGivenClock(t *testing.T) {
	a := newAdmin(t)
	sweeper := tokenadmin.NewSweeper(tokenadmin.SweeperOptions{Store: a.store, Now: func() time.Time { return a.now }})
	a.create(t, nil)
	a.now = a.now.Add(2 * time.Hour)
	deleted, err := sweeper.Sweep(t.Context())
	require.NoError(t, err)
	assert.Zero(t, deleted)
	a.now = a.now.Add(1)
	deleted, err = sweeper.Sweep(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, deleted)
}

// flaky is a store whose first sweeps fail.
type flaky struct {
	tokenstore.Store
	failures int
}

func (f *flaky) DeleteExpired(ctx context.Context, before time.Time) (int, error) {
	if f.failures > 0 {
		f.failures--
		return 0, tokenstore.Unavailable(context.DeadlineExceeded)
	}
	return f.Store.DeleteExpired(ctx, before)
}

func TestASweepThatFailsIsMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		require.NoError(t, store.Create(t.Context(), token.Record{ID: "ended", ExpiresAt: time.Now().Add(-2 * time.Hour)}))
		var log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			tokenadmin.NewSweeper(tokenadmin.SweeperOptions{Store: &flaky{store, 2}, Logger: slog.New(slog.NewTextHandler(&log, nil))}).Run(ctx)
		}()
		time.Sleep(tokenadmin.DefaultSweepInterval)
		synctest.Wait()
		count, err := store.Count(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, count)
		time.Sleep(tokenadmin.DefaultSweepInterval)
		synctest.Wait()
		count, err = store.Count(t.Context())
		require.NoError(t, err)
		assert.Zero(t, count)
		assert.Contains(t, log.String(), "could not be deleted")
		cancel()
		<-ended
		require.NoError(t, store.Close())
	})
}
