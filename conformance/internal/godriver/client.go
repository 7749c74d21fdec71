package godriver

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// closeTimeout bounds a close that nobody waits for.
const closeTimeout = 5 * time.Second

// client is a client and its token source.
type client struct {
	id     uint64
	opened chan struct{}      // closed when connecting has ended
	giveUp context.CancelFunc // ends connecting
	inner  *fastpubsub.Client // nil: it failed; valid once opened is closed

	options []fastpubsub.Option // valid once opened is closed

	mu    sync.Mutex
	token string

	order   sync.Mutex // of publishes
	waiting []func()   // publishes that were to be started while the client connected
	open    bool       // they have been
}

// inOrder starts something once connecting has ended, and after everything that
// was to be started before. It does not wait.
func (cl *client) inOrder(start func()) {
	cl.order.Lock()
	defer cl.order.Unlock()
	if cl.open {
		start()
		return
	}
	cl.waiting = append(cl.waiting, start)
}

// ended says that connecting has ended.
func (cl *client) ended() {
	close(cl.opened)
	cl.order.Lock()
	defer cl.order.Unlock()
	for _, start := range cl.waiting {
		start()
	}
	cl.open, cl.waiting = true, nil
}

// await waits until connecting has ended; nil: it failed.
func (cl *client) await() *fastpubsub.Client {
	<-cl.opened
	return cl.inner
}

// awaitUnless waits until connecting has ended, or a command is given up; false: it
// was.
func (cl *client) awaitUnless(givenUp context.Context) bool {
	select {
	case <-cl.opened:
		return true
	case <-givenUp.Done():
		return false
	}
}

// client is the client with a number; nil: there is none.
func (d *Driver) client(id uint64) *client {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clients[id]
}

func (cl *client) supply(token string) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.token = token
}

// close closes a client; one that still connects gives up.
func (d *Driver) close(ctx context.Context, c *conformancev1.CloseCommand) func() *conformancev1.Result {
	cl := d.client(c.GetClient())
	if cl == nil {
		return noClient(c.GetClient())
	}
	return func() *conformancev1.Result {
		cl.giveUp()
		if inner := cl.await(); inner != nil {
			return outcome(inner.Close(ctx))
		}
		return succeeded()
	}
}

// supply changes what the token source gives, also while the client connects.
func (d *Driver) supply(c *conformancev1.SupplyTokenCommand) func() *conformancev1.Result {
	cl := d.client(c.GetClient())
	if cl == nil {
		return noClient(c.GetClient())
	}
	return func() *conformancev1.Result {
		cl.supply(c.GetToken())
		return succeeded()
	}
}

// abandon closes a client that nobody asks about any more.
func (cl *client) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	cl.letGo(ctx)
}

// letGo closes a client, or gives connecting up. ctx bounds its orderly end.
func (cl *client) letGo(ctx context.Context) {
	cl.giveUp()
	if inner := cl.await(); inner != nil {
		_ = inner.Close(ctx) // it may be closed, or have failed
	}
}

// drop closes a client with a context that has ended: so nothing is flushed. From
// then on the driver does not know it any more.
func (d *Driver) drop(c *conformancev1.DropCommand) func() *conformancev1.Result {
	d.mu.Lock()
	cl := d.clients[c.GetClient()]
	delete(d.clients, c.GetClient())
	d.mu.Unlock()
	if cl == nil {
		return noClient(c.GetClient())
	}
	ended, end := context.WithCancel(d.ctx)
	end()
	d.running.Go(func() { cl.letGo(ended) })
	return succeeded
}

func (d *Driver) open(ctx context.Context, c *conformancev1.OpenCommand) func() *conformancev1.Result {
	cl := &client{id: c.GetClient(), opened: make(chan struct{}), token: c.GetToken()}
	ctx, cancel := limited(ctx, c.GetTimeout())
	cl.giveUp = cancel
	d.mu.Lock()
	d.clients[cl.id] = cl
	d.mu.Unlock()
	return func() *conformancev1.Result {
		defer cancel()
		defer cl.ended()
		var err error
		if cl.options, err = d.options(cl, c); err != nil {
			return unsupported(err.Error())
		}
		cl.inner, err = fastpubsub.Connect(ctx, c.GetUrl(), cl.options...)
		if err != nil {
			cl.inner = nil
		}
		return outcome(err)
	}
}

