// Package rpctest is what the tests of the protocols share: the services over a
// real registry with a token store in memory, and the table of wrong inputs that
// every protocol must refuse for the same reasons.
package rpctest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/metrics"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// MasterToken opens the fixture's token API.
const MasterToken = "a master token for tests"

// Limits are the fixture's.
var Limits = session.Limits{
	TenantBytes: 128, ChannelBytes: 256, PayloadBytes: 65535, FrameBytes: 256 << 10, Subscriptions: 10,
}

// Fixture is the services of one node.
type Fixture struct {
	PubSub   *rpc.PubSub
	Tokens   *rpc.Tokens
	Admin    *rpc.Admin
	Registry *session.Registry
	Metrics  *metrics.Metrics
	Store    *memory.Store
	// Drains is how often the admin service was asked to drain.
	Drains int
	// Limits and queue of the registry, as New was told.
	gate          *admission.Gate
	administrator *tokenadmin.Service
}

// Option changes what a fixture is made of.
type Option func(*session.Options)

// SmallQueue bounds each outgoing queue and says what happens at the bound.
func SmallQueue(bytes int, policy outbox.Policy) Option {
	return func(o *session.Options) { o.QueueBytes, o.Overflow = bytes, policy }
}

// New makes a fixture. Its sessions end with the test.
func New(t testing.TB, options ...Option) *Fixture {
	t.Helper()
	store := memory.New()
	administrator, err := tokenadmin.New(tokenadmin.Options{Store: store, MasterTokens: []secret.Text{secret.New(MasterToken)}})
	require.NoError(t, err)
	gate := admission.New(admission.Options{Store: store})
	node, err := hub.New(context.Background(), new(local.Alone))
	require.NoError(t, err)
	f := &Fixture{gate: gate, Store: store, Metrics: metrics.New(), administrator: administrator}
	settings := session.Options{
		Hub: node, Gate: gate, Tokens: store, Metrics: f.Metrics, Logger: Silent(), Limits: Limits,
		QueueBytes: 8 << 20, QueueMessages: 65536, Node: "node-1", Version: "v-test", KeepAlive: 20 * time.Second,
	}
	for _, option := range options {
		option(&settings)
	}
	f.Registry = session.New(settings)
	f.PubSub = rpc.NewPubSub(f.Registry, Silent())
	f.Tokens = rpc.NewTokens(administrator, gate)
	f.Admin = rpc.NewAdmin(administrator, gate, func() (int, time.Duration) {
		f.Drains++
		return f.Registry.Count(), 30 * time.Second
	})
	t.Cleanup(func() {
		f.Registry.EndAll()
		gate.Close()
		require.NoError(t, store.Close())
	})
	return f
}

// Silent is a logger that logs nothing.
func Silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Right is a right that lasts an hour.
func Right(grants ...*fastpubsubv1.TenantGrant) *fastpubsubv1.Right {
	return &fastpubsubv1.Right{TenantGrants: grants, ExpiresAt: timestamppb.New(time.Now().Add(time.Hour))}
}

// Everything allows every channel of a tenant.
func Everything(tenant string) *fastpubsubv1.TenantGrant {
	return &fastpubsubv1.TenantGrant{TenantIds: []string{tenant}, AllowChannelsPub: []string{"#"}, AllowChannelsSub: []string{"#"}}
}

// Token makes an access token.
func (f *Fixture) Token(t testing.TB, right *fastpubsubv1.Right) string {
	t.Helper()
	created, err := f.administrator.CreateToken(context.Background(), &fastpubsubv1.CreateTokenRequest{Right: right, CreatedBy: "test"})
	require.NoError(t, err)
	return created.GetToken()
}

// TokenForAll makes an access token for every channel of tenant "t1".
func (f *Fixture) TokenForAll(t testing.TB) string {
	t.Helper()
	return f.Token(t, Right(Everything("t1")))
}

// Revoke revokes an access token and tells the registry, as a server does.
func (f *Fixture) Revoke(t testing.TB, text string) {
	t.Helper()
	parsed, err := token.Parse(text)
	require.NoError(t, err)
	_, err = f.administrator.RevokeToken(context.Background(), &fastpubsubv1.RevokeTokenRequest{Token: text})
	require.NoError(t, err)
	record, err := f.Store.Get(context.Background(), parsed.ID)
	require.NoError(t, err)
	f.Registry.TokenChanged(record)
}
