package fastpubsub_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	connectrpc "connectrpc.com/connect"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1/fastpubsubv1connect"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
)

const master = "a master token of the test"

// tokenService keeps tokens in memory, for both protocols.
type tokenService struct {
	fastpubsubv1.UnimplementedTokenServiceServer

	mu     sync.Mutex
	tokens []*fastpubsubv1.TokenInfo
}

func refused(code codes.Code, reason, text string) error {
	refusal, err := status.New(code, text).WithDetails(&errdetails.ErrorInfo{Reason: reason, Domain: "fastpubsub.v1"})
	if err != nil {
		return err
	}
	return refusal.Err()
}

func (s *tokenService) CreateToken(_ context.Context, request *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if request.GetRight().GetExpiresAt() == nil {
		return nil, refused(codes.InvalidArgument, "TTL_INVALID", "give an expiry")
	}
	id := string(rune('a' + len(s.tokens)))
	s.tokens = append(s.tokens, &fastpubsubv1.TokenInfo{
		TokenId: id, Right: request.GetRight(), CreatedBy: request.GetCreatedBy(), Description: request.GetDescription(),
		CreatedAt: timestamppb.Now(), State: fastpubsubv1.TokenState_TOKEN_STATE_ACTIVE,
	})
	return &fastpubsubv1.CreateTokenResponse{Token: "AT_" + id + "_topsecret", TokenId: id, ExpiresAt: request.GetRight().GetExpiresAt()}, nil
}

func (s *tokenService) find(id string) (*fastpubsubv1.TokenInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, token := range s.tokens {
		if token.GetTokenId() == id {
			return token, nil
		}
	}
	return nil, refused(codes.NotFound, "TOKEN_NOT_FOUND", "no such token")
}

func (s *tokenService) RefreshToken(_ context.Context, request *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error) {
	token, err := s.find(request.GetTokenId())
	if err != nil {
		return nil, err
	}
	token.Right.ExpiresAt = request.GetExpiresAt()
	return &fastpubsubv1.RefreshTokenResponse{NewExpiresAt: request.GetExpiresAt()}, nil
}

func (s *tokenService) RevokeToken(_ context.Context, request *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error) {
	id := request.GetTokenId()
	if request.GetToken() != "" {
		id = request.GetToken()[len("AT_"):][:1]
	}
	token, err := s.find(id)
	if err != nil {
		return nil, err
	}
	token.State = fastpubsubv1.TokenState_TOKEN_STATE_REVOKED
	return &fastpubsubv1.RevokeTokenResponse{}, nil
}

// ListTokens gives two tokens a page.
func (s *tokenService) ListTokens(_ context.Context, request *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := &fastpubsubv1.ListTokensResponse{}
	for _, token := range s.tokens {
		if token.GetTokenId() <= request.GetPageToken() || request.GetClientId() != "" && token.GetCreatedBy() != request.GetClientId() {
			continue
		}
		if len(page.GetTokens()) == 2 {
			page.NextPageToken = page.GetTokens()[1].GetTokenId()
			break
		}
		page.Tokens = append(page.Tokens, token)
	}
	return page, nil
}

var wrongMaster = refused(codes.Unauthenticated, "MASTER_TOKEN_INVALID", "unknown master token")

// serveTokensGRPC serves the tokens over gRPC until the test ends.
func serveTokensGRPC(t *testing.T, security *tls.Config) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	check := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) != 1 || values[0] != "Bearer "+master {
			return nil, wrongMaster
		}
		return handler(ctx, request)
	}
	scheme, options := "grpc://", []grpc.ServerOption{grpc.UnaryInterceptor(check)}
	if security != nil {
		scheme, options = "grpcs://", append(options, grpc.Creds(credentials.NewTLS(security)))
	}
	server := grpc.NewServer(options...)
	fastpubsubv1.RegisterTokenServiceServer(server, &tokenService{})
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return scheme + listener.Addr().String()
}

