package http_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1/fastpubsubv1connect"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

const (
	waitTime = time.Minute
	tick     = time.Millisecond
)

// protocol is a way to make RPCs on the HTTP port.
type protocol struct {
	name    string
	http2   bool
	options []connect.ClientOption
}

var protocols = []protocol{
	{"Connect", false, nil},
	{"Connect over HTTP/2", true, nil},
	{"Connect with JSON", false, []connect.ClientOption{connect.WithProtoJSON()}},
	{"gRPC-Web", false, []connect.ClientOption{connect.WithGRPCWeb()}},
	{"gRPC-Web with JSON", false, []connect.ClientOption{connect.WithGRPCWeb(), connect.WithProtoJSON()}},
	{"gRPC", true, []connect.ClientOption{connect.WithGRPC()}},
}

func (n *node) client(p protocol) *http.Client {
	if p.http2 {
		return n.http2
	}
	return n.http1
}

// everyProtocol runs a test over every protocol, on one node.
func everyProtocol(t *testing.T, test func(t *testing.T, n *node, p protocol), settings ...rpctest.Option) {
	t.Helper()
	n := newNode(t, settings...)
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) { test(t, n, p) })
	}
}

func (n *node) pubsub(p protocol) fastpubsubv1connect.PubSubServiceClient {
	return fastpubsubv1connect.NewPubSubServiceClient(n.client(p), n.url, p.options...)
}

// with is a request that shows a bearer token.
func with[T any](bearer string, message *T) *connect.Request[T] {
	r := connect.NewRequest(message)
	if bearer != "" {
		r.Header().Set("Authorization", "Bearer "+bearer)
	}
	return r
}

func requireReason(t *testing.T, reason apierror.Reason, err error) {
	t.Helper()
	var refused *connect.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, connect.Code(apierror.TraitsOf(reason).GRPC), refused.Code(), refused.Message())
	require.Len(t, refused.Details(), 1, refused.Message())
	detail, err := refused.Details()[0].Value()
	require.NoError(t, err)
	require.Equal(t, apierror.Name(reason), detail.(*errdetails.ErrorInfo).GetReason(), refused.Message())
	require.Equal(t, "fastpubsub.v1", detail.(*errdetails.ErrorInfo).GetDomain())
}

// call makes a call and returns the error that ends it.
func (n *node) call(ctx context.Context, p protocol, r rpctest.Refusal) error {
	url := n.url + "/" + r.Service + "/" + r.Method
	options := append(p.options, connect.WithCodec(anyCodec{json: strings.Contains(p.name, "JSON")})) //nolint:gocritic // a copy is wanted
	caller := connect.NewClient[proto.Message, wrapperspb.BytesValue](n.client(p), url, options...)
	if !r.Streaming {
		_, err := caller.CallUnary(ctx, with(r.Bearer, &r.Request))
		return err
	}
	stream, err := caller.CallServerStream(ctx, with(r.Bearer, &r.Request))
	if err != nil {
		return err
	}
	defer stream.Close()
	stream.Receive()
	return stream.Err()
}

func TestWrongRPCsAreRefusedWithTheirReasons(t *testing.T) { // ER-4, ER-5
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			n := newNode(t)
			for _, r := range rpctest.Refusals(t, n.Fixture) {
				t.Run(r.Name, func(t *testing.T) { requireReason(t, r.Reason, n.call(t.Context(), p, r)) })
			}
			assert.Zero(t, n.Drains)
		})
	}
}

func TestRPCsThatCannotBeRead(t *testing.T) { // ER-4
	everyProtocol(t, func(t *testing.T, n *node, p protocol) {
		garbage := wrapperspb.Bytes([]byte{0xff, 0xff, 0xff}) // not UTF-8, where a tenant stands
		requireReason(t, apierror.RequestInvalid, n.call(t.Context(), p, rpctest.Refusal{
			Service: "fastpubsub.v1.PubSubService", Method: "Publish", Bearer: n.TokenForAll(t), Request: garbage,
		}))
	})
}

func TestUnknownRPCs(t *testing.T) { // ER-4
	everyProtocol(t, func(t *testing.T, n *node, p protocol) {
		err := n.call(t.Context(), p, rpctest.Refusal{
			Service: "fastpubsub.v1.PubSubService", Method: "Unknown", Request: new(fastpubsubv1.PublishRequest),
		})
		var refused *connect.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, connect.CodeUnimplemented, refused.Code())
		require.Len(t, refused.Details(), 1)
	})
}

func TestPublishAndSubscribe(t *testing.T) { // DL-1, SF-19, SF-20
	everyProtocol(t, func(t *testing.T, n *node, p protocol) {
		token := n.TokenForAll(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stream, err := n.pubsub(p).Subscribe(ctx, with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"a.*", "a.#"}}))
		require.NoError(t, err)
		require.True(t, stream.Receive(), stream.Err())
		require.Len(t, stream.Msg().GetSubscribed().GetPatternHandles(), 2)
		handles := stream.Msg().GetSubscribed().GetPatternHandles()

		published, err := n.pubsub(p).Publish(ctx, with(token, &fastpubsubv1.PublishRequest{
			Tenant: "t1", Channel: "a.b", Payload: []byte{0, 0xff, 1}, DeliveryMode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM,
		}))
		require.NoError(t, err)
		require.True(t, stream.Receive(), stream.Err())
		delivered := stream.Msg().GetDeliveries().GetMessages()
		require.Len(t, delivered, 1)
		assert.Equal(t, []byte{0, 0xff, 1}, delivered[0].GetPayload())
		assert.ElementsMatch(t, handles, delivered[0].GetPatternHandles())
		assert.Equal(t, published.Msg.GetMessageId().GetSequence(), delivered[0].GetIdSequence())
		assert.Equal(t, published.Msg.GetMessageId().GetOrigin(), delivered[0].GetIdOrigin())

		cancel()
		for stream.Receive() { //nolint:revive // until it ends
		}
		require.Eventually(t, func() bool { return n.Registry.Count() == 0 }, waitTime, tick)
	})
}

