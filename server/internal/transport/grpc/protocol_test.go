package grpc_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// answered is what a server answers a request that is made by hand.
func answered(t *testing.T, headers ...string) map[string]string {
	t.Helper()
	f := rpctest.New(t)
	n := onLoopback(t, f, options(f), plain())
	conn, err := net.Dial("tcp", n.conn.Target())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(waitTime)))
	framer := rawConnection(t, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for i := 0; i < len(headers); i += 2 {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: headers[i], Value: headers[i+1]}))
	}
	first := block.Next(16 << 10)
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: first, EndHeaders: block.Len() == 0, EndStream: true}))
	for block.Len() > 0 {
		next := block.Next(16 << 10)
		require.NoError(t, framer.WriteContinuation(1, block.Len() == 0, next))
	}
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if f, ok := frame.(*http2.MetaHeadersFrame); ok {
			require.True(t, f.StreamEnded())
			fields := map[string]string{}
			for _, field := range f.Fields {
				fields[field.Name] = field.Value
			}
			return fields
		}
	}
}

func TestRequestsThatAreNoCalls(t *testing.T) {
	got := answered(t, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "node")
	assert.Equal(t, "405", got[":status"])
	got = answered(t, ":method", "POST", ":scheme", "http", ":path", publishPath, ":authority", "node", "content-type", "application/json")
	assert.Equal(t, "415", got[":status"])
	got = answered(t, ":method", "POST", ":scheme", "http", ":path", "nowhere", ":authority", "node", "content-type", "application/grpc")
	assert.Equal(t, "12", got["grpc-status"])
	got = answered(t, ":method", "POST", ":scheme", "http", ":path", publishPath, ":authority", "node", "content-type", "application/grpc", "a", strings.Repeat("~", 20_000), "b", strings.Repeat("~", 20_000))
	assert.Equal(t, "8", got["grpc-status"])
	assert.Contains(t, got["grpc-message"], "metadata")
	assert.NotEmpty(t, got["grpc-status-details-bin"])
}

func TestCompressedMessagesAreRefused(t *testing.T) {
	n := newNode(t)
	_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), n.TokenForAll(t)),
		&fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"}, grpc.UseCompressor(gzip.Name))
	require.Equal(t, codes.Unimplemented, status.Code(err))
	assert.Contains(t, err.Error(), "identity")
	require.Len(t, status.Convert(err).Details(), 1)
	assert.Equal(t, "REQUEST_INVALID", status.Convert(err).Details()[0].(*errdetails.ErrorInfo).GetReason())
}

func TestDeadlineOfTheClientEndsItsCall(t *testing.T) {
	for _, path := range []string{"/fastpubsub.v1.PubSubService/Session", "/fastpubsub.v1.PubSubService/Subscribe", publishPath} {
		t.Run(path, func(t *testing.T) { deadlineEnds(t, path) })
	}
}

func deadlineEnds(t *testing.T, path string) {
	inBubble(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
		began := time.Now()
		framer := rawConnection(t, conn)
		var block bytes.Buffer
		encoder := hpack.NewEncoder(&block)
		for _, h := range [][2]string{
			{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "node"},
			{"content-type", "application/grpc"}, {"authorization", "Bearer " + f.TokenForAll(t)}, {"grpc-timeout", "7S"},
		} {
			require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}))
		}
		require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true}))
		ended, _ := endings(framer)
		e := <-ended
		assert.Equal(t, 7*time.Second, e.at.Sub(began))
		assert.Equal(t, "4", e.status)
		synctest.Wait() // the client learns of the end first
		assert.Zero(t, f.Registry.Count())
		require.NoError(t, conn.Close())
		for range ended { //nolint:revive // until the reader ends
		}
	})
}

