package scenario

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// The states of a client.
const (
	Connecting   = conformancev1.ClientState_CLIENT_STATE_CONNECTING
	Connected    = conformancev1.ClientState_CLIENT_STATE_CONNECTED
	Reconnecting = conformancev1.ClientState_CLIENT_STATE_RECONNECTING
	Closed       = conformancev1.ClientState_CLIENT_STATE_CLOSED
)

// Client is a client in the driver.
type Client struct {
	s  *S
	id uint64
}

// Opening is how a client is opened. Zero fields are the defaults of a case: the
// address of the case's node, a token for everything in the tenants "t" and "~",
// a fast back-off.
type Opening struct {
	URL         string
	Token       string
	NoToken     bool // give none, or let the token source fail
	TokenSource bool
	Options     *conformancev1.ClientOptions
	Timeout     time.Duration
}

// Open connects a client, which must succeed, and takes its reports of it.
func (s *S) Open(o Opening) *Client {
	c, opening := s.StartOpen(o)
	opening.Succeeds()
	c.ExpectStates(Connecting, Connected)
	return c
}

// StartOpen begins to connect a client.
func (s *S) StartOpen(o Opening) (*Client, *Pending) {
	c := &Client{s: s, id: s.environment.id()}
	open := &conformancev1.OpenCommand{
		Client: c.id, Url: o.URL, Token: o.Token, UseTokenSource: o.TokenSource, Options: &conformancev1.ClientOptions{},
	}
	if o.Options != nil {
		proto.Merge(open.GetOptions(), o.Options)
	}
	if open.GetUrl() == "" {
		open.Url = s.Node().URL(s.Transport)
	}
	if open.GetToken() == "" && !o.NoToken {
		open.Token = s.Node().Token(Everything("t", "~")).Text
	}
	s.secrets.add(open.GetToken())
	s.secrets.addKey(open.GetOptions().GetKeyPem())
	if open.GetOptions().GetBackOffMin() == nil {
		open.Options.BackOffMin = durationpb.New(10 * time.Millisecond)
		open.Options.BackOffMax = durationpb.New(100 * time.Millisecond)
	}
	if o.Timeout > 0 {
		open.Timeout = durationpb.New(o.Timeout)
	}
	return c, s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{Open: open}})
}

// Refused tries to connect a client, which must fail with the reason, and takes
// its reports of it. With a timeout the client may go on trying until then.
func (s *S) Refused(o Opening, reason string) *conformancev1.SdkError {
	refusal := s.tryOpen(o)
	if refusal == nil {
		s.Failf("open: expected the error %s, got success", reason)
	}
	if refusal.GetReason() != reason {
		s.Failf("open: expected the error %s, got %s: %s", reason, refusal.GetReason(), refusal.GetMessage())
	}
	return refusal
}

// muchLonger is what a timeout is multiplied with for a runtime that is still
// warming up, so that it has not finished one attempt in time.
const muchLonger = 10

// tryOpen opens a client and gives why that failed; nil: it did not.
func (s *S) tryOpen(o Opening) *conformancev1.SdkError {
	refusal := s.tryOpenOnce(o)
	if o.Timeout > 0 && refusal.GetReason() == "TIMED_OUT" {
		o.Timeout *= muchLonger
		refusal = s.tryOpenOnce(o)
	}
	return refusal
}

func (s *S) tryOpenOnce(o Opening) *conformancev1.SdkError {
	c, opening := s.StartOpen(o)
	c.IgnoreStates()
	c.IgnoreErrors()
	refusal := opening.Ends()
	if refusal == nil {
		c.Close()
	}
	return refusal
}

// Close closes the client.
func (c *Client) Close() {
	c.StartClose().Succeeds()
}

// StartClose begins to close the client.
func (c *Client) StartClose() *Pending {
	return c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Close{Close: &conformancev1.CloseCommand{Client: c.id}}})
}

// Drop lets go of the client without a wait, and takes no notice of what it still
// reports. Nobody can give it commands any more.
func (c *Client) Drop() {
	c.IgnoreStates()
	c.IgnoreErrors()
	c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Drop{Drop: &conformancev1.DropCommand{Client: c.id}}}).Succeeds()
}

// Publishing is one message to publish.
type Publishing struct {
	Tenant, Channel string
	Payload         []byte
	Mode            fastpubsubv1.DeliveryMode
	Unacknowledged  bool
	Timeout         time.Duration
}

// Publish publishes a text to a channel, which must succeed.
func (c *Client) Publish(tenant, channel, payload string) {
	c.StartPublish(Publishing{Tenant: tenant, Channel: channel, Payload: []byte(payload)}).Succeeds()
}

// StartPublish begins to publish a message.
func (c *Client) StartPublish(p Publishing) *Pending {
	command := &conformancev1.PublishCommand{
		Client: c.id, Tenant: p.Tenant, Channel: p.Channel, Payload: p.Payload, DeliveryMode: p.Mode, Unacknowledged: p.Unacknowledged,
	}
	if p.Timeout > 0 {
		command.Timeout = durationpb.New(p.Timeout)
	}
	return c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Publish{Publish: command}})
}

