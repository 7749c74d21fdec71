package scenario

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Client is a client in the driver.
type Client struct {
	s  *S
	id uint64
}

// Opening is how a client is opened. Zero fields are the defaults of a case: the
// shared server's address, a token for every tenant of the case, a fast back-off.
type Opening struct {
	URL         string
	Token       string
	TokenSource bool
	Options     *conformancev1.ClientOptions
	Timeout     time.Duration
}

// Open connects a client, which must succeed.
func (s *S) Open(o Opening) *Client {
	c, opening := s.StartOpen(o)
	opening.Succeeds()
	return c
}

// StartOpen begins to connect a client.
func (s *S) StartOpen(o Opening) (*Client, *Pending) {
	c := &Client{s: s, id: s.environment.id()}
	open := &conformancev1.OpenCommand{
		Client: c.id, Url: o.URL, Token: o.Token, UseTokenSource: o.TokenSource, Options: o.Options,
	}
	if open.GetUrl() == "" {
		open.Url = s.Node().URL(s.Transport)
	}
	if open.GetToken() == "" {
		open.Token = s.Node().Token(Everything("t", "~")).Text
	}
	if open.GetOptions() == nil {
		open.Options = &conformancev1.ClientOptions{}
	}
	if open.GetOptions().GetBackOffMin() == nil {
		open.Options.BackOffMin = durationpb.New(10 * time.Millisecond)
		open.Options.BackOffMax = durationpb.New(200 * time.Millisecond)
	}
	if o.Timeout > 0 {
		open.Timeout = durationpb.New(o.Timeout)
	}
	return c, s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Open{Open: open}})
}

// Close closes the client.
func (c *Client) Close() {
	c.StartClose().Succeeds()
}

// StartClose begins to close the client.
func (c *Client) StartClose() *Pending {
	return c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Close{Close: &conformancev1.CloseCommand{Client: c.id}}})
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
	c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_SupplyToken{
		SupplyToken: &conformancev1.SupplyTokenCommand{Client: c.id, Token: token},
	}}).Succeeds()
}

// Inspect reads what can be read of the client.
func (c *Client) Inspect() *conformancev1.Inspection {
	result := c.s.call(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Inspect{Inspect: &conformancev1.InspectCommand{Client: c.id}}})
	return c.s.value(result).GetInspection()
}

// ExpectState waits until the client reports a state, and gives the report.
// Other events of the client before it are passed over.
func (c *Client) ExpectState(state conformancev1.ClientState) *conformancev1.StateChanged {
	event := c.s.routes.next(c.s.routes.clients, c.id, func(e *conformancev1.Event) bool { return e.GetStateChanged().GetState() == state })
	if event == nil {
		c.s.Failf("client %d did not report %s", c.id, state)
	}
	return event.GetStateChanged()
}

// ExpectClosed waits until the client reports that it is closed, because of the
// reason.
func (c *Client) ExpectClosed(reason string) {
	changed := c.ExpectState(conformancev1.ClientState_CLIENT_STATE_CLOSED)
	c.s.Equal("the cause of the end", reason, changed.GetCause().GetReason())
}

// ExpectError waits until the error callback is called with the reason.
func (c *Client) ExpectError(reason string) {
	event := c.s.routes.next(c.s.routes.clients, c.id, func(e *conformancev1.Event) bool {
		return e.GetErrorReported() != nil && e.GetErrorReported().GetError().GetReason() == reason
	})
	if event == nil {
		c.s.Failf("client %d did not report the error %s", c.id, reason)
	}
}

// ExpectTokenRequest waits until the token source is asked.
func (c *Client) ExpectTokenRequest() {
	event := c.s.routes.next(c.s.routes.clients, c.id, func(e *conformancev1.Event) bool { return e.GetTokenRequested() != nil })
	if event == nil {
		c.s.Failf("client %d did not ask for a token", c.id)
	}
}

// CountStates is how many reports of a state are waiting that no Expect has
// passed.
func (c *Client) CountStates(state conformancev1.ClientState) int {
	return c.s.routes.count(c.s.routes.clients, c.id, func(e *conformancev1.Event) bool { return e.GetStateChanged().GetState() == state })
}