// One connection carries sessions, calls and streams of many clients together.
func TestSessionsAndCallsShareAConnection(t *testing.T) {
	const sessions, rounds = 30, 20
	n := newNode(t)
	token := n.TokenForAll(t)
	var clients []*client
	for range sessions {
		c := n.open(t, t.Context(), token)
		c.subscribe(1, "shared")
		clients = append(clients, c)
	}
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Subscribe(with(t.Context(), token), &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"shared"}})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.NoError(t, err)
	payload := strings.Repeat("x", 5000)
	var publishing sync.WaitGroup
	for range rounds {
		publishing.Go(func() {
			_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), token),
				&fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "shared", Payload: []byte(payload)})
			assert.NoError(t, err)
		})
	}
	var reading sync.WaitGroup
	for _, c := range clients {
		reading.Go(func() {
			for got := 0; got < rounds; {
				response, err := c.stream.Recv()
				if !assert.NoError(t, err) {
					return
				}
				got += len(response.GetDeliveries().GetMessages())
			}
		})
	}
	for got := 0; got < rounds; {
		response, err := stream.Recv()
		require.NoError(t, err)
		got += len(response.GetDeliveries().GetMessages())
	}
	publishing.Wait()
	reading.Wait()
}

// A client whose window is full is a slow consumer: its queue fills and the policy
// applies, while its connection is answered.
func TestFullWindowBacksUpIntoTheQueue(t *testing.T) { // DL-8
	f := rpctest.New(t, rpctest.SmallQueue(200_000, outbox.Disconnect))
	n := onLoopback(t, f, options(f), plain())
	conn, err := net.Dial("tcp", n.conn.Target())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(waitTime)))
	token := n.TokenForAll(t)
	framer := rawSession(t, conn, token)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	welcomed(t, framer)
	subscribe, err := proto.Marshal(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t1", Pattern: "flood"},
	}})
	require.NoError(t, err)
	require.NoError(t, framer.WriteData(1, false, append([]byte{0, 0, 0, 0, byte(len(subscribe))}, subscribe...)))
	publisher := n.open(t, t.Context(), token)
	require.Eventually(t, func() bool {
		publisher.publish(message(1, "flood", strings.Repeat("x", 60_000)))
		publisher.next()
		return n.Registry.Count() == 1
	}, waitTime, tick)

	require.NoError(t, framer.WriteWindowUpdate(0, 1<<20))
	require.NoError(t, framer.WritePing(false, [8]byte{'a'}))
	ponged := false
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if ping, ok := frame.(*http2.PingFrame); ok && ping.IsAck() {
			ponged = true
			require.NoError(t, framer.WriteWindowUpdate(1, 1<<20)) // now it reads what was cut
		}
		if e, ok := endingOf(frame); ok {
			assert.True(t, ponged)
			assert.Contains(t, e.message, "slow")
			return
		}
	}
}

func TestTLSNeedsHTTP2(t *testing.T) { // OP-6
	own, pool := rpctest.Certificate(t)
	f := rpctest.New(t)
	o := options(f)
	o.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	n := onLoopback(t, f, o, plain())
	for _, protocols := range [][]string{nil, {"http/1.1"}, {"h2", "http/1.1"}} {
		conn, err := tls.Dial("tcp", n.conn.Target(), clientTLS(pool, protocols))
		if err == nil {
			_, err = io.WriteString(conn, http2.ClientPreface)
			if err == nil {
				_, err = http2.NewFramer(conn, conn).ReadFrame()
			}
			_ = conn.Close()
		}
		assert.Equal(t, len(protocols) == 2, err == nil, "%v: %v", protocols, err)
	}
}

func clientTLS(pool *x509.CertPool, protocols []string) *tls.Config {
	return &tls.Config{RootCAs: pool, NextProtos: protocols, MinVersion: tls.VersionTLS12}
}

func TestMetadataOfManyFields(t *testing.T) {
	n := newNode(t)
	ctx := with(t.Context(), n.TokenForAll(t))
	for range 200 {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-some", "value", "x-bin", "\x00\xff")
	}
	_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(ctx, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
	require.NoError(t, err)
}
