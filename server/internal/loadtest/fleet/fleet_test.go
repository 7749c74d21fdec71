//go:build linux

package fleet_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

const patience = time.Minute

// serve starts a server of ours and makes a token for it.
func serve(t *testing.T) (s *server.Server, token string) {
	config := server.DefaultConfig()
	config.HTTPAddr, config.GRPCAddr, config.DataDir = "127.0.0.1:0", "127.0.0.1:0", ""
	config.MasterTokens = []server.Secret{server.NewSecret("a master token for tests")}
	s, err := server.New(config)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	<-s.Ready()
	created, err := s.CreateToken(t.Context(), &fastpubsubv1.CreateTokenRequest{Right: &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{TenantIds: []string{"~"}, AllowChannelsPub: []string{"#"}, AllowChannelsSub: []string{"#"}}},
		ExpiresAt:    timestamppb.New(time.Now().Add(time.Hour)),
	}})
	require.NoError(t, err)
	return s, created.GetToken()
}

// targets are the server over each of its wires.
func targets(t *testing.T) map[string]fleet.Target {
	s, token := serve(t)
	http, grpc := s.HTTPAddr(), s.GRPCAddr()
	return map[string]fleet.Target{
		"llps":              {Address: netip.MustParseAddrPort(http), Wire: wire.LLPS(http, token)},
		"session WebSocket": {Address: netip.MustParseAddrPort(http), Wire: wire.SessionWebSocket(http, token)},
		"session gRPC":      {Address: netip.MustParseAddrPort(grpc), Wire: wire.SessionGRPC(grpc, token)},
	}
}

// A load arrives at all listeners, over each wire, in a burst and on time (DL-1,
// DL-2, DL-4).
func TestLoad(t *testing.T) {
	for name, target := range targets(t) {
		for _, interval := range []time.Duration{0, 200 * time.Microsecond} {
			t.Run(name+", every "+interval.String(), func(t *testing.T) {
				const size, messages, listeners = 500, 2000, 6
				f, err := fleet.New(target, fleet.NewTally(size, 1))
				require.NoError(t, err)
				defer f.Close()
				channels := []string{"a", "b"}
				_, err = f.Connect(listeners, 3, patience, func(int) []string { return channels })
				require.NoError(t, err)
				publishers, err := f.Connect(1, 1, patience, func(int) []string { return nil })
				require.NoError(t, err)
				publisher := f.NewPublisher(publishers[0], fleet.Load{
					Channels: channels, Slots: []uint32{0, 1}, Messages: messages, Interval: interval, Size: size,
				})
				_, err = f.AwaitDeliveries(messages*listeners, patience, publisher.Step)
				require.NoError(t, err)
				require.NoError(t, f.Finish(messages*listeners))
				assert.Positive(t, f.Tally.Quantile(50))
			})
		}
	}
}

// A publisher with a bound has no more deliveries on their way, and sends everything.
func TestAhead(t *testing.T) {
	for name, target := range targets(t) {
		t.Run(name, func(t *testing.T) {
			const messages, listeners, ahead = 5000, 4, 400
			f, err := fleet.New(target, fleet.NewTally(fleet.StampBytes, 1))
			require.NoError(t, err)
			defer f.Close()
			_, err = f.Connect(listeners, 4, patience, func(int) []string { return []string{"x"} })
			require.NoError(t, err)
			made, err := f.Connect(1, 1, patience, func(int) []string { return nil })
			require.NoError(t, err)
			publisher := f.NewPublisher(made[0], fleet.Load{
				Channels: []string{"x"}, Messages: messages, Size: fleet.StampBytes, Listeners: listeners, Ahead: ahead,
			})
			most := 0
			_, err = f.AwaitDeliveries(messages*listeners, patience, func(now time.Duration) time.Duration {
				next := publisher.Step(now)
				most = max(most, publisher.Sent()*listeners-int(f.Tally.Received))
				return next
			})
			require.NoError(t, err)
			require.NoError(t, f.Finish(messages*listeners))
			assert.LessOrEqual(t, most, ahead)
			assert.Greater(t, most, ahead/2)
		})
	}
}

// Commands are confirmed, and what a client no longer wants does not come.
func TestCommands(t *testing.T) {
	for name, target := range targets(t) {
		t.Run(name, func(t *testing.T) {
			f, err := fleet.New(target, fleet.NewTally(fleet.StampBytes, 1))
			require.NoError(t, err)
			defer f.Close()
			made, err := f.Connect(1, 1, patience, func(int) []string { return nil })
			require.NoError(t, err)
			made[0].Command(true, "x")
			made[0].Command(false, "x")
			require.NoError(t, f.Run(patience, func() bool { return made[0].Confirmed() == 2 }))
			publisher := f.NewPublisher(made[0], fleet.Load{Channels: []string{"x"}, Messages: 3, Size: fleet.StampBytes})
			require.NoError(t, f.Run(patience, func() bool { return publisher.Sent() == 3 }, publisher.Step))
			require.NoError(t, f.Finish(0))
		})
	}
}

// A run that cannot succeed says why.
func TestFailures(t *testing.T) {
	s, _ := serve(t)
	address := s.HTTPAddr()
	target := fleet.Target{Address: netip.MustParseAddrPort(address), Wire: wire.LLPS(address, "AT_a_b")}
	f, err := fleet.New(target, fleet.NewTally(fleet.StampBytes, 1))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.Connect(1, 1, patience, func(int) []string { return nil })
	assert.ErrorContains(t, err, "401")
	_, err = f.AwaitDeliveries(1, 0)
	assert.Error(t, err)
}
