package server_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

const (
	benchListeners = 100
	benchBatch     = 100 // messages published before the listeners are waited for
)

// receiver reads until it has n messages.
type receiver func(n int) error

// BenchmarkEndToEnd publishes 128 bytes from one connection to 100 listeners over
// the loopback interface; one operation is a batch of 100 messages. Clients and
// server share the process.
func BenchmarkEndToEnd(b *testing.B) {
	for name, listen := range map[string]func(*testing.B, *server.Server, string) receiver{
		"llps": llpsReceiver, "session-websocket": webSocketReceiver, "session-grpc": grpcReceiver,
	} {
		b.Run(name, func(b *testing.B) { benchmarkEndToEnd(b, listen) })
	}
}

func benchmarkEndToEnd(b *testing.B, listen func(*testing.B, *server.Server, string) receiver) {
	s, token := startBench(b)
	receivers := make([]receiver, benchListeners)
	for i := range receivers {
		receivers[i] = listen(b, s, token)
	}
	publisher := dialBench(b, s, token, "llps.v1")
	frame := append([]byte{0, 1, 't', 0, 1, 'a'}, make([]byte, 128)...)
	b.ReportAllocs()
	for b.Loop() {
		var waiting sync.WaitGroup
		for _, receive := range receivers {
			waiting.Go(func() {
				if err := receive(benchBatch); err != nil {
					b.Error(err)
				}
			})
		}
		for range benchBatch {
			require.NoError(b, publisher.Write(b.Context(), websocket.MessageBinary, frame))
		}
		waiting.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchBatch/benchListeners, "ns/delivery")
}

func startBench(b *testing.B) (*server.Server, string) {
	s, err := server.New(testConfig())
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-ended })
	<-s.Ready()
	created, err := s.CreateToken(b.Context(), &fastpubsubv1.CreateTokenRequest{Right: grant("t", "#", "#")})
	require.NoError(b, err)
	return s, created.GetToken()
}

func dialBench(b *testing.B, s *server.Server, token, protocol string) *websocket.Conn {
	c, _, err := websocket.Dial(b.Context(), "ws://"+s.HTTPAddr()+"/ws", &websocket.DialOptions{
		Subprotocols: []string{protocol}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}},
	})
	require.NoError(b, err)
	b.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func llpsReceiver(b *testing.B, s *server.Server, token string) receiver {
	c := dialBench(b, s, token, "llps.v1")
	require.NoError(b, c.Write(b.Context(), websocket.MessageText, []byte("SUB:t:a")))
	_, _, err := c.Read(b.Context())
	require.NoError(b, err)
	return func(n int) error {
		for range n {
			if _, _, err := c.Read(context.Background()); err != nil {
				return err
			}
		}
		return nil
	}
}

// counting receives frames of the session protocol.
func counting(next func() (*fastpubsubv1.SessionResponse, error)) receiver {
	return func(n int) error {
		for n > 0 {
			response, err := next()
			if err != nil {
				return err
			}
			n -= len(response.GetDeliveries().GetMessages())
		}
		return nil
	}
}

func subscribeFrame() *fastpubsubv1.SessionRequest {
	return &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t", Pattern: "a"},
	}}
}

func webSocketReceiver(b *testing.B, s *server.Server, token string) receiver {
	c := dialBench(b, s, token, "fastpubsub.v1")
	c.SetReadLimit(1 << 20)
	data, err := proto.Marshal(subscribeFrame())
	require.NoError(b, err)
	require.NoError(b, c.Write(b.Context(), websocket.MessageBinary, data))
	next := func() (*fastpubsubv1.SessionResponse, error) {
		_, data, err := c.Read(context.Background())
		if err != nil {
			return nil, err
		}
		response := new(fastpubsubv1.SessionResponse)
		return response, proto.Unmarshal(data, response)
	}
	awaitSuccess(b, next)
	return counting(next)
}

func grpcReceiver(b *testing.B, s *server.Server, token string) receiver {
	conn, err := grpc.NewClient(s.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close() })
	ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+token), time.Hour)
	b.Cleanup(cancel)
	stream, err := fastpubsubv1.NewPubSubServiceClient(conn).Session(ctx)
	require.NoError(b, err)
	require.NoError(b, stream.Send(subscribeFrame()))
	awaitSuccess(b, stream.Recv)
	return counting(stream.Recv)
}

func awaitSuccess(b *testing.B, next func() (*fastpubsubv1.SessionResponse, error)) {
	for {
		response, err := next()
		require.NoError(b, err)
		if response.GetSuccess() != nil {
			return
		}
	}
}
