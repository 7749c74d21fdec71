package mutation

// connection are faults in how the SDK keeps its connection.
var connection = []Mutation{
	{
		Name: "forgets to resubscribe", Program: SDK, File: "sdk-go/internal/session/subscriptions.go",
		Edits: []Edit{{"\t\tif len(missing) == 0 {\n", "\t\tif len(missing) >= 0 {\n"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "reports CONNECTED before it has resubscribed", Program: SDK, File: "sdk-go/internal/supervisor/connect.go",
		Edits: []Edit{{"\treturn s.Resubscribe(ctx)\n", "\tgo func() { _ = s.Resubscribe(v.life) }()\n\t_ = ctx\n\treturn nil\n"}},
		Cases: []string{"reconnect/everything is subscribed to before CONNECTED is reported"},
	},
	{
		Name: "does not reconnect", Program: SDK, File: "sdk-go/internal/supervisor/connect.go",
		Edits: []Edit{{"\tif v.endsClient(cause) {\n\t\treturn nil, cause\n\t}\n\tv.setStatus", "\tif v.endsClient(cause) || cause != nil {\n\t\treturn nil, cause\n\t}\n\tv.setStatus"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "tries for ever what no attempt mends", Program: SDK, File: "sdk-go/internal/supervisor/connect.go",
		Edits: []Edit{{"return cause.Reason != fault.Unreachable && cause.Reason != fault.TokenSourceFailed", "return cause.Reason == fault.Closed"}, {"|| neverConnected && !failure.Retryable()", "|| neverConnected && !failure.Retryable() && failure.Retry != fault.RetryNo"}},
		Cases: []string{"reconnect/a reason that no attempt mends ends the client"},
	},
	{
		Name: "tries for ever with a fixed token that has expired", Program: SDK, File: "sdk-go/internal/supervisor/connect.go",
		Edits: []Edit{{"\t\treturn !credential.Renewable(v.config.Source)\n", "\t\treturn !credential.Renewable(v.config.Source) && cause.Text == \"\"\n"}},
		Cases: []string{"expiry/a fixed token that runs out ends the client"},
	},
	{
		Name: "waits an hour before it reconnects", Program: SDK, File: "sdk-go/internal/backoff/backoff.go",
		Edits: []Edit{{"\treturn b.policy.Wait(b.failures, rand.Float64())\n", "\treturn time.Hour + b.policy.Wait(b.failures, rand.Float64())\n"}},
		Cases: []string{"reconnect/after a cut, again and again"},
	},
	{
		Name: "waits not at all between attempts", Program: SDK, File: "sdk-go/internal/backoff/backoff.go",
		Edits: []Edit{{"\treturn b.policy.Wait(b.failures, rand.Float64())\n", "\treturn 0 * b.policy.Wait(b.failures, rand.Float64())\n"}},
		Cases: []string{"reconnect/tries again and again with back-off while connections are refused"},
	},
	{
		Name: "waits as short after many failures as after one", Program: SDK, File: "sdk-go/internal/backoff/backoff.go",
		Edits: []Edit{{"\tfor range failures - 1 {\n", "\tfor range min(failures-1, 0) {\n"}},
		Cases: []string{"reconnect/the waits grow from failure to failure"},
	},
	{
		Name: "asks the token source once and never again", Program: SDK, File: "sdk-go/internal/supervisor/connect.go",
		Edits: []Edit{{"\ttoken, err := credential.Ask(ctx, v.config.Source)\n", "\tif v.current.Load() == nil {\n\t\tif first, err := credential.Ask(ctx, v.config.Source); err == nil {\n\t\t\tv.config.Source = credential.Fixed(first)\n\t\t}\n\t}\n\ttoken, err := credential.Ask(ctx, v.config.Source)\n"}},
		Cases: []string{"token source/is asked before every attempt to connect"},
	},
	{
		Name: "does not renew its token", Program: SDK, File: "sdk-go/internal/supervisor/renew.go",
		Edits: []Edit{{"\tif !credential.Renewable(v.config.Source) {\n", "\tif s != nil {\n"}},
		Cases: []string{"token source/a fresh token goes out shortly before expiry, without reconnecting"},
	},
	{
		Name: "never gives up a connection that stalls", Program: SDK, File: "sdk-go/internal/session/keepalive.go",
		Edits: []Edit{{"missed++; missed >= missedPings {", "missed++; missed >= 1000*missedPings {"}},
		Cases: []string{"keep-alive/a connection that stalls is given up and made anew"},
	},
	{
		Name: "does not measure the round-trip time", Program: SDK, File: "sdk-go/internal/session/answer.go",
		Edits: []Edit{{"\t\ts.rtt.Store(max(1, int64(time.Since(c.sentAt))))\n", "\t\ts.rtt.Store(min(0, int64(time.Since(c.sentAt))))\n"}},
		Cases: []string{"round trip/is measured and can be read"},
	},
	{
		Name: "ignores a GoAway", Program: SDK, File: "sdk-go/internal/session/reader.go",
		Edits: []Edit{{"\t\ts.sendAway(event.GoAway)\n", "\t\t_ = event.GoAway\n"}},
		Cases: []string{"drain/make before break: nothing lost, nothing twice, always CONNECTED"},
	},
	{
		Name: "breaks before it makes", Program: SDK, File: "sdk-go/internal/supervisor/supervisor.go",
		Edits: []Edit{{"\t\t\treturn v.move(current)\n", "\t\t\tcurrent.Abort(fault.New(fault.ConnectionLost, \"the server asks to move\"))\n\t\t\treturn v.reconnect(current)\n"}},
		Cases: []string{"drain/make before break: nothing lost, nothing twice, always CONNECTED"},
	},
	{
		Name: "does not remove a duplicate", Program: SDK, File: "sdk-go/internal/dedup/window.go",
		Edits: []Edit{{"\tif found {\n\t\tmark", "\tif found = found && len(w.ids) < 0; found {\n\t\tmark"}},
		Cases: []string{"drain/ten moves while both connections bring every message"},
	},
	{
		Name: "trusts every certificate", Program: SDK, File: "sdk-go/internal/transport/security.go",
		Edits: []Edit{{"InsecureSkipVerify: s.InsecureSkipVerify,", "InsecureSkipVerify: true,"}},
		Cases: []string{"tls/a server that the client does not trust"},
	},
}
