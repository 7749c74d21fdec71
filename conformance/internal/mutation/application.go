package mutation

// application are faults in what the SDK does for the application.
var application = []Mutation{
	{
		Name: "takes a bad pattern for a good one", Program: SDK, File: "sdk-go/internal/name/name.go",
		Edits: []Edit{{"\t\tcase i != len(token)-1:\n", "\t\tcase i > len(token):\n"}},
		Cases: []string{"names/wrong ones are refused locally, with the server's reasons"},
	},
	{
		Name: "takes an empty token for a good one", Program: SDK, File: "sdk-go/internal/name/name.go",
		Edits: []Edit{{"\t\t\tif i == start {\n", "\t\t\tif i < start {\n"}},
		Cases: []string{"names/wrong ones are refused locally, with the server's reasons"},
	},
	{
		Name: "sends payloads that are too large", Program: SDK, File: "sdk-go/internal/supervisor/calls.go",
		Edits: []Edit{{"if len(message.Payload) > largest {", "if len(message.Payload) > 100*largest {"}},
		Cases: []string{"names/a payload that is too large is refused locally"},
	},
	{
		Name: "loses the reason of an error", Program: SDK, File: "sdk-go/error.go",
		Edits: []Edit{{"Reason: Reason(found.Reason), Retryable", "Reason: ReasonInternal, Retryable"}},
		Cases: []string{"refusals/TOKEN_REVOKED"},
	},
	{
		Name: "takes a publish to be acknowledged when it is queued", Program: SDK, File: "sdk-go/internal/supervisor/calls.go",
		Edits: []Edit{{"func (v *Supervisor) Await(ctx context.Context, ticket *outbox.Ticket) error {\n", "func (v *Supervisor) Await(ctx context.Context, ticket *outbox.Ticket) error {\n\tif !ticket.Completed() {\n\t\treturn nil\n\t}\n"}},
		Cases: []string{"acknowledgement/a publish completes only when the server has answered"},
	},
	{
		Name: "keeps a refusal to itself that no caller waits for", Program: SDK, File: "sdk-go/internal/session/answer.go",
		Edits: []Edit{{"\t\ts.config.Report(refusal)\n", "\t\t_ = refusal\n"}},
		Cases: []string{"acknowledgement/a refusal without one reaches the error callback"},
	},
	{
		Name: "sends the newest publish first", Program: SDK, File: "sdk-go/internal/outbox/queue.go",
		Edits: []Edit{{"func (q *queue) push(e entry) { q.entries = append(q.entries, e) }", "func (q *queue) push(e entry) {\n\tq.entries = append(q.entries, e)\n\tif n := len(q.entries); q.len() > 1 {\n\t\tq.entries[n-1], q.entries[n-2] = q.entries[n-2], q.entries[n-1]\n\t}\n}"}},
		Cases: []string{"buffering/publishes wait for the connection and keep their order"},
	},
	{
		Name: "buffers without a bound while it is away", Program: SDK, File: "sdk-go/internal/outbox/publish.go",
		Edits: []Edit{{"o.messages == 0 || o.messages < o.limits.Messages && o.bytes < o.limits.Bytes\n", "o.messages >= 0\n"}},
		Cases: []string{"buffering/a full buffer refuses, and what it holds is not lost"},
	},
	{
		Name: "sends a message whose deadline has passed", Program: SDK, File: "sdk-go/internal/outbox/publish.go",
		Edits: []Edit{{"\treturn !t.sent && o.withdraw(t, reason)\n", "\treturn !t.sent && t.Completed() && o.withdraw(t, reason)\n"}, {"\t\te.deadline, _ = ctx.Deadline()\n", ""}},
		Cases: []string{"buffering/a deadline passes while away, and the message is not sent later"},
	},
	{
		Name: "never times out", Program: SDK, File: "sdk-go/internal/supervisor/calls.go",
		Edits: []Edit{{"\tcase <-ctx.Done():\n\t}\n\tv.outbox.Withdraw", "\tcase <-v.done:\n\t}\n\tv.outbox.Withdraw"}},
		Cases: []string{"acknowledgement/a publish completes only when the server has answered"},
	},
	{
		Name: "does not say that a slow application has lagged", Program: SDK, File: "sdk-go/internal/inbox/inbox.go",
		Edits: []Edit{{"\t\t\tb.lagged++\n", "\t\t\tb.lagged += 0\n"}},
		Cases: []string{"lag/the oldest go, the stream says how many, and goes on"},
	},
	{
		Name: "counts one lost message too few", Program: SDK, File: "sdk-go/internal/inbox/inbox.go",
		Edits: []Edit{{"\t\tlost := b.lagged\n", "\t\tlost := max(1, b.lagged-1)\n"}},
		Cases: []string{"lag/the oldest go, the stream says how many, and goes on"},
	},
	{
		Name: "buffers without a bound for a slow application", Program: SDK, File: "sdk-go/internal/inbox/inbox.go",
		Edits: []Edit{{"for b.items.len() > b.limits.Messages ||", "for b.items.len() > 1000*b.limits.Messages ||"}},
		Cases: []string{"lag/the oldest go, the stream says how many, and goes on"},
	},
	{
		Name: "unsubscribes nothing", Program: SDK, File: "sdk-go/internal/supervisor/subscription.go",
		Edits: []Edit{{"\tvar err error\n\tif s.supervisor.registry.Depart(s.member) {", "\tif ctx != nil {\n\t\treturn nil\n\t}\n\tvar err error\n\tif s.supervisor.registry.Depart(s.member) {"}},
		Cases: []string{"subscriptions/unsubscribe ends the delivery"},
	},
	{
		Name: "completes a subscribe before the server has answered", Program: SDK, File: "sdk-go/internal/supervisor/subscription.go",
		Edits: []Edit{{"\tif err := s.member.Ready().Wait(ctx, ", "\tif s.member != nil {\n\t\treturn s, nil\n\t}\n\tif err := s.member.Ready().Wait(ctx, "}},
		Cases: []string{"subscriptions/acknowledged: complete only when the server has answered"},
	},
	{
		Name: "closes without flushing", Program: SDK, File: "sdk-go/internal/supervisor/close.go",
		Edits: []Edit{{"\terr := v.flush(ctx)\n", "\tvar err error\n"}},
		Cases: []string{"closing/flushes what was handed over", "closing/waits for what is in flight"},
	},
	{
		Name: "never closes its connection over gRPC", Program: SDK, File: "sdk-go/internal/transport/grpc/conn.go",
		Edits: []Edit{{"\t\t_ = c.client.Close()\n", "\t\t_ = c.client\n"}},
		Cases: []string{"closing/leaves no connection open"},
	},
	{
		Name: "never closes its connection over WebSocket", Program: SDK, File: "sdk-go/internal/transport/websocket/dialer.go",
		Edits: []Edit{
			{"\t\"net/http\"\n", "\t\"net/http\"\n\t\"time\"\n"},
			{"func dialBuffered(", "var kept []net.Conn\n\ntype unclosed struct{ net.Conn }\n\nfunc (c unclosed) Close() error {\n\tkept = append(kept, c.Conn)\n\treturn c.SetDeadline(time.Unix(1, 0))\n}\n\nfunc dialBuffered("},
			{"&bufferedConn{Conn: conn}", "&bufferedConn{Conn: unclosed{conn}}"},
		},
		Cases: []string{"closing/leaves no connection open"},
	},
	{
		Name: "goes on connecting although the caller has given up", Program: SDK, File: "sdk-go/internal/supervisor/supervisor.go",
		Edits: []Edit{{"\t\tv.endLife()\n\t\t<-v.done\n\t\treturn nil, notConnected(ctx, lastFailure)\n", "\t\treturn nil, notConnected(ctx, lastFailure)\n"}},
		Cases: []string{"cancellation/a client that still connects"},
	},
	{
		Name: "sends a message that was given up while it was away", Program: SDK, File: "sdk-go/internal/outbox/publish.go",
		Edits: []Edit{{"\treturn !t.sent && o.withdraw(t, reason)\n", "\treturn !t.sent && t.Completed() && o.withdraw(t, reason)\n"}},
		Cases: []string{"cancellation/a publish that waits for the connection is never sent"},
	},
	{
		Name: "takes no notice of a caller who gives up a subscribe", Program: SDK, File: "sdk-go/internal/supervisor/subscription.go",
		Edits: []Edit{{"s.member.Ready().Wait(ctx,", "s.member.Ready().Wait(context.WithoutCancel(ctx),"}},
		Cases: []string{"cancellation/a subscribe that is not acknowledged"},
	},
	{
		Name: "leaks a goroutine", Program: SDK, File: "sdk-go/internal/supervisor/supervisor.go",
		Edits: []Edit{{"\tgo v.run()\n", "\tgo v.run()\n\tgo func() { select {} }()\n"}},
		Cases: []string{"connect/open completes with the welcome and reports the states"},
	},
	{
		Name: "shows the token in debug output", Program: SDK, File: "sdk-go/client.go",
		Edits: []Edit{
			{"\tbuffer bufferLimits // of a subscription that does not say otherwise\n", "\tbuffer bufferLimits // of a subscription that does not say otherwise\n\ttoken  string\n"},
			{"\treturn &Client{core: core, buffer: s.subscriptionBuffer}, nil\n", "\ttoken, _ := s.source.Token(ctx)\n\treturn &Client{core: core, buffer: s.subscriptionBuffer, token: token}, nil\n"},
		},
		Cases: []string{"secrets/are not in what is printed for debugging"},
	},
	{
		Name: "shows the token in an error", Program: SDK, File: "sdk-go/internal/credential/credential.go",
		Edits: []Edit{{"\"the access token has a character that is not visible ASCII; is there a line break in it?\")", "\"the access token \"+token+\" has a character that is not visible ASCII\")"}},
		Cases: []string{"refusals/TOKEN_INVALID: a text that cannot travel"},
	},
}