// StartBurst begins to publish numbered messages; see PublishBurstCommand.
func (c *Client) StartBurst(tenant, channel string, first uint64, count, payloadBytes int, unacknowledged bool) *Pending {
	return c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_PublishBurst{PublishBurst: &conformancev1.PublishBurstCommand{
		Client: c.id, Tenant: tenant, Channel: channel, First: first,
		Count: uint32(count), PayloadBytes: uint32(payloadBytes), Unacknowledged: unacknowledged, //nolint:gosec // small numbers
	}}})
}

// SupplyToken changes what the token source gives; an empty token makes it fail.
func (c *Client) SupplyToken(token string) {
	c.s.secrets.add(token)
	c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_SupplyToken{
		SupplyToken: &conformancev1.SupplyTokenCommand{Client: c.id, Token: token},
	}}).Succeeds()
}

// Inspect reads what can be read of the client.
func (c *Client) Inspect() *conformancev1.Inspection {
	result := c.s.call(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Inspect{Inspect: &conformancev1.InspectCommand{Client: c.id}}})
	return c.s.value(result).GetInspection()
}

// ExpectStates takes the next reports of the client's state, which must be
// these, and gives the last one.
func (c *Client) ExpectStates(states ...conformancev1.ClientState) (last *conformancev1.StateChanged) {
	for _, state := range states {
		event := c.s.routes.next(stream{ofState, c.id})
		if event == nil {
			c.s.Failf("client %d did not report %s", c.id, state)
		}
		last = event.GetStateChanged()
		if last.GetState() != state {
			c.s.Failf("client %d: expected the state %s, got %s", c.id, state, text(event))
		}
		if last.GetCause() != nil {
			c.s.checkError(last.GetCause())
		}
	}
	return last
}

// ExpectLoss takes the next report, which must be RECONNECTING because of one of
// the reasons.
func (c *Client) ExpectLoss(reasons ...string) {
	if got := c.ExpectStates(Reconnecting).GetCause().GetReason(); !slices.Contains(reasons, got) {
		c.s.Failf("the cause of RECONNECTING: expected %v, got %s", reasons, got)
	}
}

// ExpectClosed takes the next report, which must be CLOSED because of the
// reason; "" is an end that the application chose.
func (c *Client) ExpectClosed(reason string) {
	c.s.Equal("the cause of the end", reason, c.ExpectStates(Closed).GetCause().GetReason())
}

// IgnoreStates says that it does not matter what else the client reports.
func (c *Client) IgnoreStates() { c.s.routes.ignore(stream{ofState, c.id}) }

// ExpectError takes the next error that the error callback gets, which must have
// the reason.
func (c *Client) ExpectError(reason string) *conformancev1.SdkError {
	event := c.s.routes.next(stream{ofError, c.id})
	if event == nil {
		c.s.Failf("client %d did not report the error %s", c.id, reason)
	}
	reported := event.GetErrorReported().GetError()
	c.s.checkError(reported)
	c.s.Equal("the reason of the reported error", reason, reported.GetReason())
	return reported
}

// IgnoreErrors says that it does not matter what else the error callback gets.
func (c *Client) IgnoreErrors() { c.s.routes.ignore(stream{ofError, c.id}) }

// ExpectTokenRequest waits until the token source is asked once more.
func (c *Client) ExpectTokenRequest() {
	if c.s.routes.next(stream{ofTokenSource, c.id}) == nil {
		c.s.Failf("client %d did not ask for a token", c.id)
	}
}

// TokenRequests is how often the token source was asked and nobody has expected
// it yet.
func (c *Client) TokenRequests() int { return len(c.s.routes.takeAll(stream{ofTokenSource, c.id})) }

// URLOf is the address of something that listens on a host and port, for the
// case's transport.
func (s *S) URLOf(host string) string {
	if s.Transport == GRPC {
		return "grpc://" + host
	}
	return "ws://" + host + "/ws"
}

// TokenURLOf is the address of a token API that listens on a host and port, for
// the case's transport.
func (s *S) TokenURLOf(host string) string {
	if s.Transport == GRPC {
		return s.URLOf(host)
	}
	return "http://" + host
}

// AwaitRefusal is Refused for a server that has just been told something and may
// still let clients in for a moment. Any of the reasons will do.
func (s *S) AwaitRefusal(o Opening, reasons ...string) {
	for deadline := time.Now().Add(s.patience()); ; {
		refusal := s.tryOpen(o)
		if refusal != nil {
			if !slices.Contains(reasons, refusal.GetReason()) {
				s.Failf("the reason: expected %v, got %s: %s", reasons, refusal.GetReason(), refusal.GetMessage())
			}
			return
		}
		if time.Now().After(deadline) {
			s.Failf("clients are still let in, instead of %v", reasons)
		}
	}
}