// options are the SDK's options for a command. The error says what its types do not
// let anybody write.
func (d *Driver) options(cl *client, c *conformancev1.OpenCommand) ([]fastpubsub.Option, error) {
	options := []fastpubsub.Option{
		fastpubsub.WithStateHandler(func(s fastpubsub.Status) { d.stateChanged(cl, s) }),
		fastpubsub.WithErrorHandler(func(err error) { d.errorReported(cl, err) }),
	}
	if c.GetUseTokenSource() {
		options = append(options, fastpubsub.WithTokenSource(d.source(cl)))
	} else {
		options = append(options, fastpubsub.WithToken(c.GetToken()))
	}
	o := c.GetOptions()
	security, err := securityOptions(o)
	if o.GetBackOffMin() != nil {
		options = append(options, fastpubsub.WithBackoff(o.GetBackOffMin().AsDuration(), o.GetBackOffMax().AsDuration()))
	}
	if o != nil && o.SubscriptionBufferMessages != nil {
		options = append(options, fastpubsub.WithSubscriptionBuffer(int(o.GetSubscriptionBufferMessages()), 8<<20))
	}
	if o != nil && o.PublishBufferBytes != nil {
		options = append(options, fastpubsub.WithPublishBuffer(1<<16, int(o.GetPublishBufferBytes())))
	}
	return append(options, security...), err
}

func securityOptions(o *conformancev1.ClientOptions) (options []fastpubsub.Option, err error) {
	if o.GetCaPem() != "" {
		options = append(options, fastpubsub.WithCA([]byte(o.GetCaPem())))
	}
	if o.GetCertificatePem() != "" {
		var pair tls.Certificate
		pair, err = tls.X509KeyPair([]byte(o.GetCertificatePem()), []byte(o.GetKeyPem()))
		options = append(options, fastpubsub.WithClientCertificate(pair))
	}
	if o.GetInsecureSkipVerify() {
		options = append(options, fastpubsub.WithInsecureSkipVerify())
	}
	return options, err
}

func (d *Driver) source(cl *client) fastpubsub.TokenSource {
	return func(context.Context) (string, error) {
		d.report(&conformancev1.Event{Event: &conformancev1.Event_TokenRequested{TokenRequested: &conformancev1.TokenRequested{Client: cl.id}}})
		cl.mu.Lock()
		defer cl.mu.Unlock()
		if cl.token == "" {
			return "", errors.New("the runner supplies no token")
		}
		return cl.token, nil
	}
}

func (d *Driver) stateChanged(cl *client, s fastpubsub.Status) {
	changed := &conformancev1.StateChanged{Client: cl.id, State: stateOf(s.State)}
	if s.Cause != nil {
		changed.Cause = reported(s.Cause)
	}
	d.report(&conformancev1.Event{Event: &conformancev1.Event_StateChanged{StateChanged: changed}})
}

func (d *Driver) errorReported(cl *client, err error) {
	d.report(&conformancev1.Event{Event: &conformancev1.Event_ErrorReported{
		ErrorReported: &conformancev1.ErrorReported{Client: cl.id, Error: reported(err)},
	}})
}

// reported is an error in an event; one that is not the SDK's own has no reason.
func reported(err error) *conformancev1.SdkError {
	if own := sdkError(err); own != nil {
		return own
	}
	return &conformancev1.SdkError{Message: err.Error()}
}

func stateOf(s fastpubsub.State) conformancev1.ClientState {
	return map[fastpubsub.State]conformancev1.ClientState{
		fastpubsub.StateConnecting:   conformancev1.ClientState_CLIENT_STATE_CONNECTING,
		fastpubsub.StateConnected:    conformancev1.ClientState_CLIENT_STATE_CONNECTED,
		fastpubsub.StateReconnecting: conformancev1.ClientState_CLIENT_STATE_RECONNECTING,
		fastpubsub.StateClosed:       conformancev1.ClientState_CLIENT_STATE_CLOSED,
	}[s]
}