func TestSubscriptionIsToldToGoAwayAndEnds(t *testing.T) { // DL-10, SF-20
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			n := newNode(t)
			stream, err := n.pubsub(p).Subscribe(t.Context(), with(n.TokenForAll(t), &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"a"}}))
			require.NoError(t, err)
			require.True(t, stream.Receive(), stream.Err())
			n.server.Drain()
			go n.Registry.Drain(context.Background(), 20*time.Millisecond)
			require.True(t, stream.Receive(), stream.Err())
			assert.Equal(t, apierror.Draining, stream.Msg().GetGoAway().GetReason())
			require.False(t, stream.Receive())
			requireReason(t, apierror.Draining, stream.Err())
			n.get(t, "/healthz").json(t)
		})
	}
}

func TestTokenLifeByRPC(t *testing.T) { // RS-9
	everyProtocol(t, func(t *testing.T, n *node, p protocol) {
		tokens := fastpubsubv1connect.NewTokenServiceClient(n.client(p), n.url, p.options...)
		created, err := tokens.CreateToken(t.Context(), with(rpctest.MasterToken, &fastpubsubv1.CreateTokenRequest{
			Right: rpctest.Right(rpctest.Everything("t1")), CreatedBy: p.name,
		}))
		require.NoError(t, err)
		listed, err := tokens.ListTokens(t.Context(), with(rpctest.MasterToken, &fastpubsubv1.ListTokensRequest{ClientId: p.name}))
		require.NoError(t, err)
		require.Len(t, listed.Msg.GetTokens(), 1)
		assert.Equal(t, created.Msg.GetTokenId(), listed.Msg.GetTokens()[0].GetTokenId())
		_, err = tokens.RevokeToken(t.Context(), with(rpctest.MasterToken, &fastpubsubv1.RevokeTokenRequest{Token: created.Msg.GetToken()}))
		require.NoError(t, err)
	})
}

func TestRPCsByHand(t *testing.T) {
	n := newNode(t)
	header := map[string]string{"Authorization": "Bearer " + n.TokenForAll(t), "Content-Type": "application/json"}
	answer := n.do(t, request{"POST", "/fastpubsub.v1.PubSubService/Publish", `{"tenant":"t1","channel":"a","payload":"aGk=","unknown":1}`, header})
	require.Equal(t, http.StatusOK, answer.status, answer.body)
	assert.Contains(t, answer.body, "message_id")
	refused := n.do(t, request{"POST", "/fastpubsub.v1.PubSubService/Publish", `{"tenant":"t1","channel":"a..b"}`, header})
	require.Equal(t, http.StatusBadRequest, refused.status)
	assert.Contains(t, refused.body, "CHANNEL_INVALID")
	broken := n.do(t, request{"POST", "/fastpubsub.v1.PubSubService/Publish", `{`, header})
	require.Equal(t, http.StatusBadRequest, broken.status)
	assert.Contains(t, broken.body, "REQUEST_INVALID")
}

func TestBrowsersOfOtherOriginsMayCall(t *testing.T) { // TK-6
	n := newNode(t)
	preflight := n.do(t, request{"OPTIONS", "/fastpubsub.v1.PubSubService/Subscribe", "", map[string]string{
		"Origin": "https://example.com", "Access-Control-Request-Method": "POST",
		"Access-Control-Request-Headers": "authorization,connect-protocol-version,content-type",
	}})
	assert.Equal(t, "*", preflight.header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, preflight.header.Get("Access-Control-Allow-Headers"), "authorization")
	assert.Empty(t, preflight.header.Get("Access-Control-Allow-Credentials"))
	assert.Empty(t, n.do(t, request{"GET", "/ping", "", map[string]string{"Origin": "https://example.com"}}).header.Get("Access-Control-Allow-Origin"))

	right := rpctest.Right(rpctest.Everything("t1"))
	right.AllowedWsOrigin = []string{"https://example.com"}
	token := n.Token(t, right)
	publish := func(origin string) (*connect.Response[fastpubsubv1.PublishResponse], error) {
		r := with(token, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
		r.Header().Set("Origin", origin)
		return n.pubsub(protocols[0]).Publish(t.Context(), r)
	}
	response, err := publish("https://example.com")
	require.NoError(t, err)
	assert.Equal(t, "*", response.Header().Get("Access-Control-Allow-Origin"))
	_, err = publish("https://example.org")
	requireReason(t, apierror.OriginNotAllowed, err)
}

func TestTrustedProxiesAreBelieved(t *testing.T) { // TK-7
	f := rpctest.New(t)
	right := rpctest.Right(rpctest.Everything("t1"))
	right.AllowIpMasks = []string{"192.0.2.7"}
	token := f.Token(t, right)
	publish := func(n *node) error {
		r := with(token, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
		r.Header().Set("X-Forwarded-For", "203.0.113.9, 192.0.2.7")
		_, err := n.pubsub(protocols[0]).Publish(t.Context(), r)
		return err
	}
	o := options(f)
	requireReason(t, apierror.IPNotAllowed, publish(start(t, f, o, serverOptions)))
	o.TrustedProxies = loopback
	require.NoError(t, publish(start(t, f, o, serverOptions)))
}
