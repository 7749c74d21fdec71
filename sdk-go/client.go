package fastpubsub

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/websocket"
)

// closeTime bounds [Client.Close] when its context has no deadline.
const closeTime = 10 * time.Second

// Client is a connection to FastPubSub that looks after itself. Make one with
// [Connect] and share it: all methods may be called concurrently.
type Client struct {
	core   *supervisor.Supervisor
	buffer bufferLimits // of a subscription that does not say otherwise
}

// Connect connects to a server. The address starts with ws:// or wss:// for
// WebSocket, with grpc:// or grpcs:// for gRPC; the s stands for TLS. Without a
// port it means 80, 443, 9090 and 9090.
//
// Connect returns when the server has welcomed the client. A server that cannot
// be reached is tried again, with back-off, until ctx ends; the error then tells
// of the last attempt. A reason that another attempt does not mend (a wrong
// token, a certificate that does not verify, a wrong option) ends Connect at
// once. After Connect has returned, ctx does not matter any more: the client
// lives until [Client.Close], or until the server refuses it for good.
func Connect(ctx context.Context, url string, options ...Option) (*Client, error) {
	s, err := settingsOf(options)
	if err != nil {
		return nil, err
	}
	dialer, err := dialerFor(url, s.security)
	if err != nil {
		return nil, publicError(err)
	}
	core, err := supervisor.Start(ctx, supervisor.Config{
		Dialer:         dialer,
		Source:         s.source,
		Backoff:        s.backoff,
		AttemptTimeout: s.attemptTimeout,
		Outbox:         s.publishBuffer,
		OnState:        func(status supervisor.Status) { s.onState(statusOf(status)) },
		OnError:        func(failure *fault.Fault) { s.onError(publicError(failure)) },
		Logger:         s.logger,
	})
	if err != nil {
		return nil, publicError(err)
	}
	return &Client{core: core, buffer: s.subscriptionBuffer}, nil
}

func dialerFor(url string, security transport.Security) (transport.Dialer, error) {
	endpoint, err := transport.ParseEndpoint(url)
	if err != nil {
		return nil, err
	}
	if !endpoint.Secure && !security.IsZero() {
		return nil, fault.New(fault.RequestInvalid, "options for TLS are given, but the server address is one without TLS; use wss:// or grpcs://")
	}
	if endpoint.Kind == transport.GRPC {
		return grpc.NewDialer(endpoint, security), nil
	}
	return websocket.NewDialer(endpoint, security), nil
}

// Status is the state of the client now.
func (c *Client) Status() Status { return statusOf(c.core.Status()) }

// String is the client's state, for people.
func (c Client) String() string { return "fastpubsub.Client(" + c.core.Status().State.String() + ")" }

// Done is closed when the client is [StateClosed] and nothing of it runs any
// more; [Client.Status] then has the cause.
func (c *Client) Done() <-chan struct{} { return c.core.Done() }

// RTT is the round-trip time to the server that was measured last. The client
// measures it when it has connected and then in the interval that the server
// asks for. It is 0 as long as nothing has been measured.
func (c *Client) RTT() time.Duration { return c.core.RTT() }

// Ping measures the round-trip time now. It returns when the server has handled
// everything that this client did before, also publishes without
// acknowledgement.
func (c *Client) Ping(ctx context.Context) (time.Duration, error) {
	rtt, err := c.core.Ping(ctx)
	return rtt, publicError(err)
}

// Close ends the client. It waits until the server has handled what was
// published, unsubscribes, closes the connection, and leaves no goroutine
// behind. Loops over messages end without an error.
//
// ctx bounds the waiting, 10 seconds if it has no deadline. When that is not
// enough Close closes nevertheless, publishes that were not acknowledged fail,
// and the error says that not everything was flushed. Closing again does
// nothing.
func (c *Client) Close(ctx context.Context) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, closeTime)
		defer cancel()
	}
	return publicError(c.core.Close(ctx))
}
