package rpc_test

import (
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipe is a stream whose client is the test.
type pipe struct {
	requests chan func() ([]byte, error)
	finished chan struct{}
	cause    *apierror.Error // once finished

	mu        sync.Mutex
	responses []*fastpubsubv1.SessionResponse
}

func newPipe() *pipe {
	return &pipe{requests: make(chan func() ([]byte, error), 10), finished: make(chan struct{})}
}

func (p *pipe) Receive() ([]byte, error) {
	select {
	case next := <-p.requests:
		return next()
	case <-p.finished:
		return nil, errors.New("finished")
	}
}

func (*pipe) Another() []byte { return nil }

func (p *pipe) Send(m *rpc.Message) error {
	response := new(fastpubsubv1.SessionResponse)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.responses = append(p.responses, response)
	return proto.Unmarshal(m.Append(nil), response)
}

func (*pipe) Flush() error { return nil }

func (p *pipe) Finish(cause *apierror.Error) {
	p.cause = cause
	close(p.finished)
}

func (p *pipe) send(next func() ([]byte, error)) { p.requests <- next }

func (p *pipe) last() *fastpubsubv1.SessionResponse {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.responses[len(p.responses)-1]
}

// serve runs a session over a pipe and returns how it ends.
func serve(t *testing.T, f *rpctest.Fixture, p *pipe) error {
	t.Helper()
	ctx := rpc.WithCaller(t.Context(), rpc.Caller{Bearer: f.TokenForAll(t)})
	return f.PubSub.Session(ctx, session.WireSessionGRPC, p)
}

func ping(id uint64) func() ([]byte, error) {
	return func() ([]byte, error) {
		return proto.Marshal(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: id}}})
	}
}

func TestSessionThatTheClientEndsIsAnswered(t *testing.T) {
	p := newPipe()
	p.send(ping(1))
	p.send(ping(2))
	p.send(func() ([]byte, error) { return nil, io.EOF })
	require.NoError(t, serve(t, rpctest.New(t), p))
	<-p.finished
	assert.Nil(t, p.cause)
	assert.Equal(t, []uint64{2}, p.last().GetSuccess().GetRequestIds())
}

func TestSessionOfAClientThatIsGone(t *testing.T) {
	f, p := rpctest.New(t), newPipe()
	p.send(func() ([]byte, error) { return nil, io.ErrUnexpectedEOF })
	require.NoError(t, serve(t, f, p))
	assert.Zero(t, f.Registry.Count())
}

func TestSessionWhoseMessageIsRefused(t *testing.T) { // SF-18
	p := newPipe()
	refused := apierror.New(apierror.PayloadTooLarge, "too long")
	p.send(func() ([]byte, error) { return nil, refused })
	require.Equal(t, refused, serve(t, rpctest.New(t), p))
	assert.Equal(t, refused, p.cause)
	assert.Equal(t, apierror.PayloadTooLarge, p.last().GetFailure().GetReason())
	assert.True(t, p.last().GetFailure().GetClosesSession())
}

func TestSessionWhoseReaderPanics(t *testing.T) {
	p := newPipe()
	p.send(func() ([]byte, error) { panic("a fault") })
	err := serve(t, rpctest.New(t), p)
	assert.Equal(t, apierror.Internal, apierror.ReasonOf(err))
	assert.NotContains(t, err.Error(), "a fault")
	assert.Equal(t, apierror.Internal, p.cause.Reason())
}

func TestSessionThatTheServerEnds(t *testing.T) {
	f, p := rpctest.New(t), newPipe()
	p.send(func() ([]byte, error) {
		go f.Registry.EndAll()
		<-p.finished
		return nil, errors.New("finished")
	})
	err := serve(t, f, p)
	assert.Equal(t, apierror.Draining, apierror.ReasonOf(err))
	assert.Equal(t, apierror.Draining, p.cause.Reason())
}

func TestSessionsNeedAToken(t *testing.T) {
	f := rpctest.New(t)
	err := f.PubSub.Session(t.Context(), session.WireSessionGRPC, newPipe())
	assert.Equal(t, apierror.TokenMissing, apierror.ReasonOf(err))
}