// serveTokensHTTP serves the tokens over the Connect protocol.
func serveTokensHTTP(t *testing.T, security *tls.Config) string {
	t.Helper()
	path, handler := fastpubsubv1connect.NewTokenServiceHandler(connectTokens{&tokenService{}})
	mux := http.NewServeMux()
	mux.Handle(path, handler)
	server := httptest.NewUnstartedServer(mux)
	if security != nil {
		server.TLS = security
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server.URL
}

// connectTokens adapts the service to the Connect protocol.
type connectTokens struct{ service *tokenService }

func (c connectTokens) CreateToken(ctx context.Context, r *connectrpc.Request[fastpubsubv1.CreateTokenRequest]) (*connectrpc.Response[fastpubsubv1.CreateTokenResponse], error) {
	return answer(ctx, r, c.service.CreateToken)
}

func (c connectTokens) RefreshToken(ctx context.Context, r *connectrpc.Request[fastpubsubv1.RefreshTokenRequest]) (*connectrpc.Response[fastpubsubv1.RefreshTokenResponse], error) {
	return answer(ctx, r, c.service.RefreshToken)
}

func (c connectTokens) RevokeToken(ctx context.Context, r *connectrpc.Request[fastpubsubv1.RevokeTokenRequest]) (*connectrpc.Response[fastpubsubv1.RevokeTokenResponse], error) {
	return answer(ctx, r, c.service.RevokeToken)
}

func (c connectTokens) ListTokens(ctx context.Context, r *connectrpc.Request[fastpubsubv1.ListTokensRequest]) (*connectrpc.Response[fastpubsubv1.ListTokensResponse], error) {
	return answer(ctx, r, c.service.ListTokens)
}

func answer[Q, A any](ctx context.Context, request *connectrpc.Request[Q], call func(context.Context, *Q) (*A, error)) (*connectrpc.Response[A], error) {
	if request.Header().Get("Authorization") != "Bearer "+master {
		return nil, connectError(wrongMaster)
	}
	response, err := call(ctx, request.Msg)
	if err != nil {
		return nil, connectError(err)
	}
	return connectrpc.NewResponse(response), nil
}

func connectError(err error) error {
	refusal := status.Convert(err)
	made := connectrpc.NewError(connectrpc.Code(refusal.Code()), errors.New(refusal.Message()))
	for _, info := range refusal.Details() {
		detail, err := connectrpc.NewErrorDetail(info.(*errdetails.ErrorInfo))
		if err != nil {
			return err
		}
		made.AddDetail(detail)
	}
	return made
}

// overEach runs a test over each protocol of the token service.
func overEach(t *testing.T, test func(t *testing.T, serve func(*tls.Config) string)) {
	t.Run("http", func(t *testing.T) {
		test(t, func(security *tls.Config) string { return serveTokensHTTP(t, security) })
	})
	t.Run("grpc", func(t *testing.T) {
		test(t, func(security *tls.Config) string { return serveTokensGRPC(t, security) })
	})
}

func newTokenClient(t *testing.T, address, master string, options ...fastpubsub.Option) *fastpubsub.TokenClient {
	t.Helper()
	client, err := fastpubsub.NewTokenClient(address, master, options...)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// SDK-15: create, list, refresh, revoke.
func TestTokenLife(t *testing.T) {
	overEach(t, func(t *testing.T, serve func(*tls.Config) string) {
		client := newTokenClient(t, serve(nil), master)
		expires := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		right := fastpubsub.Right{
			TenantGrants: []fastpubsub.TenantGrant{{TenantIDs: []string{"t1"}, AllowChannelsPub: []string{"a"}, AllowChannelsSub: []string{"a.#"}}},
			AllowIPMasks: []string{"127.0.0.0/8"}, AllowRegions: []string{"eu"}, AllowedWSOrigin: []string{"https://example.org"},
			ExpiresAt: expires,
		}
		created, err := client.Create(t.Context(), fastpubsub.TokenRequest{Right: right, CreatedBy: "me", Description: "for a test"})
		require.NoError(t, err)
		assert.Equal(t, "AT_a_topsecret", created.Token())
		assert.Equal(t, expires, created.ExpiresAt)
		requireNoSecret(t, "topsecret", everywhere(t, created, *created))
		for range 4 {
			_, err := client.Create(t.Context(), fastpubsub.TokenRequest{Right: right, CreatedBy: "somebody else"})
			require.NoError(t, err)
		}

		later := expires.Add(time.Hour)
		inForce, err := client.Refresh(t.Context(), created.ID, later)
		require.NoError(t, err)
		assert.Equal(t, later, inForce)
		require.NoError(t, client.Revoke(t.Context(), created.Token()))
		require.NoError(t, client.Revoke(t.Context(), "b"))

		states := map[string]fastpubsub.TokenState{}
		for info, err := range client.List(t.Context(), "") {
			require.NoError(t, err)
			states[info.ID] = info.State
		}
		assert.Equal(t, map[string]fastpubsub.TokenState{
			"a": fastpubsub.TokenRevoked, "b": fastpubsub.TokenRevoked, "c": fastpubsub.TokenActive, "d": fastpubsub.TokenActive, "e": fastpubsub.TokenActive,
		}, states)
		right.ExpiresAt = later
		for info, err := range client.List(t.Context(), "me") {
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now(), info.CreatedAt, time.Minute)
			info.CreatedAt = time.Time{}
			assert.Equal(t, fastpubsub.TokenInfo{
				ID: "a", Right: right, CreatedBy: "me", Description: "for a test", State: fastpubsub.TokenRevoked,
			}, info)
		}
		for range client.List(t.Context(), "") {
			break // a loop may be left
		}
	})
}

// SDK-12, SDK-15: refusals have the catalogue's reason.
func TestTokenRefusals(t *testing.T) {
	overEach(t, func(t *testing.T, serve func(*tls.Config) string) {
		address := serve(nil)
		client := newTokenClient(t, address, master)
		_, err := client.Create(t.Context(), fastpubsub.TokenRequest{})
		require.ErrorIs(t, err, fastpubsub.ReasonTTLInvalid)
		assert.Equal(t, "fastpubsub: TTL_INVALID: give an expiry", err.Error())
		_, err = client.Refresh(t.Context(), "zzz", time.Now())
		require.ErrorIs(t, err, fastpubsub.ReasonTokenNotFound)
		require.ErrorIs(t, client.Revoke(t.Context(), "zzz"), fastpubsub.ReasonTokenNotFound)

		stranger := newTokenClient(t, address, "not the master token")
		for _, err := range stranger.List(t.Context(), "") {
			require.ErrorIs(t, err, fastpubsub.ReasonMasterTokenInvalid)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, client.Revoke(ctx, "a"), fastpubsub.ReasonCanceled)
	})
}

// SDK-14, SDK-15.
func TestTokenClientTLS(t *testing.T) {
	overEach(t, func(t *testing.T, serve func(*tls.Config) string) {
		authority := certtest.NewAuthority(t)
		address := serve(authority.DemandingServer())
		own := fastpubsub.WithClientCertificate(authority.Issue())
		client := newTokenClient(t, address, master, fastpubsub.WithCA(authority.PEM()), own)
		require.ErrorIs(t, client.Revoke(t.Context(), "a"), fastpubsub.ReasonTokenNotFound)
		client = newTokenClient(t, address, master, fastpubsub.WithInsecureSkipVerify(), own)
		require.ErrorIs(t, client.Revoke(t.Context(), "a"), fastpubsub.ReasonTokenNotFound)
		client = newTokenClient(t, address, master, own)
		require.ErrorIs(t, client.Revoke(t.Context(), "a"), fastpubsub.ReasonUnreachable)
	})
}

// Something that is no token service, and nothing at all.
func TestNoTokenService(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, address := range []string{server.URL, "http://127.0.0.1:1", "grpc://127.0.0.1:1"} {
		client := newTokenClient(t, address, master)
		require.ErrorIs(t, client.Revoke(t.Context(), "a"), fastpubsub.ReasonUnreachable, address)
	}
}

func TestWrongTokenClientOptions(t *testing.T) {
	for _, c := range []struct {
		address, master string
		option          fastpubsub.Option
		want            string
	}{
		{"http://127.0.0.1:1", master, fastpubsub.WithToken("AT_1_2"), "WithToken is an option for Connect only"},
		{"http://127.0.0.1:1", master, fastpubsub.WithInsecureSkipVerify(), "https://"},
		{"ws://127.0.0.1:1", master, nil, "must start with http://"},
		{"http://", master, nil, "names no host"},
		{"http://127.0.0.1:99999", master, nil, "a port is 1 to 65535"},
		{"http://user:hidden@127.0.0.1", master, nil, "user or a password"},
		{"http://a b", master, nil, "cannot be read"},
		{"grpc://127.0.0.1:1/path", master, nil, "no path"},
		{"http://127.0.0.1:1", "", nil, "master token is empty"},
		{"http://127.0.0.1:1", "hidden\n", nil, "line break"},
	} {
		var options []fastpubsub.Option
		if c.option != nil {
			options = append(options, c.option)
		}
		_, err := fastpubsub.NewTokenClient(c.address, c.master, options...)
		require.ErrorContains(t, err, c.want)
		assert.NotContains(t, err.Error(), "hidden")
	}
}
