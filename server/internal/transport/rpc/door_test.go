package rpc_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func from(bearer string) context.Context {
	return rpc.WithCaller(context.Background(), rpc.Caller{Bearer: bearer, Addr: netip.MustParseAddr("192.0.2.1")})
}

func TestWrongMasterTokensAreSlowedDown(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		calls := map[string]func(context.Context) error{
			"authorize": f.Tokens.Authorize,
			"list": func(ctx context.Context) error {
				_, err := f.Tokens.ListTokens(ctx, &fastpubsubv1.ListTokensRequest{})
				return err
			},
			"drain": func(ctx context.Context) error {
				_, err := f.Admin.Drain(ctx, &fastpubsubv1.DrainRequest{})
				return err
			},
		}
		began := time.Now()
		for range 5 {
			for _, call := range calls {
				require.Equal(t, apierror.MasterTokenInvalid, apierror.ReasonOf(call(from("not the master token"))))
			}
		}
		assert.Greater(t, time.Since(began), 5*time.Second, "one count for all calls")

		began = time.Now()
		for _, call := range calls {
			require.NoError(t, call(from(rpctest.MasterToken)))
			require.Equal(t, apierror.MasterTokenInvalid, apierror.ReasonOf(call(from(""))))
		}
		assert.Zero(t, time.Since(began), "right tokens and none never wait")

		_, err := f.PubSub.Admit(from("no access token"))
		require.Equal(t, apierror.TokenInvalid, apierror.ReasonOf(err))
		assert.Equal(t, time.Second, time.Since(began), "access tokens count together with them")
	})
}

func TestTooManyGuessesAtATimeAreRefused(t *testing.T) { // TK-12
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		errs := make(chan error, 500)
		for range cap(errs) {
			go func() { errs <- f.Tokens.Authorize(from("not the master token")) }()
		}
		synctest.Wait()
		limited := 0
		for range len(errs) {
			if apierror.ReasonOf(<-errs) == apierror.RateLimited {
				limited++
			}
		}
		assert.Greater(t, limited, 400)
		time.Sleep(time.Second)
		synctest.Wait()
	})
}

func TestAnAdmissionBeforeTheRequestCountsForAWhile(t *testing.T) { // TK-10
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		text := f.TokenForAll(t)
		ctx, err := f.PubSub.Admit(from(text))
		require.NoError(t, err)
		publish := func() error {
			_, err := f.PubSub.Publish(ctx, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
			return err
		}
		require.NoError(t, publish())
		f.Revoke(t, text)
		time.Sleep(time.Second)
		err = publish()
		require.Equal(t, apierror.TokenRevoked, apierror.ReasonOf(err), errors.Unwrap(err))
	})
}
